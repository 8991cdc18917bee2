/**
 * The 2D keypoints of VideoPose3D's data sets, `data_2d_custom_*.npz`.
 *
 * Two dictionaries of Python in an archive of numpy: `positions_2d[video]['custom']` is a list of arrays `(T, 17, 2)`, px, a
 * track each; `metadata` has `layout_name` (`coco`, or `h36m`), `num_joints`, `keypoints_symmetry`, and
 * `video_metadata[video]` with `w`, `h` and sometimes `fps`. They are read through a subset of pickle that runs nothing.
 * Row `t` is frame `t`; NaN is a missing point. The published files of Human3.6M have subjects for videos, and several
 * actions in each, whose arrays are cameras; `video: "S9/Walking"` chooses one.
 *
 * Source: VideoPose3D, INFERENCE.md and the loader of custom data sets.
 *
 * @module
 */

import { EVERYTHING } from "../carries.ts";
import { InputError } from "../../core/errors.ts";
import { coco17, h36m17 } from "../../skeleton/mod.ts";
import type { PoseFormat } from "../format.ts";
import { npzNames } from "../peer_npz/peer_npz.ts";
import { readVideoPose3d } from "./videopose3d_read.ts";
import { writeVideoPose3d } from "./videopose3d_write.ts";

/** The format. VideoPose3D's own models for videos expect the order of COCO. */
export const videopose3d: PoseFormat = {
  name: "videopose3d",
  summary: "2D keypoints of VideoPose3D (data_2d_custom_NAME.npz), a track a person",
  ending: ".npz",
  files: "one",
  carries: {
    ...EVERYTHING,
    boxes: false,
    personScores: false,
    pointScores: "present",
    points3d: false,
    sigma: false,
    derived: false,
  },
  layouts2d: [coco17, h36m17],
  layouts3d: [],
  recognises: (_, head) => npzNames(head).includes("positions_2d.npy"),
  read: (source, options) => {
    if (source.kind === "folder") {
      throw new InputError(source.name, "must be a file (data_2d_custom_NAME.npz)", "a folder");
    }
    return readVideoPose3d(source, options);
  },
  write: (clip, sink, options) => writeVideoPose3d(clip, sink, options),
};
