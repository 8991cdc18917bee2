/**
 * Heatmaps of joints: drawn, read, and summed up. Coordinates are continuous cells: the centre of the first cell is 0.5.
 *
 * @module
 */

import { checkShape } from "./errors.ts";
import { cellCentre, cellsWithin } from "./units.ts";

/** Sizes of a stack of heatmaps. */
export interface HeatmapGrid {
  /** How many maps. */
  readonly joints: number;
  /** Rows of a map. */
  readonly height: number;
  /** Cells a row. */
  readonly width: number;
}

/** A density that is constant within each cell has this variance inside a cell, along each axis. */
export const CELL_VARIANCE: number = 1 / 12;

/** Options of {@link renderGaussian}. */
export interface RenderOptions {
  /** Standard deviation, cells. */
  readonly sigma: number;
  /** Where to write, `[joints, height, width]`. Default: a new array. */
  readonly out?: Float32Array;
}

/** Sigmas beyond which a Gaussian is taken for 0; it is below 2e-8 there. */
const REACH = 6;

/**
 * Draws a Gaussian with peak 1 around each point; cells further than six sigma along an axis are 0.
 *
 * @param points `[joints, 3]`: x, y (cells), score. A point with score 0 or a value that is not finite leaves its map empty.
 * @param grid Sizes of the maps.
 * @param options Width of the Gaussian, an optional `out`.
 * @returns `[joints, height, width]`.
 * @throws {ShapeError} If `points` or `out` does not fill the grid.
 * @throws {RangeError} If `sigma` is not above 0.
 */
export function renderGaussian(points: Float32Array, grid: HeatmapGrid, options: RenderOptions): Float32Array {
  const { joints, height, width } = grid;
  const { sigma, out = new Float32Array(joints * height * width) } = options;
  if (!(sigma > 0)) throw new RangeError(`Cannot draw heatmaps as sigma must be above 0 cells: ${sigma}`);
  checkShape("draw heatmaps", [joints, 3], points.length);
  checkShape("draw heatmaps", [joints, height, width], out.length);
  out.fill(0);
  const row = new Float64Array(width);
  for (let joint = 0; joint < joints; joint++) {
    const map = joint * height * width;
    const [x, y, score] = [points[joint * 3]!, points[joint * 3 + 1]!, points[joint * 3 + 2]!];
    if (!(score > 0) || !Number.isFinite(x) || !Number.isFinite(y)) continue;
    const [left, right] = cellsWithin(x, REACH * sigma, width);
    const [top, bottom] = cellsWithin(y, REACH * sigma, height);
    for (let i = left; i < right; i++) row[i] = Math.exp(-((cellCentre(i) - x) ** 2) / (2 * sigma * sigma));
    for (let j = top; j < bottom; j++) {
      const column = Math.exp(-((cellCentre(j) - y) ** 2) / (2 * sigma * sigma));
      for (let i = left; i < right; i++) out[map + j * width + i] = row[i]! * column;
    }
  }
  return out;
}

/** Options of {@link readPeaks}. */
export interface ReadPeaksOptions {
  /**
   * Refines the peak between cells by a parabola through the logarithms of its neighbours, which is exact for a
   * Gaussian. False gives the centre of the strongest cell.
   * @default {true}
   */
  readonly subCell?: boolean;
  /** Where to write, `[joints, 3]`. Default: a new array. */
  readonly out?: Float32Array;
}

/** Offset of a peak from the middle of three values, in -0.5..0.5; 0 where no parabola of logarithms has a top. */
function refine(before: number, middle: number, after: number): number {
  if (!(before > 0 && after > 0)) return 0;
  const [a, b, c] = [Math.log(before), Math.log(middle), Math.log(after)];
  const curvature = a - 2 * b + c;
  return curvature < 0 ? Math.min(Math.max((a - c) / (2 * curvature), -0.5), 0.5) : 0;
}

