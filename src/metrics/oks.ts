/**
 * Object keypoint similarity (OKS) of a predicted pose and an annotated person, as the COCO keypoint task defines it.
 *
 * @module
 */

import { checkShape } from "../core/errors.ts";

/** Numbers a joint: x (px), y (px), and visibility (truth) or score (prediction). */
const STRIDE = 3;

/** An annotated person as far as OKS looks at it. */
export interface OksTruth {
  /** `[J, 3]`: x, y (px), visibility; a joint is labelled where that is above 0. */
  readonly keypoints: ArrayLike<number>;
  /** Left, top, width, height, px. Only a person without any labelled joint is measured by it. */
  readonly box: readonly [number, number, number, number];
  /** Area of the person, px^2: the square of the scale. */
  readonly area: number;
}

/**
 * COCO's variances `(2 sigma)^2`, one a joint.
 *
 * @param sigmas Standard deviations of annotators, a fraction of the scale of a person, one a joint.
 */
export function oksVariances(sigmas: ArrayLike<number>): Float64Array {
  return Float64Array.from(sigmas, (sigma) => (sigma * 2) ** 2);
}

/** How far `value` lies outside of `[low, high]`. */
function outside(value: number, low: number, high: number): number {
  return Math.max(0, low - value) + Math.max(0, value - high);
}

/**
 * OKS: the mean over labelled joints of `exp(-d^2 / (2 area k^2))`. A person without labelled joints (a crowd, somebody
 * nobody annotated) has a region in place of joints, the box grown by its own size on each side; there `d` is the
 * distance of each predicted joint to the region, and the mean goes over all joints. Operations stand in the order of
 * pycocotools `COCOeval.computeOks`, so that ties fall alike.
 *
 * @param truth The annotated person.
 * @param pose `[J, 3]`: x, y (px), score. Scores do not count here.
 * @param variances `[J]`, of {@link oksVariances}.
 * @returns 0..1.
 * @throws {ShapeError} If truth or pose have another number of joints than `variances`.
 *
 * @example
 * ```ts
 * import { objectKeypointSimilarity, oksVariances } from "./oks.ts";
 * import assert from "node:assert/strict";
 *
 * const truth = { keypoints: [10, 10, 2, 0, 0, 0], box: [0, 0, 20, 20] as const, area: 400 };
 * assert.equal(objectKeypointSimilarity(truth, [10, 10, 1, 99, 99, 1], oksVariances([0.05, 0.05])), 1);
 * ```
 */
export function objectKeypointSimilarity(
  truth: OksTruth,
  pose: ArrayLike<number>,
  variances: ArrayLike<number>,
): number {
  const { keypoints, box, area } = truth;
  const joints = variances.length;
  const length = joints * STRIDE;
  if (keypoints.length !== length) checkShape("compare with an annotated person", [joints, STRIDE], keypoints.length);
  if (pose.length !== length) checkShape("compare a pose", [joints, STRIDE], pose.length);
  const scale = area + Number.EPSILON;
  let sum = 0;
  let labelled = 0;
  for (let joint = 0, i = 0; joint < joints; joint++, i += STRIDE) {
    if (!(keypoints[i + 2]! > 0)) continue;
    const dx = pose[i]! - keypoints[i]!;
    const dy = pose[i + 1]! - keypoints[i + 1]!;
    sum += Math.exp(-((dx * dx + dy * dy) / variances[joint]! / scale / 2));
    labelled++;
  }
  if (labelled > 0) return sum / labelled;
  const [left, top, width, height] = box;
  for (let joint = 0, i = 0; joint < joints; joint++, i += STRIDE) {
    const dx = outside(pose[i]!, left - width, left + width * 2);
    const dy = outside(pose[i + 1]!, top - height, top + height * 2);
    sum += Math.exp(-((dx * dx + dy * dy) / variances[joint]! / scale / 2));
  }
  return sum / joints;
}
