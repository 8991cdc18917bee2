/**
 * Where a body may be, as masks over the cells of a heatmap: near its joints, and near the limbs between them
 * (DiffusionPose paper, section FDP: M_kps and M_ske).
 *
 * @module
 */
import { checkShape } from "./errors.ts";
import type { HeatmapGrid } from "./heatmap.ts";
import { cellCentre, cellsWithin } from "./units.ts";

/** Two joints and the line between them. */
export type Limb = readonly [from: number, to: number];

/** Options of {@link drawMasks}. */
export interface DrawMasksOptions {
  /** How far the keypoint mask reaches from a joint, cells. */
  readonly keypointReach: number;
  /** How far the skeleton mask reaches from a limb, cells. */
  readonly limbReach: number;
  /**
   * Masks fall off as `exp(-d^2 / (2 reach^2))` with the distance d, instead of being 1 up to the reach, 0 beyond.
   * @default {false}
   */
  readonly soft?: boolean;
  /** Where to write, `[2, height, width]`. Default: a new array. */
  readonly out?: Float32Array;
}

/**
 * Draws the keypoint mask and the skeleton mask.
 *
 * @param points `[joints, 3]`: x, y (cells), score. A point with score 0 is not there, nor are its limbs.
 * @param limbs Pairs of joints.
 * @param grid Sizes of the maps, how many joints.
 * @param options Reach of the masks, an optional `out`.
 * @returns `[2, height, width]`, 0..1: keypoints, skeleton.
 * @throws {ShapeError} If `points` or `out` does not fill the grid.
 * @throws {RangeError} If a reach is not above 0.
 */
export function drawMasks(
  points: Float32Array,
  limbs: readonly Limb[],
  grid: HeatmapGrid,
  options: DrawMasksOptions,
): Float32Array {
  const { joints, height, width } = grid;
  const { keypointReach, limbReach, soft = false, out = new Float32Array(2 * height * width) } = options;
  for (const reach of [keypointReach, limbReach]) {
    if (!(reach > 0)) throw new RangeError(`Cannot draw masks as their reach must be above 0 cells: ${reach}`);
  }
  checkShape("draw masks", [joints, 3], points.length);
  checkShape("draw masks", [2, height, width], out.length);
  const [near, along] = [out.subarray(0, height * width), out.subarray(height * width)];
  // First squared distances, as far as they matter; then masks of them.
  out.fill(Infinity);
  for (let joint = 0; joint < joints; joint++) {
    if (!isThere(points, joint)) continue;
    lessenDistances(near, grid, points, [joint, joint], soft ? Infinity : keypointReach);
  }
  for (const limb of limbs) {
    if (!isThere(points, limb[0]) || !isThere(points, limb[1])) continue;
    lessenDistances(along, grid, points, limb, soft ? Infinity : limbReach);
  }
  toMask(near, keypointReach, soft);
  toMask(along, limbReach, soft);
  return out;
}

function isThere(points: Float32Array, joint: number): boolean {
  return points[joint * 3 + 2]! > 0 && Number.isFinite(points[joint * 3]!) && Number.isFinite(points[joint * 3 + 1]!);
}

/** Lowers squared distances to those from a limb, in the cells that may lie within `reach` of it. */
function lessenDistances(
  squares: Float32Array,
  { height, width }: HeatmapGrid,
  points: Float32Array,
  [from, to]: Limb,
  reach: number,
): void {
  const [x, y] = [points[from * 3]!, points[from * 3 + 1]!];
  const [alongX, alongY] = [points[to * 3]! - x, points[to * 3 + 1]! - y];
  const length = Math.max(alongX * alongX + alongY * alongY, TINY);
  const [left] = cellsWithin(Math.min(x, x + alongX), reach, width);
  const [, right] = cellsWithin(Math.max(x, x + alongX), reach, width);
  const [top] = cellsWithin(Math.min(y, y + alongY), reach, height);
  const [, bottom] = cellsWithin(Math.max(y, y + alongY), reach, height);
  for (let row = top; row < bottom; row++) {
    const dy = cellCentre(row) - y;
    for (let column = left; column < right; column++) {
      const dx = cellCentre(column) - x;
      const share = Math.min(Math.max((dx * alongX + dy * alongY) / length, 0), 1);
      const [offX, offY] = [dx - share * alongX, dy - share * alongY];
      const square = offX * offX + offY * offY;
      const cell = row * width + column;
      if (square < squares[cell]!) squares[cell] = square;
    }
  }
}

/** Squared length below which two joints are one place. */
const TINY = 1e-9;

/** Turns squared distances into a mask, in place. */
function toMask(squares: Float32Array, reach: number, soft: boolean): void {
  const limit = reach * reach;
  for (let cell = 0; cell < squares.length; cell++) {
    const square = squares[cell]!;
    squares[cell] = soft ? Math.exp(-square / (2 * limit)) : square <= limit ? 1 : 0;
  }
}
