/**
 * Mean per-joint position errors of 3D poses: as they are, after the best scale, after the best similarity transform, and
 * of the movement between frames. Every function gives the error of each point; {@link meanError} and its neighbours
 * make means of them. Definitions: `common/loss.py` of VideoPose3D, which the field follows.
 *
 * @module
 */

import { alignSimilarity } from "../core/procrustes.ts";
import { meanError } from "./error_means.ts";
import { counts, distance, type ErrorField, errorField, framesOf, type PosePair } from "./pose_pair.ts";

/** A similarity transform has 7 numbers, so 3 points are the fewest that it does not fit by itself. */
export const FEWEST_TO_ALIGN = 3;

/**
 * MPJPE ("protocol 1"): distance of each point to its truth. Whether roots are subtracted first is the caller's choice:
 * see {@link rootRelative}.
 *
 * @param pair Poses and truth.
 * @throws {ShapeError} If the arrays do not fit each other.
 */
export function positionErrors(pair: PosePair): ErrorField {
  const errors = new Float64Array(framesOf(pair) * pair.joints);
  for (let i = 0; i < errors.length; i++) errors[i] = counts(pair, i) ? distance(pair.pred, pair.truth, i) : NaN;
  return errorField(pair.joints, errors);
}

/**
 * N-MPJPE: the same after one scale for each frame, the one with the least squared error: `sum(pred * truth) / sum(pred^2)`
 * over the points that count. Nothing is moved or turned, so roots should be subtracted before. A frame whose
 * prediction is all zero keeps it.
 *
 * @param pair Poses and truth.
 * @throws {ShapeError} If the arrays do not fit each other.
 */
export function scaledErrors(pair: PosePair): ErrorField {
  const frames = framesOf(pair);
  const { joints, pred, truth } = pair;
  const errors = new Float64Array(frames * joints).fill(NaN);
  for (let frame = 0; frame < frames; frame++) {
    let [product, square] = [0, 0];
    for (let i = frame * joints; i < (frame + 1) * joints; i++) {
      if (!counts(pair, i)) continue;
      for (let k = 3 * i; k < 3 * i + 3; k++) {
        product += pred[k]! * truth[k]!;
        square += pred[k]! * pred[k]!;
      }
    }
    const scale = square > 0 ? product / square : 1;
    for (let i = frame * joints; i < (frame + 1) * joints; i++) {
      if (!counts(pair, i)) continue;
      const k = 3 * i;
      errors[i] = Math.hypot(
        scale * pred[k]! - truth[k]!,
        scale * pred[k + 1]! - truth[k + 1]!,
        scale * pred[k + 2]! - truth[k + 2]!,
      );
    }
  }
  return errorField(joints, errors);
}

/** Points of a frame that count, packed. */
function gather(points: ArrayLike<number>, chosen: readonly number[]): Float64Array {
  const packed = new Float64Array(chosen.length * 3);
  chosen.forEach((i, n) => {
    for (let c = 0; c < 3; c++) packed[3 * n + c] = points[3 * i + c]!;
  });
  return packed;
}

/**
 * P-MPJPE ("protocol 2"): the same after the best rotation, scale and shift of each frame, never a reflection. The
 * alignment sees only points that count; a frame with fewer than {@link FEWEST_TO_ALIGN} of them is left out.
 *
 * @param pair Poses and truth.
 * @throws {ShapeError} If the arrays do not fit each other.
 */
export function alignedErrors(pair: PosePair): ErrorField {
  const frames = framesOf(pair);
  const { joints, pred, truth } = pair;
  const errors = new Float64Array(frames * joints).fill(NaN);
  for (let frame = 0; frame < frames; frame++) {
    const chosen: number[] = [];
    for (let i = frame * joints; i < (frame + 1) * joints; i++) if (counts(pair, i)) chosen.push(i);
    if (chosen.length < FEWEST_TO_ALIGN) continue;
    const source = gather(pred, chosen);
    const target = gather(truth, chosen);
    const { rotation: r, scale, translation } = alignSimilarity(source, target);
    chosen.forEach((i, n) => {
      const [x, y, z] = [source[3 * n]!, source[3 * n + 1]!, source[3 * n + 2]!];
      let square = 0;
      for (let c = 0; c < 3; c++) {
        const moved = scale * (r[3 * c]! * x + r[3 * c + 1]! * y + r[3 * c + 2]! * z) + translation[c]!;
        square += (moved - target[3 * n + c]!) ** 2;
      }
      errors[i] = Math.sqrt(square);
    });
  }
  return errorField(joints, errors);
}

