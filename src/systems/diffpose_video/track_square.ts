/**
 * One crop for many frames of a track: it stays while the person keeps inside of it, so that a frame's features serve
 * every window that holds the frame.
 *
 * @module
 */
import type { Box } from "../../track/detection.ts";
import { type Square, squareAround } from "../heatmap_poses/mod.ts";

/**
 * A new square has this many times the longer side of the box, as in training. 1.4, with stricter edges, renews a third fewer
 * squares of people who move fast, and costs 2 points of AP: the same pixels must show more.
 */
export const FRESH_PADDING = 1.25;
/** A square with more than this many times the longer side of the box is too coarse. */
export const MOST_PADDING = 1.5;

/** Whether a box lies inside of a square, and fills it well. */
export function fitsSquare(box: Box, [left, top, side]: Square): boolean {
  const [x, y, width, height] = box;
  const inside = x >= left && y >= top && x + width <= left + side && y + height <= top + side;
  return inside && side <= MOST_PADDING * Math.max(width, height);
}

/**
 * The square to look through.
 *
 * @param last The square of the frame before; undefined for somebody new.
 * @param box Where the person is, or is expected, px.
 * @returns `last` itself while the box keeps inside of it, else a new one about the box.
 * @throws {RangeError} If a new square is needed and the box is not finite.
 */
export function trackSquare(last: Square | undefined, box: Box): Square {
  return last !== undefined && fitsSquare(box, last) ? last : squareAround(box, FRESH_PADDING);
}
