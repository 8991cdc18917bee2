/**
 * Poses as plain arrays of numpy, a file a person: the layout of diffpose-video.
 *
 * `poses_3d` is `(T, 17, 3)`: metres, camera axes, NaN where a point is missing. `keypoints_2d` is `(T, 17, 3)`: x, y (px) and
 * confidence, zeros where a point is missing. `width` and `height` are single integers. Joints are those of Human3.6M. Row `t`
 * is frame `t` of the clip in every file, whether the person is there or not.
 *
 * Further arrays are ours, and other readers pass over them: `fps`, `person_id` (0 for none), `frame_index`, `frame_time`
 * (seconds), `present` (1 there, 2 with points in the picture, 4 with points in space), `sigma_2d`, `sigma_3d`, `scores_3d`,
 * `derived_2d`, `derived_3d` (`(T, 17)`), `boxes` (`(T, 4)`: x, y, width, height), `person_score`, `interpolated`, and
 * `provenance` (JSON text). Those that would say nothing are left out.
 *
 * @module
 */

import { EVERYTHING } from "../carries.ts";
import { InputError } from "../../core/errors.ts";
import { h36m17 } from "../../skeleton/mod.ts";
import type { PoseFormat } from "../format.ts";
import { latin1 } from "../numpy/pickle_bytes.ts";
import { openPeerNpz } from "./peer_npz_read.ts";
import { writePeerNpz } from "./peer_npz_write.ts";
import { openPeople } from "../person_files.ts";

/** The beginning of an archive that is text enough to find names of arrays in it; "" for other files. */
export function npzNames(head: Uint8Array): string {
  return head[0] === 0x50 && head[1] === 0x4b ? latin1(head) : "";
}

/** The format. Reads a file of one person, or a folder with a file a person. */
export const peerNpz: PoseFormat = {
  name: "npz",
  summary: "plain arrays of numpy (.npz) as diffpose-video has them, a file a person",
  ending: ".npz",
  files: "per-person",
  carries: EVERYTHING,
  layouts2d: [h36m17],
  layouts3d: [h36m17],
  recognises: (name, head) => {
    const names = npzNames(head);
    if (names === "" || names.includes("positions_2d.npy")) return false;
    return name.toLowerCase().endsWith(".npz") || /(poses_3d|keypoints_2d)\.npy/.test(names);
  },
  read: (source, options) => {
    const seen = new Map<number | null, string>();
    return openPeople(source, ".npz", async (file, id) => {
      const { clip, person } = await openPeerNpz(file, options, id);
      if (seen.has(person)) {
        throw new InputError(
          file.name,
          `must be of another person than ${seen.get(person)}`,
          `person ${person ?? "without id"}`,
        );
      }
      seen.set(person, file.name);
      return clip;
    });
  },
  write: (clip, sink) => writePeerNpz(clip, sink),
};
