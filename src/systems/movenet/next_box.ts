/**
 * From joints to the box in which to look for the same person next.
 *
 * @module
 */
import { checkShape } from "../../core/errors.ts";
import type { Box } from "../../track/detection.ts";
import { JOINTS } from "./heads.ts";

/** Options of {@link nextBox}. */
export interface NextBoxOptions {
  /**
   * Joints with a lower score are left out.
   * @default {0.2}
   */
  readonly minScore?: number;
  /**
   * With fewer joints the person counts as lost.
   * @default {4}
   */
  readonly minJoints?: number;
}

/** Joints with at least this score count as seen. */
const SEEN = 0.2;

/**
 * Joints end at eyes, wrists and ankles; a person's outline goes on, by 8 to 12 % of the longer side at each edge (median of
 * the annotated boxes against the boxes around the annotated joints, 18 whole people of COCO).
 */
const OUTLINE = 1.2;

/** Joints that all lie within a pixel are no person. */
const MIN_SIDE = 1;

/**
 * The box to crop in the next frame: around the joints that are sure, enlarged to the person's outline.
 *
 * @param keypoints `[17, 3]`: x and y in px, score 0..1.
 * @param options Which joints count, and how many are needed.
 * @returns The box in px, or undefined when too few joints are sure: then the person must be found anew.
 * @throws {ShapeError} If there are not 17 joints.
 */
export function nextBox(keypoints: Float32Array, options: NextBoxOptions = {}): Box | undefined {
  const { minScore = SEEN, minJoints = 4 } = options;
  const tight = boxAround(keypoints, minScore, minJoints);
  if (tight === undefined) return undefined;
  const [x, y, width, height] = tight;
  // Somebody seen from the side, or lying, has a narrow box: the margin follows the longer side.
  const longer = Math.max(width, height);
  if (longer < MIN_SIDE) return undefined;
  const margin = (OUTLINE - 1) / 2 * longer;
  return [x - margin, y - margin, width + 2 * margin, height + 2 * margin];
}

/**
 * Where the person's centre is expected: the median of the joints that are sure. The middle of a box would lie between two
 * people as soon as one arm is taken from the other.
 *
 * @param keypoints `[17, 3]`: x and y in px, score 0..1.
 * @param options Which joints count, and how many are needed.
 * @returns x and y in px, or undefined when too few joints are sure.
 * @throws {ShapeError} If there are not 17 joints.
 */
export function jointsMiddle(
  keypoints: Float32Array,
  options: NextBoxOptions = {},
): [x: number, y: number] | undefined {
  const { minScore = SEEN, minJoints = 4 } = options;
  checkShape("find the middle of the joints", [JOINTS, 3], keypoints.length);
  const sure = Array.from({ length: JOINTS }, (_, joint) => 3 * joint).filter((at) => keypoints[at + 2]! >= minScore);
  if (sure.length < Math.max(minJoints, 1)) return undefined;
  const median = (axis: 0 | 1): number => {
    const sorted = sure.map((at) => keypoints[at + axis]!).sort((a, b) => a - b);
    return (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;
  };
  return [median(0), median(1)];
}

/**
 * The tight box around the joints that are sure.
 *
 * @param keypoints `[17, 3]`: x and y in px, score.
 * @param minScore Joints with a lower score are left out.
 * @param minJoints With fewer joints there is no box.
 * @returns x, y, width, height, px, or undefined. It has a side of 0 only when all joints lie on a line.
 * @throws {ShapeError} If there are not 17 joints.
 */
export function boxAround(keypoints: Float32Array, minScore: number = SEEN, minJoints: number = 2): Box | undefined {
  checkShape("bound the joints", [JOINTS, 3], keypoints.length);
  let count = 0;
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let at = 0; at < keypoints.length; at += 3) {
    // Written so that NaN counts as not sure.
    if (!(keypoints[at + 2]! >= minScore)) continue;
    count++;
    left = Math.min(left, keypoints[at]!);
    right = Math.max(right, keypoints[at]!);
    top = Math.min(top, keypoints[at + 1]!);
    bottom = Math.max(bottom, keypoints[at + 1]!);
  }
  return count < minJoints ? undefined : [left, top, right - left, bottom - top];
}
