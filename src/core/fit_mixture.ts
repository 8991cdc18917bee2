/**
 * Weighted expectation maximisation for mixtures with diagonal covariance (paper file, section 4.1).
 *
 * @module
 */

import { checkShape } from "./errors.ts";
import { kernelLogDensities, type Mixture, pickKernel } from "./mixture.ts";
import type { Rng } from "./rng.ts";

/** Options of {@link fitMixture}. */
export interface FitMixtureOptions {
  /** Numbers a point has. */
  readonly dimensions: number;
  /** Random numbers for the first centres (k-means++). */
  readonly rng: Rng;
  /** Mass of each point, `[points]`, at least 0. Default: 1 each. */
  readonly weights?: ArrayLike<number>;
  /**
   * Most kernels.
   * @default {5}
   */
  readonly kernels?: number;
  /**
   * Least variance along each axis, above 0. The best variance above a bound is the larger of the two, so that rounds
   * never lower the likelihood; adding a constant would.
   * @default {1e-6}
   */
  readonly minVariance?: number;
  /**
   * Kernels lighter than this are dropped at the end.
   * @default {1e-3}
   */
  readonly minWeight?: number;
  /**
   * Stops when the log-likelihood changes by less than this share of it.
   * @default {1e-4}
   */
  readonly tolerance?: number;
  /**
   * Most rounds.
   * @default {50}
   */
  readonly rounds?: number;
}

/** Result of {@link fitMixture}. */
export interface FitMixtureResult {
  /** The mixture, heaviest kernel first. */
  readonly mixture: Mixture;
  /** Log-likelihood for one unit of mass before each round; never falls. */
  readonly history: readonly number[];
}

/** Points, shares of their mass, and how many numbers each has. */
interface Cloud {
  readonly points: ArrayLike<number>;
  readonly shares: Float64Array;
  readonly dimensions: number;
}

function squaredDistance({ points, dimensions }: Cloud, a: number, b: number): number {
  let sum = 0;
  for (let d = 0; d < dimensions; d++) sum += (points[a * dimensions + d]! - points[b * dimensions + d]!) ** 2;
  return sum;
}

/** Squared distance of each point to the nearest centre once `centre` is one of them. */
function nearestWith(cloud: Cloud, nearest: Float64Array, centre: number): Float64Array {
  return nearest.map((value, i) => Math.min(value, squaredDistance(cloud, i, centre)));
}

/**
 * k-means++: each further centre is drawn with mass times squared distance to the nearest centre. Of a few such draws
 * the one is kept that leaves the least distance (the greedy form of Arthur and Vassilvitskii), as a single unlucky draw
 * puts two centres into one kernel and none into another.
 */
function firstCentres(cloud: Cloud, kernels: number, rng: Rng): number[] {
  const draws = 2 + Math.floor(Math.log(kernels));
  const first = pickKernel(cloud.shares, rng.nextUniform());
  const centres = [first];
  let nearest = nearestWith(cloud, new Float64Array(cloud.shares.length).fill(Infinity), first);
  while (centres.length < kernels) {
    const gain = cloud.shares.map((share, i) => share * nearest[i]!);
    if (!gain.some((value) => value > 0)) break;
    const candidates = Array.from({ length: draws }, () => pickKernel(gain, rng.nextUniform()));
    const left = candidates.map((candidate) => nearestWith(cloud, nearest, candidate));
    const cost = left.map((distances) => distances.reduce((sum, value, i) => sum + cloud.shares[i]! * value, 0));
    const best = cost.indexOf(Math.min(...cost));
    centres.push(candidates[best]!);
    nearest = left[best]!;
  }
  return centres;
}

/** Mixture from each kernel's share of each point, `[points, kernels]`. Kernels without mass are left out. */
function maximise(cloud: Cloud, shares: Float64Array, kernels: number, minVariance: number): Mixture {
  const { points, dimensions } = cloud;
  const weights: number[] = [];
  const means: number[] = [];
  const deviations: number[] = [];
  for (let m = 0; m < kernels; m++) {
    let mass = 0;
    for (let i = 0; i < cloud.shares.length; i++) mass += shares[i * kernels + m]!;
    if (mass < Number.EPSILON) continue;
    weights.push(mass);
    for (let d = 0; d < dimensions; d++) {
      let mean = 0;
      for (let i = 0; i < cloud.shares.length; i++) mean += shares[i * kernels + m]! * points[i * dimensions + d]!;
      mean /= mass;
      let variance = 0;
      for (let i = 0; i < cloud.shares.length; i++) {
        variance += shares[i * kernels + m]! * (points[i * dimensions + d]! - mean) ** 2;
      }
      means.push(mean);
      deviations.push(Math.sqrt(Math.max(variance / mass, minVariance)));
    }
  }
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return {
    dimensions,
    weights: Float64Array.from(weights, (weight) => weight / total),
    means: Float64Array.from(means),
    deviations: Float64Array.from(deviations),
  };
}

