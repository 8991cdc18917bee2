/**
 * The joints of Human3.6M.
 *
 * @module
 */

import { defineSkeleton, type Skeleton } from "../skeleton.ts";

/**
 * Human3.6M, 17 joints: what DiffPose-3D gives. The root is the middle of the hips. `neck` is the base of the skull (in
 * the original data between neck and nose), `head` the middle of the head.
 */
export const h36m17: Skeleton = defineSkeleton({
  name: "h36m17",
  joints: [
    "pelvis",
    "right_hip",
    "right_knee",
    "right_ankle",
    "left_hip",
    "left_knee",
    "left_ankle",
    "spine",
    "thorax",
    "neck",
    "head",
    "left_shoulder",
    "left_elbow",
    "left_wrist",
    "right_shoulder",
    "right_elbow",
    "right_wrist",
  ],
  parents: [-1, 0, 1, 2, 0, 4, 5, 0, 7, 8, 9, 8, 11, 12, 8, 14, 15],
  pairs: [[4, 1], [5, 2], [6, 3], [11, 14], [12, 15], [13, 16]],
});
