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
  const kept: number[] = [];
  for (let i = 0; i < sigma.length; i++) {
    let known = Number.isFinite(sigma[i]!) && sigma[i]! >= 0;
    for (let c = 0; c < dimensions; c++) known &&= Number.isFinite(residuals[i * dimensions + c]!);
    if (known) kept.push(i);
  }
  const axes = new Float64Array(kept.length * dimensions);
  kept.forEach((i, n) => {
    for (let c = 0; c < dimensions; c++) axes[n * dimensions + c] = Math.abs(residuals[i * dimensions + c]!);
  });
  const distance = Float64Array.from(kept, (_, n) => {
    let square = 0;
    for (let c = 0; c < dimensions; c++) square += axes[n * dimensions + c]! ** 2;
    return Math.sqrt(square);
  });
  return { sigma: Float64Array.from(kept, (i) => sigma[i]!), distance, axes };
}

/** Share of values that are at most `reach` times their sigma. */
function share(values: Float64Array, sigma: Float64Array, each: number, reach: number): number {
  let within = 0;
  values.forEach((value, i) => {
    if (value <= reach * sigma[Math.floor(i / each)]!) within++;
  });
  return within / values.length;
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
  const table = levels.map((level): Reliability => ({
    level,
    axis: share(axes, sigma, dimensions, chiQuantile(level, 1)),
    radial: share(distance, sigma, 1, chiQuantile(level, dimensions)),
  }));
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
