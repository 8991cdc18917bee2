/**
 * Mixtures of Gaussians with diagonal covariance, of any dimension: density, likelihood, samples.
 *
 * @module
 */

import { checkShape } from "./errors.ts";
import { fillNormal } from "./normal.ts";
import type { Rng } from "./rng.ts";

/** A mixture. Row `m` of each array is one kernel. */
export interface Mixture {
  /** Numbers a point has. */
  readonly dimensions: number;
  /** Share of each kernel, `[kernels]`; sums to 1. */
  readonly weights: Float64Array;
  /** Centres, `[kernels, dimensions]`. */
  readonly means: Float64Array;
  /** Standard deviations, `[kernels, dimensions]`, above 0. */
  readonly deviations: Float64Array;
}

/**
 * Picks one of some weighted kernels.
 *
 * @param weights Shares, at least 0; they need not sum to 1.
 * @param uniform A random number in `[0, 1)`.
 * @returns Index of a kernel with a weight above 0; 0 when all weights are 0.
 */
export function pickKernel(weights: ArrayLike<number>, uniform: number): number {
  let total = 0;
  for (let m = 0; m < weights.length; m++) total += weights[m]!;
  let left = uniform * total;
  let last = 0;
  for (let m = 0; m < weights.length; m++) {
    if (!(weights[m]! > 0)) continue;
    last = m;
    left -= weights[m]!;
    if (left < 0) return m;
  }
  return last; // Rounding may leave a crumb behind the last kernel.
}

/**
 * Draws points from a mixture: a kernel each by {@link pickKernel}, then normal numbers around its centre.
 *
 * @param mixture The mixture.
 * @param out The array to fill, `[points, dimensions]`.
 * @param rng The stream of random numbers.
 * @returns `out`.
 * @throws {ShapeError} If `out` is not whole points.
 */
export function sampleMixture<T extends Float32Array | Float64Array>(mixture: Mixture, out: T, rng: Rng): T {
  const { dimensions, weights, means, deviations } = mixture;
  checkShape("sample a mixture", [Math.ceil(out.length / dimensions), dimensions], out.length);
  const normal = new Float64Array(dimensions);
  for (let start = 0; start < out.length; start += dimensions) {
    const kernel = pickKernel(weights, rng.nextUniform()) * dimensions;
    fillNormal(normal, rng);
    for (let d = 0; d < dimensions; d++) out[start + d] = means[kernel + d]! + deviations[kernel + d]! * normal[d]!;
  }
  return out;
}

/**
 * Logarithm of each kernel's weighted density at a point: `ln(pi_m N(point; mu_m, Sigma_m))`.
 *
 * @param mixture The mixture.
 * @param points `[points, dimensions]`.
 * @param index Which point.
 * @param out Where to write, `[kernels]`.
 * @returns The logarithm of their sum, computed without underflow.
 */
export function kernelLogDensities(
  mixture: Mixture,
  points: ArrayLike<number>,
  index: number,
  out: Float64Array,
): number {
  const { dimensions, weights, means, deviations } = mixture;
  let most = -Infinity;
  for (let m = 0; m < weights.length; m++) {
    let log = Math.log(weights[m]!) - 0.5 * dimensions * Math.log(2 * Math.PI);
    for (let d = 0; d < dimensions; d++) {
      const deviation = deviations[m * dimensions + d]!;
      const offset = (points[index * dimensions + d]! - means[m * dimensions + d]!) / deviation;
      log -= 0.5 * offset * offset + Math.log(deviation);
    }
    out[m] = log;
    most = Math.max(most, log);
  }
  if (most === -Infinity) return most;
  let sum = 0;
  for (let m = 0; m < weights.length; m++) sum += Math.exp(out[m]! - most);
  return most + Math.log(sum);
}

/** Options of {@link logLikelihood}. */
export interface LogLikelihoodOptions {
  /** Mass of each point, `[points]`. Default: 1 each. */
  readonly weights?: ArrayLike<number>;
}

/**
 * Log-likelihood of points: `sum_i weight_i ln(sum_m pi_m N(point_i; mu_m, Sigma_m))`.
 *
 * @param mixture The mixture.
 * @param points `[points, dimensions]`.
 * @param options Masses of the points.
 * @returns The log-likelihood, nats.
 * @throws {ShapeError} If `points` is not whole points, or there are not as many weights.
 */
export function logLikelihood(
  mixture: Mixture,
  points: ArrayLike<number>,
  options: LogLikelihoodOptions = {},
): number {
  const count = Math.ceil(points.length / mixture.dimensions);
  checkShape("compute a likelihood", [count, mixture.dimensions], points.length);
  if (options.weights !== undefined) checkShape("compute a likelihood", [count], options.weights.length);
  const logs = new Float64Array(mixture.weights.length);
  let total = 0;
  for (let i = 0; i < count; i++) total += (options.weights?.[i] ?? 1) * kernelLogDensities(mixture, points, i, logs);
  return total;
}
