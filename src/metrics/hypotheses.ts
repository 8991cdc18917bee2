/**
 * Errors of several hypotheses for a pose: the best of the first n, the mean pose, and the mean of their errors.
 *
 * @module
 */

import { ShapeError } from "../core/errors.ts";
import { alignedErrors, positionErrors } from "./mpjpe.ts";
import type { ErrorField, PosePair } from "./pose_pair.ts";

/** Hypotheses beside the truth. */
export interface HypothesisPair {
  /** How many joints a pose has. */
  readonly joints: number;
  /** How many hypotheses. */
  readonly hypotheses: number;
  /** `[hypotheses, frames, joints, 3]`. */
  readonly pred: ArrayLike<number>;
  /** `[frames, joints, 3]`, the same unit. */
  readonly truth: ArrayLike<number>;
  /** `[frames, joints]`: 0 leaves a point out. Default: all points count. */
  readonly mask?: ArrayLike<number>;
}

/** How a pose is aligned before its error is taken. */
export type Alignment = "none" | "similarity";

function poseCount(pair: HypothesisPair): number {
  const { hypotheses, pred, truth, joints } = pair;
  if (!Number.isSafeInteger(hypotheses) || hypotheses < 1 || pred.length !== hypotheses * truth.length) {
    throw new ShapeError("compare hypotheses", [hypotheses, truth.length / (joints * 3), joints, 3], pred.length);
  }
  return hypotheses;
}

/** One hypothesis as a pair. */
function pairOf(pair: HypothesisPair, h: number): PosePair {
  const { joints, truth, mask } = pair;
  const size = truth.length;
  const pred = new Float64Array(size);
  for (let i = 0; i < size; i++) pred[i] = pair.pred[h * size + i]!;
  return mask === undefined ? { joints, pred, truth } : { joints, pred, truth, mask };
}

/** Mean of each frame; NaN where nothing counts. */
function frameMeans({ frames, joints, errors }: ErrorField): Float64Array {
  return Float64Array.from({ length: frames }, (_, frame) => {
    let [sum, count] = [0, 0];
    for (let i = frame * joints; i < (frame + 1) * joints; i++) {
      if (Number.isNaN(errors[i]!)) continue;
      sum += errors[i]!;
      count++;
    }
    return sum / count;
  });
}

/**
 * Mean error of every hypothesis in every frame.
 *
 * @param pair Hypotheses and truth.
 * @param alignment `"similarity"` gives P-MPJPE.
 * @returns `[hypotheses, frames]`, unit of the poses; NaN where nothing counts.
 * @throws {ShapeError} If the arrays do not fit each other.
 */
export function hypothesisErrors(pair: HypothesisPair, alignment: Alignment = "none"): Float64Array {
  const hypotheses = poseCount(pair);
  const errorsOf = alignment === "none" ? positionErrors : alignedErrors;
  const rows = Array.from({ length: hypotheses }, (_, h) => frameMeans(errorsOf(pairOf(pair, h))));
  const all = new Float64Array(rows.reduce((sum, row) => sum + row.length, 0));
  rows.forEach((row, h) => all.set(row, h * row.length));
  return all;
}

/**
 * Error of the best of the first n hypotheses, each frame by itself, for n = 1, 2, ..., N. The best is chosen with the
 * truth in hand, for whole poses: it says what the set contains, not what a user gets.
 *
 * @param errors `[hypotheses, frames]` from {@link hypothesisErrors}.
 * @param hypotheses N.
 * @returns `[N]`: mean over the frames where something counts; never rising.
 */
export function bestOf(errors: Float64Array, hypotheses: number): Float64Array {
  const frames = errors.length / hypotheses;
  const sums = new Float64Array(hypotheses);
  let counted = 0;
  for (let frame = 0; frame < frames; frame++) {
    const row = Array.from({ length: hypotheses }, (_, h) => errors[h * frames + frame]!);
    if (row.every(Number.isNaN)) continue;
    counted++;
    let best = Infinity;
    row.forEach((error, h) => {
      best = Number.isNaN(error) ? best : Math.min(best, error);
      sums[h]! += best;
    });
  }
  return sums.map((sum) => sum / counted);
}

/** Mean of the errors of all hypotheses: the error of one that is picked blindly. NaN when nothing counts. */
export function meanOfErrors(errors: Float64Array): number {
  const known = errors.filter((error) => !Number.isNaN(error));
  return known.reduce((sum, error) => sum + error, 0) / known.length;
}

/**
 * The mean pose of the hypotheses.
 *
 * @param pair Hypotheses and truth.
 * @returns `[frames, joints, 3]`; NaN where a hypothesis is.
 * @throws {ShapeError} If the arrays do not fit each other.
 */
export function meanPose(pair: HypothesisPair): Float64Array {
  const hypotheses = poseCount(pair);
  const size = pair.truth.length;
  const mean = new Float64Array(size);
  for (let h = 0; h < hypotheses; h++) {
    for (let i = 0; i < size; i++) mean[i]! += pair.pred[h * size + i]! / hypotheses;
  }
  return mean;
}

/**
 * Spread of the hypotheses as one number a point: the root of the mean over the axes of the variance (divisor N - 1).
 *
 * @param pair Hypotheses and truth, at least two hypotheses.
 * @returns `[frames, joints]`: standard deviation along one axis.
 * @throws {ShapeError} If the arrays do not fit each other.
 */
export function spread(pair: HypothesisPair): Float64Array {
  const hypotheses = poseCount(pair);
  const mean = meanPose(pair);
  const size = mean.length;
  const sigma = new Float64Array(size / 3);
  for (let h = 0; h < hypotheses; h++) {
    for (let i = 0; i < size; i++) sigma[Math.floor(i / 3)]! += (pair.pred[h * size + i]! - mean[i]!) ** 2;
  }
  return sigma.map((sum) => Math.sqrt(sum / (3 * (hypotheses - 1))));
}
