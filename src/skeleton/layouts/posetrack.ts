/**
 * The joints of PoseTrack: the slots of its files since 2018, and the order of its evaluator.
 *
 * @module
 */

import { defineSkeleton, type Skeleton } from "../skeleton.ts";

/**
 * PoseTrack, 17 slots as its files of 2018 and later list them: COCO's places, with `upper_neck` and `head_top` where the
 * eyes were. Ears are slots that nobody fills. Order: `POSETRACK18_LM_NAMES_COCO_ORDER` in poseval `py/convert.py`. Lines
 * and similarity constants: `posetrack18.py` of mmpose, which keeps those of COCO place by place; PoseTrack's own evaluator
 * uses none.
 */
export const posetrack18: Skeleton = defineSkeleton({
  name: "posetrack18",
  joints: [
    "nose",
    "upper_neck",
    "head_top",
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
  parents: [-1, 0, 0, 0, 0, 1, 1, 5, 6, 7, 8, 5, 6, 11, 12, 13, 14],
  // deno-fmt-ignore
  edges: [
    [15, 13], [13, 11], [16, 14], [14, 12], [11, 12], [5, 11], [6, 12], [5, 6], [5, 7], [6, 8],
    [7, 9], [8, 10], [0, 1], [0, 2], [1, 5], [1, 6],
  ],
  pairs: [[3, 4], [5, 6], [7, 8], [9, 10], [11, 12], [13, 14], [15, 16]],
  // deno-fmt-ignore
  sigmas: [
    0.026, 0.025, 0.025, 0.035, 0.035, 0.079, 0.079, 0.072, 0.072, 0.062, 0.062, 0.107, 0.107, 0.087, 0.087, 0.089, 0.089,
  ],
});

/** How files spell the joints of {@link posetrack18}. */
export const posetrack18FileNames: readonly string[] = Object.freeze(
  posetrack18.joints.map((joint) => joint === "upper_neck" ? "head_bottom" : joint),
);

/**
 * PoseTrack, the 15 joints that are scored, in the order of the evaluator and of the point ids in files of 2017: `Joint` in
 * poseval `py/eval_helpers.py`. It has no similarity constants.
 */
export const posetrack15: Skeleton = defineSkeleton({
  name: "posetrack15",
  joints: [
    "right_ankle",
    "right_knee",
    "right_hip",
    "left_hip",
    "left_knee",
    "left_ankle",
    "right_wrist",
    "right_elbow",
    "right_shoulder",
    "left_shoulder",
    "left_elbow",
    "left_wrist",
    "upper_neck",
    "nose",
    "head_top",
  ],
  parents: [1, 2, 8, 9, 3, 4, 7, 8, 12, 12, 9, 10, -1, 12, 13],
  childrenFirst: "the evaluator counts limbs from their ends, as MPII does",
  // deno-fmt-ignore
  edges: [
    [5, 4], [4, 3], [0, 1], [1, 2], [3, 2], [9, 3], [8, 2], [9, 8], [9, 10], [8, 7],
    [10, 11], [7, 6], [13, 12], [13, 14], [12, 9], [12, 8],
  ],
  pairs: [[5, 0], [4, 1], [3, 2], [11, 6], [10, 7], [9, 8]],
});

/** How files spell the joints of {@link posetrack15}. */
export const posetrack15FileNames: readonly string[] = Object.freeze(
  posetrack15.joints.map((joint) => joint === "upper_neck" ? "head_bottom" : joint),
);
