/**
 * How alike two sightings are, 0..1.
 *
 * @module
 */

import { coco17 } from "../skeleton/layouts.ts";
import { type Box, JOINTS } from "./detection.ts";

/** A joint below this score says nothing about where the person is. */
export const VISIBLE_SCORE = 0.2;

/** With fewer common joints than this the pose says too little, and the boxes decide. */
export const MIN_COMMON_JOINTS = 3;

/**
 * Narrowest box that is believed, width to height (or the other way). Somebody seen from the side with the legs together
 * fills a strip, and the scale must not shrink with every step.
 */
const LEAST_ASPECT = 0.4;

/** COCO's `k = 2 sigma`, squared, one a joint. */
const FALLOFF_SQUARED: readonly number[] = coco17.sigmas!.map((sigma) => (2 * sigma) ** 2);

/** A sighting, seen or predicted. */
export interface Sighting {
  /** Box, px. */
  readonly box: Box;
  /** `[17, 3]` in COCO order: x (px), y (px), score (0..1). */
  readonly keypoints: ArrayLike<number>;
}

/** Intersection over union of two boxes; 0 for two empty ones. */
export function boxIou(a: Box, b: Box): number {
  const width = Math.min(a[0] + a[2], b[0] + b[2]) - Math.max(a[0], b[0]);
  const height = Math.min(a[1] + a[3], b[1] + b[3]) - Math.max(a[1], b[1]);
  if (width <= 0 || height <= 0) return 0;
  const shared = width * height;
  return shared / (a[2] * a[3] + b[2] * b[3] - shared);
}

function bodyArea([, , width, height]: Box): number {
  return Math.max(width * height, LEAST_ASPECT * Math.max(width, height) ** 2, 1);
}

/**
 * Object keypoint similarity, COCO's `mean exp(-d^2 / (2 s^2 k^2))` over the joints that both sightings show. `s^2` is
 * the larger of the two box areas: half hidden, a person's box shrinks while the joints stay. A box narrower than 2 : 5
 * counts as 2 : 5.
 *
 * @param a A sighting.
 * @param b Another.
 * @param slack Standard deviation of the prediction, as a fraction of `s`, added to `k`. @default 0
 * @returns 0..1, or null if fewer than {@link MIN_COMMON_JOINTS} joints are common.
 */
export function poseOks(a: Sighting, b: Sighting, slack = 0): number | null {
  const area = Math.max(bodyArea(a.box), bodyArea(b.box));
  let common = 0;
  let sum = 0;
  for (let joint = 0; joint < JOINTS; joint++) {
    const i = joint * 3;
    if (Math.min(a.keypoints[i + 2]!, b.keypoints[i + 2]!) < VISIBLE_SCORE) continue;
    const distance = (a.keypoints[i]! - b.keypoints[i]!) ** 2 + (a.keypoints[i + 1]! - b.keypoints[i + 1]!) ** 2;
    sum += Math.exp(-distance / (2 * area * (FALLOFF_SQUARED[joint]! + slack * slack)));
    common++;
  }
  return common < MIN_COMMON_JOINTS ? null : sum / common;
}

/** Whether two sightings of one moment show the same person: by OKS, or by IoU where too few joints are common. */
export function isSameSight(a: Sighting, b: Sighting, threshold: number): boolean {
  return (poseOks(a, b) ?? boxIou(a.box, b.box)) >= threshold;
}

/**
 * Half OKS, half IoU. OKS tells apart two people who stand in one another's box; IoU still sees somebody who moves fast
 * or shows few joints.
 *
 * @returns 0..1; the IoU alone where too few joints are common.
 */
export function sightingSimilarity(a: Sighting, b: Sighting, slack = 0): number {
  const iou = boxIou(a.box, b.box);
  const oks = poseOks(a, b, slack);
  return oks === null ? iou : (oks + iou) / 2;
}
