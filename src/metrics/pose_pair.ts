/**
 * Poses beside their truth, and the errors between them: what all metrics of 3D poses share.
 *
 * @module
 */

import { checkShape, ShapeError } from "../core/errors.ts";

/** Predicted poses and true ones, the same frames and joints in the same order. */
export interface PosePair {
  /** How many joints a pose has. */
  readonly joints: number;
  /** `[frames, joints, 3]`, any unit; NaN where there is no answer. */
  readonly pred: ArrayLike<number>;
  /** `[frames, joints, 3]`, the same unit; NaN where there is no truth. */
  readonly truth: ArrayLike<number>;
  /** `[frames, joints]`: 0 leaves a point out. Default: all points count. */
  readonly mask?: ArrayLike<number>;
}

/** An error for every joint of every frame. */
export interface ErrorField {
  /** How many frames. */
  readonly frames: number;
  /** How many joints. */
  readonly joints: number;
  /** `[frames, joints]`: distance, unit of the poses; NaN where a point does not count. */
  readonly errors: Float64Array;
  /** How many points count. */
  readonly counted: number;
  /** How many points do not: masked, not finite, or without what an alignment needs. */
  readonly left: number;
}

/**
 * How many frames a pair holds.
 *
 * @throws {ShapeError} If the arrays do not fit each other.
 */
export function framesOf(pair: PosePair): number {
  const { joints, pred, truth, mask } = pair;
  if (!Number.isSafeInteger(joints) || joints < 1) {
    throw new RangeError(`Cannot compare poses as joints must be a whole number of at least 1: ${joints}`);
  }
  const frames = truth.length / (joints * 3);
  if (!Number.isInteger(frames)) {
    throw new ShapeError("compare poses", [Math.ceil(frames), joints, 3], truth.length);
  }
  checkShape("compare poses", [frames, joints, 3], pred.length);
  if (mask !== undefined) checkShape("mask poses", [frames, joints], mask.length);
  return frames;
}

/** Whether point `i` (frame * joints + joint) counts: not masked, and finite on both sides. */
export function counts(pair: PosePair, i: number): boolean {
  const { pred, truth, mask } = pair;
  if (mask !== undefined && !(mask[i]! > 0)) return false;
  for (let k = 3 * i; k < 3 * i + 3; k++) if (!Number.isFinite(pred[k]!) || !Number.isFinite(truth[k]!)) return false;
  return true;
}

/** Distance between points `i` of two lists. */
export function distance(a: ArrayLike<number>, b: ArrayLike<number>, i: number): number {
  const k = 3 * i;
  return Math.hypot(a[k]! - b[k]!, a[k + 1]! - b[k + 1]!, a[k + 2]! - b[k + 2]!);
}

/** Wraps errors and counts them. */
export function errorField(joints: number, errors: Float64Array): ErrorField {
  let counted = 0;
  for (const error of errors) if (!Number.isNaN(error)) counted++;
  return { frames: errors.length / joints, joints, errors, counted, left: errors.length - counted };
}