/** Each point to its nearest centre. */
function hardShares(cloud: Cloud, centres: readonly number[]): Float64Array {
  const shares = new Float64Array(cloud.shares.length * centres.length);
  for (let i = 0; i < cloud.shares.length; i++) {
    const away = centres.map((centre) => squaredDistance(cloud, i, centre));
    shares[i * centres.length + away.indexOf(Math.min(...away))] = cloud.shares[i]!;
  }
  return shares;
}

/** Kernels with at least `minWeight`, heaviest first, their weights summing to 1. The heaviest always stays. */
function prune({ dimensions, weights, means, deviations }: Mixture, minWeight: number): Mixture {
  const order = Array.from(weights.keys()).sort((a, b) => weights[b]! - weights[a]!);
  const kept = order.filter((m, rank) => rank === 0 || weights[m]! >= minWeight);
  const total = kept.reduce((sum, m) => sum + weights[m]!, 0);
  const rows = (from: Float64Array): Float64Array =>
    Float64Array.from(kept.flatMap((m) => [...from.subarray(m * dimensions, (m + 1) * dimensions)]));
  return {
    dimensions,
    weights: Float64Array.from(kept, (m) => weights[m]! / total),
    means: rows(means),
    deviations: rows(deviations),
  };
}

function checkCloud(points: ArrayLike<number>, options: FitMixtureOptions): Cloud {
  const { dimensions, weights, kernels = 5, minVariance = 1e-6, rounds = 50 } = options;
  for (const [name, value] of [["dimensions", dimensions], ["kernels", kernels], ["rounds", rounds]] as const) {
    if (!Number.isSafeInteger(value) || value < 1) {
      throw new RangeError(`Cannot fit a mixture as ${name} must be an integer from 1: ${value}`);
    }
  }
  if (!(minVariance > 0)) throw new RangeError(`Cannot fit a mixture as minVariance must be above 0: ${minVariance}`);
  const count = Math.ceil(points.length / dimensions);
  checkShape("fit a mixture", [count, dimensions], points.length);
  if (weights !== undefined) checkShape("fit a mixture", [count], weights.length);
  const mass = Float64Array.from({ length: count }, (_, i) => weights?.[i] ?? 1);
  const total = mass.reduce((sum, value) => sum + value, 0);
  if (!(total > 0 && total < Infinity) || mass.some((value) => value < 0)) {
    throw new RangeError(`Cannot fit a mixture as weights must be at least 0 with a sum above 0: sum is ${total}`);
  }
  return { points, shares: mass.map((value) => value / total), dimensions };
}

/**
 * Fits a mixture to weighted points.
 *
 * @param points `[points, dimensions]`, finite.
 * @param options Dimensions, random numbers, masses, limits.
 * @returns The mixture and how the likelihood grew.
 * @throws {ShapeError} If `points` is not whole points, or there are not as many weights.
 * @throws {RangeError} If an option is out of range, or there is no mass.
 *
 * @example
 * ```ts
 * import { createRng } from "./rng.ts";
 * import { fitMixture } from "./fit_mixture.ts";
 * import assert from "node:assert/strict";
 *
 * const points = [0, 0.1, 0.2, 9.9, 10, 10.1];
 * const { mixture } = fitMixture(points, { dimensions: 1, kernels: 2, rng: createRng({ seed: 1 }) });
 * assert.deepEqual([...mixture.means].map(Math.round).sort((a, b) => a - b), [0, 10]);
 * ```
 */
export function fitMixture(points: ArrayLike<number>, options: FitMixtureOptions): FitMixtureResult {
  const { rng, kernels = 5, minVariance = 1e-6, minWeight = 1e-3, tolerance = 1e-4, rounds = 50 } = options;
  const cloud = checkCloud(points, options);
  const centres = firstCentres(cloud, kernels, rng);
  let mixture = maximise(cloud, hardShares(cloud, centres), centres.length, minVariance);
  const history: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const count = mixture.weights.length;
    const shares = new Float64Array(cloud.shares.length * count);
    const logs = new Float64Array(count);
    let likelihood = 0;
    for (let i = 0; i < cloud.shares.length; i++) {
      if (cloud.shares[i] === 0) continue;
      const log = kernelLogDensities(mixture, points, i, logs);
      likelihood += cloud.shares[i]! * log;
      for (let m = 0; m < count; m++) shares[i * count + m] = cloud.shares[i]! * Math.exp(logs[m]! - log);
    }
    mixture = maximise(cloud, shares, count, minVariance);
    const before = history.at(-1);
    history.push(likelihood);
    if (before !== undefined && Math.abs(likelihood - before) < tolerance * Math.abs(likelihood)) break;
  }
  return { mixture: prune(mixture, minWeight), history };
}
