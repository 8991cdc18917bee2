/**
 * 3D PCK and its area under the curve, as the evaluation code of MPI-INF-3DHP computes them (`mpii_compute_3d_pck.m`,
 * `mpii_get_pck_auc_joint_groups.m` in `mpii_3dhp` test utilities).
 *
 * @module
 */

import type { ErrorField } from "./pose_pair.ts";

/** Threshold of the one figure, mm. An error must be below it, not equal. */
export const PCK_THRESHOLD_MM = 150;

/** Thresholds of the area: 0, 5, ..., 150 mm, 31 of them. The first counts no point, as errors must be below it. */
export const AUC_THRESHOLDS_MM: readonly number[] = Object.freeze(Array.from({ length: 31 }, (_, i) => 5 * i));

/** Joints that are counted together. */
export interface JointGroup {
  /** Name in tables. */
  readonly name: string;
  /** Indices of its joints. */
  readonly joints: readonly number[];
}

/**
 * The groups of the official evaluation, indices into the 17 "relevant" joints of the test set. 14 joints are in them:
 * pelvis (14), spine (15) and head (16) are not counted for PCK and AUC, while the mean error counts all 17.
 */
export const THREEDHP_GROUPS: readonly JointGroup[] = Object.freeze([
  { name: "head", joints: [0] },
  { name: "neck", joints: [1] },
  { name: "shoulder", joints: [2, 5] },
  { name: "elbow", joints: [3, 6] },
  { name: "wrist", joints: [4, 7] },
  { name: "hip", joints: [8, 11] },
  { name: "knee", joints: [9, 12] },
  { name: "ankle", joints: [10, 13] },
]);

/** What {@link pckCounts} counted. Counts of several clips may be added with {@link addPckCounts}. */
export interface PckCounts {
  /** Points that count. */
  readonly total: number;
  /** Points with an error below the one threshold. */
  readonly below: number;
  /** The same for each threshold of the area. */
  readonly belowEach: readonly number[];
}

/** Options of {@link pckCounts}. */
export interface PckOptions {
  /** Which joints; default all. */
  readonly joints?: readonly number[];
  /** Threshold of PCK, unit of the errors. @default 150 */
  readonly threshold?: number;
  /** Thresholds of the area, unit of the errors. @default 0, 5, ..., 150 */
  readonly thresholds?: readonly number[];
}

/**
 * Counts the points whose error is below thresholds.
 *
 * @param field Errors, mm with the default thresholds. Points that do not count are in neither number.
 * @param options Joints and thresholds.
 */
export function pckCounts(field: ErrorField, options: PckOptions = {}): PckCounts {
  const { threshold = PCK_THRESHOLD_MM, thresholds = AUC_THRESHOLDS_MM, joints } = options;
  const chosen = joints === undefined ? null : new Set(joints);
  const belowEach = thresholds.map(() => 0);
  let [total, below] = [0, 0];
  field.errors.forEach((error, i) => {
    if (Number.isNaN(error) || (chosen !== null && !chosen.has(i % field.joints))) return;
    total++;
    if (error < threshold) below++;
    thresholds.forEach((limit, n) => {
      if (error < limit) belowEach[n]!++;
    });
  });
  return { total, below, belowEach };
}

/** Counts of two sets of points with the same thresholds. */
export function addPckCounts(a: PckCounts, b: PckCounts): PckCounts {
  const belowEach = a.belowEach.map((count, n) => count + b.belowEach[n]!);
  return { total: a.total + b.total, below: a.below + b.below, belowEach };
}

/** PCK, percent; NaN without points. */
export function pck(counted: PckCounts): number {
  return (100 * counted.below) / counted.total;
}

/** AUC, percent: mean of PCK over the thresholds of the area; NaN without points. */
export function auc(counted: PckCounts): number {
  const sum = counted.belowEach.reduce((total, count) => total + count, 0);
  return (100 * sum) / (counted.belowEach.length * counted.total);
}
