/**
 * Units that must not be mixed: pixels of a picture and cells of a heatmap. Both are continuous and count areas from 0,
 * so the centre of the first pixel, or cell, is at 0.5. The half is added and taken away here and nowhere else.
 *
 * @module
 */

/** A length or a coordinate in pixels. */
export type Px = number & { readonly unit: "px" };

/** A length or a coordinate in cells of a heatmap, continuous. */
export type Cell = number & { readonly unit: "cell" };

/** Says that a number is in pixels. */
export function px(value: number): Px {
  return value as Px;
}

/** Says that a number is in cells, continuous: the centre of the first cell is 0.5. */
export function cell(value: number): Cell {
  return value as Cell;
}

/** Continuous coordinate of the centre of a cell, from its index. */
export function cellCentre(index: number): Cell {
  return (index + 0.5) as Cell;
}

/** Index of the cell that a continuous coordinate lies in. */
export function cellIndex(coordinate: Cell): number {
  return Math.floor(coordinate);
}

/**
 * Indices of the cells whose centres lie within a distance of a place along one axis, cut off at the grid's ends.
 *
 * @param place Where, in cells, continuous.
 * @param reach The distance, cells.
 * @param count Cells of the grid along the axis.
 * @returns First index, and the index after the last one; not above the first where there is none.
 */
export function cellsWithin(place: number, reach: number, count: number): [first: number, end: number] {
  return [Math.max(Math.ceil(place - reach - 0.5), 0), Math.min(Math.floor(place + reach - 0.5) + 1, count)];
}

/**
 * Pixels of the crop that a heatmap describes. No half is added: both scales count from the same edge.
 *
 * @param coordinate Where, in cells, continuous.
 * @param stride Pixels a cell.
 */
export function cellToPx(coordinate: Cell, stride: number): Px {
  return (coordinate * stride) as Px;
}

/**
 * Cells of the heatmap that describes a crop.
 *
 * @param coordinate Where, in pixels of the crop.
 * @param stride Pixels a cell.
 */
export function pxToCell(coordinate: Px, stride: number): Cell {
  return (coordinate / stride) as Cell;
}