/** Options of {@link velocityErrors}. */
export interface VelocityOptions {
  /**
   * `[frames]`: index of each frame in its source, rising. Two rows are neighbours when their indices differ by the
   * smallest step in the list. Default: all rows are neighbours.
   */
  readonly indices?: ArrayLike<number>;
}

/** The smallest step between indices; 1 for fewer than two. */
function smallestStep(indices: ArrayLike<number>): number {
  let step = Infinity;
  for (let t = 1; t < indices.length; t++) step = Math.min(step, indices[t]! - indices[t - 1]!);
  return Number.isFinite(step) ? step : 1;
}

/**
 * MPJVE: distance between the predicted and the true movement from one frame to the next (first differences). The unit is
 * that of the poses per frame, so the figure depends on the frame rate: multiply by frames a second for a speed.
 *
 * @param pair Poses and truth.
 * @param options Which rows are neighbours.
 * @returns `[frames - 1, joints]`; no frames for fewer than two.
 * @throws {ShapeError} If the arrays do not fit each other.
 */
export function velocityErrors(pair: PosePair, options: VelocityOptions = {}): ErrorField {
  const frames = framesOf(pair);
  const { joints, pred, truth } = pair;
  const { indices } = options;
  const step = indices === undefined ? 1 : smallestStep(indices);
  const errors = new Float64Array(Math.max(frames - 1, 0) * joints).fill(NaN);
  for (let i = 0; i < errors.length; i++) {
    const frame = Math.floor(i / joints);
    if (indices !== undefined && indices[frame + 1]! - indices[frame]! !== step) continue;
    if (!counts(pair, i) || !counts(pair, i + joints)) continue;
    let square = 0;
    for (let k = 3 * i; k < 3 * i + 3; k++) {
      const next = k + 3 * joints;
      square += (pred[next]! - pred[k]! - (truth[next]! - truth[k]!)) ** 2;
    }
    errors[i] = Math.sqrt(square);
  }
  return errorField(joints, errors);
}

/**
 * Poses relative to their root, frame by frame. Frames where the root is not finite become NaN.
 *
 * @param points `[frames, joints, 3]`.
 * @param joints How many joints.
 * @param root Which joint becomes the origin; of several their mean, such as both hips.
 * @returns `[frames, joints, 3]`, a new array.
 */
export function rootRelative(
  points: ArrayLike<number>,
  joints: number,
  root: number | readonly number[],
): Float64Array {
  const roots = typeof root === "number" ? [root] : root;
  const moved = Float64Array.from(points);
  for (let start = 0; start < moved.length; start += joints * 3) {
    const origin = [0, 1, 2].map((c) =>
      roots.reduce((sum, joint) => sum + points[start + 3 * joint + c]!, 0) / roots.length
    );
    const known = origin.every((value) => Number.isFinite(value));
    for (let k = start; k < start + joints * 3; k++) {
      moved[k] = known ? moved[k]! - origin[(k - start) % 3]! : NaN;
    }
  }
  return moved;
}

/** MPJPE over all points that count; NaN when none does. See {@link positionErrors}. */
export function mpjpe(pair: PosePair): number {
  return meanError(positionErrors(pair));
}

/** N-MPJPE over all points that count; NaN when none does. See {@link scaledErrors}. */
export function nMpjpe(pair: PosePair): number {
  return meanError(scaledErrors(pair));
}

/** P-MPJPE over all points that count; NaN when none does. See {@link alignedErrors}. */
export function pMpjpe(pair: PosePair): number {
  return meanError(alignedErrors(pair));
}

/** MPJVE over all points that count, unit per frame; NaN when none does. See {@link velocityErrors}. */
export function mpjve(pair: PosePair, options: VelocityOptions = {}): number {
  return meanError(velocityErrors(pair, options));
}
