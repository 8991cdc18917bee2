/**
 * Heatmaps of a crop to kernels in pixels: the mixtures that DiffPose-3D starts from.
 *
 * @module
 */
import type { HeatmapGrid } from "../core/heatmap.ts";
import { heatmapMixture } from "../core/heatmap_mixture.ts";

/** Numbers of a kernel: weight, mean x and y, standard deviation x and y. */
const KERNEL = 5;
/** A kernel is not made narrower than this, cells: a joint is not known better than a part of its cell. */
const LEAST_DEVIATION = 0.5;

/** Options of {@link heatmapKernels}. */
export interface HeatmapKernelsOptions {
  /** Kernels a joint, from 1. */
  readonly kernels: number;
  /** Pixels of the picture at the left and upper edge of the maps. */
  readonly origin: readonly [x: number, y: number];
  /** Pixels of the picture in a cell, along x and y. */
  readonly cell: readonly [x: number, y: number];
  /** Cells below this share of the strongest one are left out. @default {0.01} */
  readonly floor?: number;
  /**
   * Standard deviation, cells, of the map of a joint whose place is known. The map is taken as a mixture that was blurred
   * by that much: no kernel is fitted narrower, and it is taken off the kernels' own.
   * @default {0}
   */
  readonly blur?: number;
}

/**
 * Fits a mixture to each map.
 *
 * @param heatmaps `[17, height, width]`.
 * @param grid Their sizes.
 * @param keypoints `[17, 3]`: x, y in pixels of the picture, score.
 * @param options How many kernels, where the maps lie.
 * @returns `[17, kernels, 5]`: weight, mean x and y relative to the point, standard deviation x and y, px.
 */
export function heatmapKernels(
  heatmaps: Float32Array,
  grid: HeatmapGrid,
  keypoints: Float32Array,
  options: HeatmapKernelsOptions,
): Float32Array {
  const { kernels, origin: [left, top], cell: [width, height], floor, blur = 0 } = options;
  const found = heatmapMixture(heatmaps, grid, {
    kernels,
    leastDeviation: blur,
    ...(floor === undefined ? {} : { floor }),
  });
  const out = Float32Array.from(found);
  const size = out.length / grid.joints;
  const sharpen = (deviation: number): number =>
    blur === 0 ? deviation : Math.sqrt(Math.max(deviation ** 2 - blur ** 2, LEAST_DEVIATION ** 2));
  for (let k = 0; k < out.length; k += KERNEL) {
    if (out[k] === 0) continue;
    const joint = Math.floor(k / size);
    out[k + 1] = left + out[k + 1]! * width - keypoints[joint * 3]!;
    out[k + 2] = top + out[k + 2]! * height - keypoints[joint * 3 + 1]!;
    out[k + 3] = sharpen(out[k + 3]!) * width;
    out[k + 4] = sharpen(out[k + 4]!) * height;
  }
  return out;
}

/**
 * Standard deviation of each joint about its point, along one axis.
 *
 * @param kernels `[joints, kernels, 5]` of {@link heatmapKernels}.
 * @param joints How many joints.
 * @returns `[joints]` px.
 */
export function kernelSigma(kernels: Float32Array, joints: number): Float32Array {
  const size = kernels.length / joints;
  return Float32Array.from({ length: joints }, (_, joint) => {
    let variance = 0;
    for (let k = joint * size; k < (joint + 1) * size; k += KERNEL) {
      const weight = kernels[k]!;
      if (weight === 0) continue;
      const [dx, dy, sx, sy] = [kernels[k + 1]!, kernels[k + 2]!, kernels[k + 3]!, kernels[k + 4]!];
      variance += weight * (dx * dx + dy * dy + sx * sx + sy * sy) / 2;
    }
    return Math.sqrt(variance);
  });
}
