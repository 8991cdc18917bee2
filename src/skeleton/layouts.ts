/**
 * The joint layouts that diffpose reads and writes.
 *
 * @module
 */

import { defineSkeleton, type Skeleton } from "./skeleton.ts";

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

/** All layouts by their name in files. */
export const layouts: Readonly<Record<"coco17" | "h36m17", Skeleton>> = Object.freeze({ coco17, h36m17 });

/** Name of a layout. */
export type LayoutName = keyof typeof layouts;
