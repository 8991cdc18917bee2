/**
 * Average precision and average recall: means over the curves of the keypoint evaluation.
 *
 * @module
 */

import { COCO_RECALLS, type KeypointCurves } from "./keypoint_curves.ts";

/** Which part of the curves a mean goes over. */
export interface CurvePart {
  /**
   * Name of a range of sizes.
   * @default {"all"}
   */
  readonly area?: string;
  /**
   * One similarity threshold.
   * @default all of them
   */
  readonly threshold?: number;
}

/** Thresholds are found again by value, within this: they are sums of floating-point steps. */
const THRESHOLD_TOLERANCE = 1e-9;

/** Indices of the cells `[T, K, A]` that belong to a part. */
function cellsOf(curves: KeypointCurves, part: CurvePart): number[] {
  const { thresholds, categories, areas } = curves;
  const { area = "all", threshold } = part;
  const a = areas.findIndex(({ name }) => name === area);
  if (a < 0) {
    const names = areas.map(({ name }) => name).join(", ");
    throw new RangeError(`Cannot average as the area must be one of ${names}: current value is ${area}`);
  }
  const chosen = [...thresholds.keys()].filter((t) =>
    threshold === undefined || Math.abs(thresholds[t]! - threshold) < THRESHOLD_TOLERANCE
  );
  if (chosen.length === 0) {
    throw new RangeError(`Cannot average as the threshold must be one of ${thresholds}: current value is ${threshold}`);
  }
  return chosen.flatMap((t) => [...categories.keys()].map((k) => (t * categories.length + k) * areas.length + a));
}

/** Mean of what is defined, -1 where nothing is. */
function meanOfDefined(values: readonly number[]): number {
  const defined = values.filter((value) => value > -1);
  return defined.length === 0 ? -1 : defined.reduce((sum, value) => sum + value, 0) / defined.length;
}

/**
 * AP: mean interpolated precision over recalls, categories and the chosen thresholds.
 *
 * @param curves Of `keypointCurves`.
 * @param part Which sizes and thresholds.
 * @returns 0..1, or -1 if there is nobody to find.
 * @throws {RangeError} If the curves have no such size or threshold.
 */
export function averagePrecision(curves: KeypointCurves, part: CurvePart = {}): number {
  const length = COCO_RECALLS.length;
  const cells = cellsOf(curves, part);
  return meanOfDefined(cells.flatMap((cell) => [...curves.precision.subarray(cell * length, (cell + 1) * length)]));
}

/**
 * AR: mean over categories and the chosen thresholds of the recall that all predictions together reach.
 *
 * @param curves Of `keypointCurves`.
 * @param part Which sizes and thresholds.
 * @returns 0..1, or -1 if there is nobody to find.
 * @throws {RangeError} If the curves have no such size or threshold.
 */
export function averageRecall(curves: KeypointCurves, part: CurvePart = {}): number {
  return meanOfDefined(cellsOf(curves, part).map((cell) => curves.recall[cell]!));
}
