/**
 * What the page asks of a 3D stage. Two do it: WebGL, and a plain canvas for machines without WebGL.
 *
 * @module
 */

import type { Bounds, Figure } from "./figures.ts";

/** A direction to look from. `front` is where the filming camera stood. */
export type View = "default" | "row" | "front" | "side" | "top";

/** Where each view looks from, as a direction from the middle of the stage. */
export const VIEW_DIRECTIONS: Readonly<Record<View, readonly [number, number, number]>> = Object.freeze({
  default: [0.42, 0.22, 1],
  row: [0.12, 0.18, 1], // nobody hides a neighbour
  front: [0, 0, 1],
  side: [1, 0, 0.0001],
  top: [0, 1, 0.0001], // not exactly down, or "up" on the screen would have no meaning
});

/** Shows figures. */
export interface Stage {
  /** How it is drawn. */
  readonly kind: "webgl" | "canvas";
  /** Shows figures, with their spread or without. */
  draw(figures: readonly Figure[], sigma: boolean): void;
  /** Moves the camera so that the bounds fill the view, and the floor under them. */
  look(bounds: Bounds, view: View): void;
  /** Where the camera is, x, y, z on the stage, metres. */
  camera(): [number, number, number];
}

/** Vertical angle of view, degrees. */
export const FIELD_OF_VIEW = 38;
/** Side of a square of the floor, metres, at least. */
const FLOOR_STEP = 0.5;
/** Squares of the floor in a row at most: a wild place far away must not ask for a million of them. */
const FLOOR_SQUARES = 40;

/** The floor under bounds: a square grid of so many squares with sides of so many metres. */
export function floorUnder({ min, max }: Bounds): { readonly squares: number; readonly step: number } {
  const side = Math.max(max[0] - min[0], max[2] - min[2]);
  let step = FLOOR_STEP;
  while (side / step + 3 > FLOOR_SQUARES && step < side) step *= 2;
  return { squares: 2 * Math.ceil((side / step + 3) / 2), step };
}

/** Distance from which bounds fill a view of the given width over height. */
export function distanceFor(bounds: Bounds, direction: readonly [number, number, number], aspect: number): number {
  const size = bounds.max.map((value, k) => value - bounds.min[k]!) as [number, number, number];
  const [dx, dy, dz] = direction.map(Math.abs) as [number, number, number];
  const flat = Math.hypot(dx, dz) || 1;
  const length = Math.hypot(flat, dy);
  const wide = (size[0] * dz + size[2] * dx) / flat;
  const deep = (size[0] * dx + size[2] * dz) / flat;
  const high = (size[1] * flat + deep * dy) / length;
  const half = Math.tan((FIELD_OF_VIEW / 2) * Math.PI / 180);
  const near = (deep * flat + size[1] * dy) / length / 2; // the front of the box is nearer than its middle
  return Math.max(high / 2 / half, wide / 2 / half / aspect, 0.5) * 1.12 + near;
}
