/**
 * From sampled heatmaps to keypoints and an error bar on each: the mean of the sets, then its strongest cell. A set holds
 * one heatmap a joint: one hypothesis of a pose.
 *
 * @module
 */
import { checkShape } from "../../core/errors.ts";
import { readPeaks } from "../../core/heatmap.ts";
import type { Square } from "./crop_features.ts";

/** What the sets say, of J joints. */
export interface SetsReading {
  /** Mean of the sets, `[J, cells, cells]`, 0..1. */
  readonly heatmaps: Float32Array;
  /** `[J, 3]`: x, y in pixels of the picture, score 0..1: the peak of the mean. */
  readonly keypoints: Float32Array;
  /** Standard deviation of each point along one axis, `[J]`, pixels of the picture. */
  readonly sigma: Float32Array;
  /** Each set's own points, `[M, J, 3]`, pixels of the picture, score. */
  readonly setKeypoints: Float32Array;
}

/** What {@link readSets} must know of a pack. */
export interface ReadSetsSettings {
  /** Standard deviation of the Gaussians that the model was trained to draw, cells. */
  readonly targetSigma: number;
  /** Factor that makes the spread a standard deviation of the error, `[J]`. */
  readonly sigmaScale: Float32Array;
}

/** A point is not known better than this, cells: the error of reading a peak between cells. */
const LEAST_SIGMA = 0.25;
/** Cells below this share of the peak say nothing about its width. */
const WIDTH_FLOOR = 0.2;

/**
 * Averages sets and reads the mean. A point's variance is that of the sets' own points, plus what the mean map is wider
 * than the Gaussians of training: sets that disagree move apart, a set that doubts draws a wide map.
 *
 * @param heatmaps `[M, J, cells, cells]`, 0..1.
 * @param sets M.
 * @param square Where the maps lie in the picture.
 * @param settings Width of a sure map, calibration of each of the J joints.
 * @throws {ShapeError} If `heatmaps` is not M square maps a joint.
 */
export function readSets(
  heatmaps: Float32Array,
  sets: number,
  square: Square,
  settings: ReadSetsSettings,
): SetsReading {
  const { targetSigma, sigmaScale } = settings;
  const joints = sigmaScale.length;
  const size = heatmaps.length / sets;
  const cells = Math.round(Math.sqrt(size / joints));
  checkShape("read sets", [sets, joints, cells, cells], heatmaps.length);
  const grid = { joints, height: cells, width: cells };
  const mean = sets === 1 ? heatmaps : new Float32Array(size);
  const points = new Float32Array(sets * joints * 3);
  for (let m = 0; m < sets; m++) {
    const one = heatmaps.subarray(m * size, (m + 1) * size);
    readPeaks(one, grid, { out: points.subarray(m * joints * 3, (m + 1) * joints * 3) });
    if (sets > 1) { for (let i = 0; i < size; i++) mean[i] = mean[i]! + one[i]! / sets; }
  }
  const keypoints = readPeaks(mean, grid);
  const scale = square[2] / cells; // px a cell
  const sigma = new Float32Array(joints);
  for (let joint = 0; joint < joints; joint++) {
    const map = mean.subarray(joint * cells * cells, (joint + 1) * cells * cells);
    const variance = LEAST_SIGMA ** 2 + setVariance(points, sets, joint, joints) + excess(map, cells, targetSigma);
    sigma[joint] = sigmaScale[joint]! * Math.sqrt(variance) * scale;
  }
  toPicture(keypoints, square, scale);
  toPicture(points, square, scale);
  return { heatmaps: mean, keypoints, sigma, setKeypoints: points };
}

function toPicture(points: Float32Array, [left, top]: Square, scale: number): void {
  for (let i = 0; i < points.length; i += 3) {
    points[i] = left + points[i]! * scale;
    points[i + 1] = top + points[i + 1]! * scale;
  }
}

/** Variance along one axis of one joint over the sets, square cells; 0 for one set. */
function setVariance(points: Float32Array, sets: number, joint: number, joints: number): number {
  if (sets === 1) return 0;
  let variance = 0;
  for (let axis = 0; axis < 2; axis++) {
    let sum = 0;
    let squares = 0;
    for (let m = 0; m < sets; m++) {
      const value = points[(m * joints + joint) * 3 + axis]!;
      sum += value;
      squares += value * value;
    }
    variance += Math.max(squares - sum * sum / sets, 0) / (2 * (sets - 1));
  }
  return variance;
}

/**
 * How much wider a map is than a Gaussian of `target` cells: difference of the variances along one axis, square cells, at
 * least 0. Only cells above a share f of the peak count; a Gaussian cut there has the variance
 * `target^2 (1 - f (1 - ln f)) / (1 - f)`.
 */
function excess(map: Float32Array, cells: number, target: number): number {
  let peak = 0;
  for (let i = 0; i < map.length; i++) peak = Math.max(peak, map[i]!);
  if (peak === 0) return cells * cells / 12; // An empty map: anywhere.
  const floor = WIDTH_FLOOR * peak;
  let [total, x, y, squares] = [0, 0, 0, 0];
  for (let row = 0, i = 0; row < cells; row++) {
    for (let column = 0; column < cells; column++, i++) {
      const value = map[i]!;
      if (value < floor) continue;
      total += value;
      x += value * column;
      y += value * row;
      squares += value * (column * column + row * row);
    }
  }
  const variance = (squares / total - (x / total) ** 2 - (y / total) ** 2) / 2;
  const sure = target ** 2 * (1 - WIDTH_FLOOR * (1 - Math.log(WIDTH_FLOOR))) / (1 - WIDTH_FLOOR);
  return Math.max(variance - sure, 0);
}
