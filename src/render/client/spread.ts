/**
 * How sure a pose is, and which frames deserve a second look.
 *
 * @module
 */

import type { ViewerPerson } from "../payload.ts";

/** Doubtful from here on, metres: about the error of a good single-camera pose, so a worse spread says "ambiguous". */
export const DOUBT_METRES = 0.06;
/** Doubtful from here on, percent of the longer side of the box: about the length of a hand. */
export const DOUBT_PERCENT = 10;

/**
 * Mean sigma over the joints that have one.
 *
 * @param person Someone in a frame.
 * @param in3d Use the 3D points; people without them give NaN.
 * @returns Metres in 3D; in 2D percent of the longer side of the box, so that near and far people compare. NaN where no
 * joint has a sigma.
 */
export function spreadOf(person: ViewerPerson, in3d: boolean): number {
  const points = in3d ? person.keypoints3d : person.keypoints;
  if (points === null) return NaN;
  let sum = 0;
  let count = 0;
  for (let at = 3; at < points.length; at += 4) {
    if (!Number.isFinite(points[at]!)) continue;
    sum += points[at]!;
    count++;
  }
  const unit = in3d ? 1 : Math.max(person.box[2]!, person.box[3]!) / 100;
  return count === 0 ? NaN : sum / count / unit;
}

/** True when the person was interpolated or its mean sigma is above the threshold. */
export function isDoubtful(person: ViewerPerson | null, spread: number, threshold: number): boolean {
  return person !== null && (person.interpolated || spread > threshold);
}
