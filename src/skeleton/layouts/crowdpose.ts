/**
 * The joints of CrowdPose.
 *
 * @module
 */

import { defineSkeleton, type Skeleton } from "../skeleton.ts";

/**
 * CrowdPose, 14 joints. `lower_neck` is the bottom end of the neck. Order, lines and similarity constants: `crowdpose.py` of
 * mmpose; the constants are those of xtcocotools (`cocoeval.py`, `keypoints_crowd`).
 */
export const crowdpose14: Skeleton = defineSkeleton({
  name: "crowdpose14",
  joints: [
    "left_shoulder",
    "right_shoulder",
    "left_elbow",
    "right_elbow",
    "left_wrist",
    "right_wrist",
    "left_hip",
    "right_hip",
    "left_knee",
    "right_knee",
    "left_ankle",
    "right_ankle",
    "head_top",
    "lower_neck",
  ],
  parents: [13, 13, 0, 1, 2, 3, 0, 1, 6, 7, 8, 9, 13, -1],
  childrenFirst: "the data set lists head and neck last",
  // deno-fmt-ignore
  edges: [
    [10, 8], [8, 6], [11, 9], [9, 7], [6, 7], [0, 6], [1, 7], [0, 1], [0, 2], [1, 3],
    [2, 4], [3, 5], [12, 13], [1, 13], [0, 13],
  ],
  pairs: [[0, 1], [2, 3], [4, 5], [6, 7], [8, 9], [10, 11]],
  sigmas: [0.079, 0.079, 0.072, 0.072, 0.062, 0.062, 0.107, 0.107, 0.087, 0.087, 0.089, 0.089, 0.079, 0.079],
});

const SPELT: Readonly<Record<string, string>> = { head_top: "head", lower_neck: "neck" };

/** How files spell the joints of {@link crowdpose14}: `categories[0].keypoints` of the data set's annotations. */
export const crowdpose14FileNames: readonly string[] = Object.freeze(
  crowdpose14.joints.map((joint) => SPELT[joint] ?? joint),
);
