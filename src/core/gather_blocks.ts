/**
 * The part of a heatmap that holds its mass, as a short list of weighted places.
 *
 * @module
 */

import { CELL_VARIANCE } from "./heatmap.ts";

/** Weighted places of a map. The first `count` entries of each array are in use. */
export interface Blocks {
  /** How many places. */
  readonly count: number;
  /** Share of the mass; sums to 1. */
  readonly weight: Float64Array;
  /** Centre of mass of the place, cells. */
  readonly x: Float64Array;
  /** Centre of mass of the place, cells. */
  readonly y: Float64Array;
  /** Variance within the place, square cells. */
  readonly varianceX: Float64Array;
  /** Variance within the place, square cells. */
  readonly varianceY: Float64Array;
  /** Which of `columnX` the place lies in. */
  readonly column: Int32Array;
  /** Which of `rowY` the place lies in. */
  readonly row: Int32Array;
  /** Centres of the columns of blocks, cells. */
  readonly columnX: Float64Array;
  /** Centres of the rows of blocks, cells. */
  readonly rowY: Float64Array;
}

/** Options of {@link gatherBlocks}. */
export interface GatherOptions {
  /** Rows of the map. */
  readonly height: number;
  /** Cells a row. */
  readonly width: number;
  /** Cells below this share of the strongest one are left out. */
  readonly floor: number;
  /** Most places to return. */
  readonly places: number;
}

/** Side of the blocks that leaves at most `places` of them, doubling from 1. */
function blockSide(indices: Int32Array, count: number, options: GatherOptions): number {
  const { width, height, places } = options;
  let side = 1;
  for (let used = count; used > places; side *= 2) {
    const across = Math.ceil(width / (side * 2));
    const seen = new Uint8Array(across * Math.ceil(height / (side * 2)));
    used = 0;
    for (let n = 0; n < count; n++) {
      const i = indices[n]! % width;
      const j = (indices[n]! - i) / width;
      const at = Math.floor(j / (side * 2)) * across + Math.floor(i / (side * 2));
      used += 1 - seen[at]!;
      seen[at] = 1;
    }
  }
  return side;
}

/**
 * Finds the cells above the floor and pools them until there are few enough.
 *
 * @param map `[height, width]`; values that are negative or NaN count as 0.
 * @param options Sizes, floor, most places.
 * @returns The places; none when no value is positive.
 */
export function gatherBlocks(map: Float32Array, options: GatherOptions): Blocks {
  const { height, width, floor } = options;
  let peak = 0;
  for (let i = 0; i < map.length; i++) if (map[i]! > peak) peak = map[i]!;
  const least = peak === Infinity ? Number.MAX_VALUE : peak * floor;
  const indices = new Int32Array(map.length);
  let count = 0;
  for (let i = 0; i < map.length; i++) if (map[i]! > 0 && map[i]! >= least) indices[count++] = i;
  const side = blockSide(indices, count, options);
  return pool(map, indices.subarray(0, count), side, Math.ceil(width / side), Math.ceil(height / side), width);
}

function pool(
  map: Float32Array,
  indices: Int32Array,
  side: number,
  across: number,
  down: number,
  width: number,
): Blocks {
  const slots = new Int32Array(across * down).fill(-1);
  const size = Math.min(indices.length, across * down);
  const [weight, x, y, varianceX, varianceY] = Array.from({ length: 5 }, () => new Float64Array(size)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const column = new Int32Array(size);
  const row = new Int32Array(size);
  let count = 0;
  let total = 0;
  for (const index of indices) {
    const value = Math.min(map[index]!, Number.MAX_VALUE);
    const i = index % width;
    const j = (index - i) / width;
    const at = Math.floor(j / side) * across + Math.floor(i / side);
    if (slots[at]! < 0) {
      column[count] = at % across;
      row[count] = Math.floor(at / across);
      slots[at] = count++;
    }
    const slot = slots[at]!;
    total += value;
    weight[slot]! += value;
    x[slot]! += value * (i + 0.5);
    y[slot]! += value * (j + 0.5);
    varianceX[slot]! += value * (i + 0.5) ** 2;
    varianceY[slot]! += value * (j + 0.5) ** 2;
  }
  for (let slot = 0; slot < count; slot++) {
    const mass = weight[slot]!;
    x[slot]! /= mass;
    y[slot]! /= mass;
    varianceX[slot] = Math.max(varianceX[slot]! / mass - x[slot]! ** 2, 0) + CELL_VARIANCE;
    varianceY[slot] = Math.max(varianceY[slot]! / mass - y[slot]! ** 2, 0) + CELL_VARIANCE;
    weight[slot] = mass / total;
  }
  const centres = (length: number): Float64Array => Float64Array.from({ length }, (_, i) => (i + 0.5) * side);
  return { count, weight, x, y, varianceX, varianceY, column, row, columnX: centres(across), rowY: centres(down) };
}