/**
 * Reads the strongest place of each map.
 *
 * @param heatmaps `[joints, height, width]`; cells that are NaN are passed over.
 * @param grid The sizes of that shape.
 * @param options Refinement between cells, an optional `out`.
 * @returns `[joints, 3]`: x, y (cells), score: the strongest value. A map without a positive value gives (0, 0, 0).
 * @throws {ShapeError} If `heatmaps` or `out` does not fill the grid.
 */
export function readPeaks(heatmaps: Float32Array, grid: HeatmapGrid, options: ReadPeaksOptions = {}): Float32Array {
  const { joints, height, width } = grid;
  const { subCell = true, out = new Float32Array(joints * 3) } = options;
  checkShape("read peaks", [joints, height, width], heatmaps.length);
  checkShape("read peaks", [joints, 3], out.length);
  const cells = height * width;
  for (let joint = 0; joint < joints; joint++) {
    const map = joint * cells;
    let best = 0;
    let at = -1;
    for (let i = 0; i < cells; i++) {
      if (heatmaps[map + i]! > best) {
        best = heatmaps[map + i]!;
        at = i;
      }
    }
    if (at < 0) {
      out.fill(0, joint * 3, joint * 3 + 3);
      continue;
    }
    const i = at % width;
    const j = (at - i) / width;
    const value = (offset: number): number => heatmaps[map + at + offset]!;
    const dx = subCell && i > 0 && i < width - 1 ? refine(value(-1), best, value(1)) : 0;
    const dy = subCell && j > 0 && j < height - 1 ? refine(value(-width), best, value(width)) : 0;
    out[joint * 3] = cellCentre(i) + dx;
    out[joint * 3 + 1] = cellCentre(j) + dy;
    out[joint * 3 + 2] = best;
  }
  return out;
}

/** What a map says as one number each; see {@link heatmapStatistics}. */
export interface HeatmapStatistics {
  /** Mean, `[joints, 2]`: x, y (cells). */
  readonly mean: Float64Array;
  /** Covariance, `[joints, 3]`: xx, xy, yy (square cells); holds the variance within a cell, 1/12. */
  readonly covariance: Float64Array;
  /** Sum of the positive values, `[joints]`. 0 means that the map is empty and the other numbers are 0. */
  readonly mass: Float64Array;
  /** Entropy over cells, `[joints]`, nats: 0 for one cell, ln(cells) for an even map. */
  readonly entropy: Float64Array;
}

/**
 * Mean, covariance, mass and entropy of each map, read as a density: positive values over their sum (paper section 4.1).
 *
 * @param heatmaps `[joints, height, width]`; values that are negative or NaN count as 0.
 * @param grid The sizes of that shape.
 * @returns One row a joint.
 * @throws {ShapeError} If `heatmaps` does not fill the grid.
 */
export function heatmapStatistics(heatmaps: Float32Array, grid: HeatmapGrid): HeatmapStatistics {
  const { joints, height, width } = grid;
  checkShape("sum up heatmaps", [joints, height, width], heatmaps.length);
  const mean = new Float64Array(joints * 2);
  const covariance = new Float64Array(joints * 3);
  const mass = new Float64Array(joints);
  const entropy = new Float64Array(joints);
  for (let joint = 0; joint < joints; joint++) {
    let [total, x, y, xx, xy, yy, logs] = [0, 0, 0, 0, 0, 0, 0];
    for (let j = 0; j < height; j++) {
      for (let i = 0; i < width; i++) {
        const value = heatmaps[(joint * height + j) * width + i]!;
        if (!(value > 0)) continue;
        total += value;
        x += value * i;
        y += value * j;
        xx += value * i * i;
        xy += value * i * j;
        yy += value * j * j;
        logs += value * Math.log(value);
      }
    }
    if (total === 0) continue;
    x /= total;
    y /= total;
    mean.set([cellCentre(x), cellCentre(y)], joint * 2);
    covariance.set(
      [xx / total - x * x + CELL_VARIANCE, xy / total - x * y, yy / total - y * y + CELL_VARIANCE],
      joint * 3,
    );
    mass[joint] = total;
    // Rounding may leave -1e-16 for a single cell.
    entropy[joint] = Math.max(Math.log(total) - logs / total, 0);
  }
  return { mean, covariance, mass, entropy };
}
