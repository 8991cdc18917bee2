/**
 * A heatmap as a mixture of a few Gaussians (paper sections 3 and 4.1).
 *
 * The paper draws samples from the map and fits them by expectation maximisation. Here the cells themselves are fitted,
 * each with its share of the mass: the limit of infinitely many samples, without randomness. A sample's place within its
 * cell is even, which adds the variance 1/12 along each axis.
 *
 * @module
 */

import { checkShape } from "./errors.ts";
import { fitBlocks } from "./fit_blocks.ts";
import { gatherBlocks } from "./gather_blocks.ts";
import { CELL_VARIANCE, type HeatmapGrid } from "./heatmap.ts";

/** Values of a kernel: pi, mu_x, mu_y, s_x, s_y. */
export const KERNEL_VALUES = 5;

/** Options of {@link heatmapMixture}. */
export interface HeatmapMixtureOptions {
  /**
   * Gaussians a map.
   * @default {5}
   */
  readonly kernels?: number;
  /**
   * Cells below this share of the strongest one are left out.
   * @default {0.01}
   */
  readonly floor?: number;
  /**
   * Most places to fit. Where more cells are above the floor, they are pooled in blocks of 2, 4, … cells a side; total
   * mass, mean and variance stay exact.
   * @default {128}
   */
  readonly places?: number;
  /**
   * No kernel is made narrower than this, cells. The width of a Gaussian that every place was drawn with: a spot of that
   * width is then one kernel, not several narrow ones beside each other.
   * @default {Math.sqrt(1 / 12)}
   */
  readonly leastDeviation?: number;
  /** Where to write, `[joints, kernels, 5]`. Default: a new array. */
  readonly out?: Float64Array;
}

function checkOptions(kernels: number, floor: number, places: number): void {
  if (!Number.isSafeInteger(kernels) || kernels < 1) {
    throw new RangeError(`Cannot fit heatmaps as kernels must be an integer from 1: ${kernels}`);
  }
  if (!(floor >= 0 && floor < 1)) throw new RangeError(`Cannot fit heatmaps as floor must lie within [0, 1): ${floor}`);
  if (!Number.isSafeInteger(places) || places < 1) {
    throw new RangeError(`Cannot fit heatmaps as places must be an integer from 1: ${places}`);
  }
}

/**
 * Fits a mixture with diagonal covariance to each map.
 *
 * @param heatmaps `[joints, height, width]`; values that are negative or NaN count as 0.
 * @param grid The sizes of that shape.
 * @param options How many kernels, what to leave out, an optional `out`.
 * @returns `[joints, kernels, 5]`: pi, mu_x, mu_y, s_x, s_y (cells), heaviest kernel first. Weights sum to 1; kernels
 * that are not needed are all 0, and so is every kernel of a map without positive values.
 * @throws {ShapeError} If `heatmaps` or `out` does not fill the grid.
 * @throws {RangeError} If `kernels`, `floor`, `places` or `leastDeviation` is out of range.
 */
export function heatmapMixture(
  heatmaps: Float32Array,
  grid: HeatmapGrid,
  options: HeatmapMixtureOptions = {},
): Float64Array {
  const { joints, height, width } = grid;
  const { kernels = 5, floor = 0.01, places = 128, leastDeviation = 0 } = options;
  checkOptions(kernels, floor, places);
  if (!(leastDeviation >= 0 && leastDeviation < Infinity)) {
    throw new RangeError(`Cannot fit heatmaps as leastDeviation must be a number from 0: ${leastDeviation}`);
  }
  const leastVariance = Math.max(leastDeviation ** 2, CELL_VARIANCE);
  const { out = new Float64Array(joints * kernels * KERNEL_VALUES) } = options;
  checkShape("fit heatmaps", [joints, height, width], heatmaps.length);
  checkShape("fit heatmaps", [joints, kernels, KERNEL_VALUES], out.length);
  const cells = height * width;
  for (let joint = 0; joint < joints; joint++) {
    const blocks = gatherBlocks(heatmaps.subarray(joint * cells, (joint + 1) * cells), {
      height,
      width,
      floor,
      places,
    });
    const rows = out.subarray(joint * kernels * KERNEL_VALUES, (joint + 1) * kernels * KERNEL_VALUES);
    rows.fill(0);
    if (blocks.count > 0) fitBlocks(blocks, rows, kernels, leastVariance);
  }
  return out;
}
