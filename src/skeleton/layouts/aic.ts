/**
 * The joints of AI Challenger.
 *
 * @module
 */

import { defineSkeleton, type Skeleton } from "../skeleton.ts";

/**
 * AI Challenger, 14 joints. `lower_neck` is the bottom end of the neck. Order and lines: `aic.py` of mmpose. Similarity
 * constants: `keypoint_eval.py` of the challenge of 2017, whose `delta` is twice these numbers.
 */
export const aic14: Skeleton = defineSkeleton({
  name: "aic14",
  joints: [
    "right_shoulder",
    "right_elbow",
    "right_wrist",
    "left_shoulder",
    "left_elbow",
    "left_wrist",
    "right_hip",
    "right_knee",
    "right_ankle",
    "left_hip",
    "left_knee",
    "left_ankle",
    "head_top",
    "lower_neck",
  ],
  parents: [13, 0, 1, 13, 3, 4, 0, 6, 7, 3, 9, 10, 13, -1],
  childrenFirst: "the data set lists head and neck last",
  // deno-fmt-ignore
  edges: [
    [2, 1], [1, 0], [0, 13], [13, 3], [3, 4], [4, 5], [8, 7], [7, 6], [6, 9], [9, 10],
    [10, 11], [12, 13], [0, 6], [3, 9],
  ],
  pairs: [[3, 0], [4, 1], [5, 2], [9, 6], [10, 7], [11, 8]],
  // deno-fmt-ignore
  sigmas: [
    0.01388152, 0.01515228, 0.01057665, 0.01417709, 0.01497891, 0.01402144, 0.03909642,
    0.03686941, 0.01981803, 0.03843971, 0.03412318, 0.02415081, 0.01291456, 0.01236173,
  ],
});

/** How files spell the joints of {@link aic14}. */
export const aic14FileNames: readonly string[] = Object.freeze(
  aic14.joints.map((joint) => joint === "lower_neck" ? "neck" : joint),
);
