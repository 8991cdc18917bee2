/**
 * Whether a stated standard deviation tells the error: how often errors stay within the range that it promises.
 *
 * The model that is tested: each axis of the error is Gaussian with mean 0 and the stated sigma, the axes independent.
 *
 * @module
 */

import { checkShape } from "../core/errors.ts";
import { chiQuantile } from "./chi_quantile.ts";
import { spearman } from "./rank_correlation.ts";

/** Nominal coverages of the reliability table. */
export const COVERAGE_LEVELS: readonly number[] = Object.freeze([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95]);

/** Errors with their stated deviations. */
export interface SigmaPair {
  /** Axes of a point: 3, or 2 in the picture. */
  readonly dimensions: 2 | 3;
  /** `[points, dimensions]`: prediction minus truth. */
  readonly residuals: ArrayLike<number>;
  /** `[points]`: stated standard deviation along one axis, the same unit. */
  readonly sigma: ArrayLike<number>;
}

/** One line of a reliability table. Shares are 0..1. */
export interface Reliability {
  /** Share that is promised. */
  readonly level: number;
  /** Share of single axes whose error is within the range (1-axis Gaussian). */
  readonly axis: number;
  /** Share of points whose distance is within the radius (chi distribution with `dimensions` degrees of freedom). */
  readonly radial: number;
}

/** What {@link calibrate} finds. */
export interface Calibration {
  /** Points that count: finite, with a finite sigma of at least 0. */
  readonly points: number;
  /** Points that do not. */
  readonly left: number;
  /** One line a level. */
  readonly table: readonly Reliability[];
  /** Expected calibration error of single axes: mean of |observed - promised| over the levels, 0..1. */
  readonly eceAxis: number;
  /** The same for distances. */
  readonly eceRadial: number;
  /** Mean sigma. */
  readonly meanSigma: number;
  /** Sharpness: root mean square of sigma, that is the deviation of the mixture that is promised. */
  readonly sharpness: number;
  /** Root mean square of the error along one axis; equals the sharpness when sigma is right on average. */
  readonly rmsError: number;
  /** Spearman correlation of sigma with the distance; NaN when one of them never changes. */
  readonly spearman: number;
}

/** Options of {@link calibrate}. */
export interface CalibrationOptions {
  /** Nominal coverages, each above 0 and below 1. @default 0.1, 0.2, ..., 0.9, 0.95 */
  readonly levels?: readonly number[];
}

/** Distances, absolute axis errors over sigma, and sigma of the points that count. */
interface Kept {
  readonly sigma: Float64Array;
  readonly distance: Float64Array;
  readonly axes: Float64Array;
}

function keep({ dimensions, residuals, sigma }: SigmaPair): Kept {
  checkShape("calibrate sigma", [sigma.length, dimensions], residuals.length);
  const kept = { sigma: new Float64Array(sigma.length), distance: new Float64Array(sigma.length) };
  const axes = new Float64Array(residuals.length);
  let count = 0;
  for (let i = 0; i < sigma.length; i++) {
    let square = 0;
    for (let c = 0; c < dimensions; c++) square += residuals[i * dimensions + c]! ** 2;
    if (!Number.isFinite(square) || !Number.isFinite(sigma[i]!) || sigma[i]! < 0) continue;
    kept.sigma[count] = sigma[i]!;
    kept.distance[count] = Math.sqrt(square);
    for (let c = 0; c < dimensions; c++) axes[count * dimensions + c] = Math.abs(residuals[i * dimensions + c]!);
    count++;
  }
  return {
    sigma: kept.sigma.subarray(0, count),
    distance: kept.distance.subarray(0, count),
    axes: axes.subarray(0, count * dimensions),
  };
}

/**
 * Share of values that are at most `reach` times their sigma, for each reach.
 *
 * @param each How many values belong to one sigma.
 */
function shares(values: Float64Array, sigma: Float64Array, each: number, reaches: readonly number[]): number[] {
  const order = reaches.map((_, n) => n).sort((a, b) => reaches[a]! - reaches[b]!);
  const within = new Float64Array(reaches.length);
  for (let point = 0, i = 0; point < sigma.length; point++) {
    for (let c = 0; c < each; c++, i++) {
      let n = 0;
      while (n < order.length && values[i]! > reaches[order[n]!]! * sigma[point]!) n++;
      if (n < order.length) within[n]! += 1;
    }
  }
  // `within[n]` are those that the n-th smallest reach is the first to cover.
  const result = reaches.map(() => 0);
  let covered = 0;
  order.forEach((level, n) => result[level] = (covered += within[n]!) / values.length);
  return result;
}

/** Mean distance between what is observed and what is promised. */
function expectedError(table: readonly Reliability[], of: (line: Reliability) => number): number {
  return table.reduce((sum, line) => sum + Math.abs(of(line) - line.level), 0) / table.length;
}

function rootMeanSquare(values: Float64Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
}

/**
 * Compares stated deviations with errors. Figures are NaN when no point counts.
 *
 * @param pair Residuals and deviations. Points with a NaN are left out and counted.
 * @param options The levels of the table.
 * @throws {ShapeError} If the arrays do not fit each other.
 */
export function calibrate(pair: SigmaPair, options: CalibrationOptions = {}): Calibration {
  const { levels = COVERAGE_LEVELS } = options;
  const { dimensions } = pair;
  const { sigma, distance, axes } = keep(pair);
  const quantiles = (of: 1 | 2 | 3): number[] => levels.map((level) => chiQuantile(level, of));
  const axis = shares(axes, sigma, dimensions, quantiles(1));
  const radial = shares(distance, sigma, 1, quantiles(dimensions));
  const table = levels.map((level, n): Reliability => ({ level, axis: axis[n]!, radial: radial[n]! }));
  return {
    points: sigma.length,
    left: pair.sigma.length - sigma.length,
    table,
    eceAxis: expectedError(table, ({ axis }) => axis),
    eceRadial: expectedError(table, ({ radial }) => radial),
    meanSigma: sigma.reduce((sum, value) => sum + value, 0) / sigma.length,
    sharpness: rootMeanSquare(sigma),
    rmsError: rootMeanSquare(axes),
    spearman: spearman(sigma, distance),
  };
}
