/**
 * The joints of the COCO keypoint task.
 *
 * @module
 */

import { defineSkeleton, type Skeleton } from "../skeleton.ts";

/**
 * COCO, 17 points: what the 2D systems give. The tree hangs on the nose; shoulders hang on the ear of their side, as the
 * layout has no neck. Lines and similarity constants are those of the COCO keypoint task.
 */
export const coco17: Skeleton = defineSkeleton({
  name: "coco17",
  joints: [
    "nose",
    "left_eye",
    "right_eye",
    "left_ear",
    "right_ear",
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
  ],
  parents: [-1, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 5, 6, 11, 12, 13, 14],
  // deno-fmt-ignore
  edges: [
    [15, 13], [13, 11], [16, 14], [14, 12], [11, 12], [5, 11], [6, 12], [5, 6], [5, 7], [6, 8],
    [7, 9], [8, 10], [1, 2], [0, 1], [0, 2], [1, 3], [2, 4], [3, 5], [4, 6],
  ],
  pairs: [[1, 2], [3, 4], [5, 6], [7, 8], [9, 10], [11, 12], [13, 14], [15, 16]],
  // deno-fmt-ignore
  sigmas: [
    0.026, 0.025, 0.025, 0.035, 0.035, 0.079, 0.079, 0.072, 0.072, 0.062, 0.062, 0.107, 0.107, 0.087, 0.087, 0.089, 0.089,
  ],
});
