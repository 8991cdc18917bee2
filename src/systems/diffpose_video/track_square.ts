/**
 * One crop for many frames of a track: it stays while the person keeps well inside of it, so that a frame's features serve
 * every window that holds the frame.
 *
 * @module
 */
import type { Box } from "../../track/detection.ts";
import { type Square, squareAround } from "../heatmap_poses/mod.ts";

/** A new square has this many times the longer side of the box: room to move, within the sizes of the training crops. */
export const FRESH_PADDING = 1.4;
/** Share of the square's side that must stay free between the box and each edge. */
export const LEAST_MARGIN = 0.03;
/** A square with more than this many times the longer side of the box is too coarse. */
export const MOST_PADDING = 1.8;

/** Whether a box lies well inside of a square, and fills it well. */
export function fitsSquare(box: Box, [left, top, side]: Square): boolean {
  const [x, y, width, height] = box;
  const margin = LEAST_MARGIN * side;
  const inside = x >= left + margin && y >= top + margin &&
    x + width <= left + side - margin && y + height <= top + side - margin;
  return inside && side <= MOST_PADDING * Math.max(width, height);
}

/**
 * The square to look through.
 *
 * @param last The square of the frame before; undefined for somebody new.
 * @param box Where the person is, or is expected, px.
 * @returns `last` itself while the box keeps well inside of it, else a new one about the box.
 * @throws {RangeError} If a new square is needed and the box is not finite.
 */
export function trackSquare(last: Square | undefined, box: Box): Square {
  return last !== undefined && fitsSquare(box, last) ? last : squareAround(box, FRESH_PADDING);
}
