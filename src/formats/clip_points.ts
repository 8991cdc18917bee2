/**
 * Points of one person: what is missing, where they are, how sure they are.
 *
 * @module
 */

import type { ClipPerson, Points } from "./clip.ts";

/** A score from elsewhere: some writers go a little past 1 (MMPose says so of its own), and below 0 means unseen. */
export function clampScore(value: number): number {
  return Math.min(1, Math.max(0, value));
}

/** What {@link makePoints} needs. */
export interface PointsDraft {
  /** `[J, 2]` or `[J, 3]`. Changed: missing points become 0. */
  readonly values: Float64Array;
  /** `[J]`, any number. Changed: clamped to 0..1. */
  readonly scores: Float64Array;
  /** `[J]`. @default null */
  readonly sigma?: Float64Array | null;
  /** Joints that were computed. @default none */
  readonly derived?: readonly number[];
}

/**
 * Points as a clip has them: scores 0..1, zeros where a point is missing.
 *
 * @param draft The numbers of a file.
 * @returns The points, or null where none of them is there.
 */
export function makePoints({ values, scores, sigma = null, derived = [] }: PointsDraft): Points | null {
  const dimensions = values.length / scores.length;
  let any = false;
  for (let j = 0; j < scores.length; j++) {
    scores[j] = clampScore(scores[j]!);
    if (scores[j]! > 0) any = true;
    else {
      values.fill(0, j * dimensions, (j + 1) * dimensions);
      if (sigma !== null) sigma[j] = 0;
    }
  }
  return any ? { values, scores, sigma, derived } : null;
}

/** Points of a layout of `joints` joints none of which is there. */
export function missingPoints(joints: number, dimensions: 2 | 3): Points {
  return { values: new Float64Array(joints * dimensions), scores: new Float64Array(joints), sigma: null, derived: [] };
}

/** x, y, width, height of the box around all points in the picture that are there; null where none is. */
export function boxAround({ values, scores }: Points): ClipPerson["box"] {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let j = 0; j < scores.length; j++) {
    if (scores[j]! <= 0) continue;
    left = Math.min(left, values[2 * j]!);
    right = Math.max(right, values[2 * j]!);
    top = Math.min(top, values[2 * j + 1]!);
    bottom = Math.max(bottom, values[2 * j + 1]!);
  }
  return left === Infinity ? null : [left, top, right - left, bottom - top];
}

/** Mean score of the points that are there; 0 where none is. */
export function meanScore({ scores }: Points): number {
  let sum = 0;
  let count = 0;
  for (const score of scores) {
    if (score <= 0) continue;
    sum += score;
    count++;
  }
  return count === 0 ? 0 : sum / count;
}

/** The box of a person, or the one around the points where it has none. */
export function boxOf({ box, points2d }: ClipPerson): ClipPerson["box"] {
  return box ?? (points2d === null ? null : boxAround(points2d));
}

/** The score of a person, or the mean of its points where it has none; null without either. */
export function scoreOf({ score, points2d, points3d }: ClipPerson): number | null {
  const points = points2d ?? points3d;
  return score ?? (points === null ? null : meanScore(points));
}
