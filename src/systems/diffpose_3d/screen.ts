/**
 * Screen coordinates of the authors' code (paper file, section 1): the picture's width is 2 units.
 *
 * @module
 */

/** Size of a picture, px. */
export interface ScreenSize {
  /** Width. */
  readonly width: number;
  /** Height. */
  readonly height: number;
}

/**
 * Pixels to screen coordinates: `(2u / w - 1, 2v / w - h / w)`. The width maps to -1..1 and the aspect is kept.
 *
 * @param points `[points, 2]`, px.
 * @param size The picture.
 * @returns `[points, 2]`, a new array.
 */
export function toScreen(points: Float32Array, { width, height }: ScreenSize): Float32Array {
  return points.map((value, i) => (2 * value - (i % 2 === 0 ? width : height)) / width);
}

/**
 * Screen coordinates to pixels, the inverse of {@link toScreen}.
 *
 * @param points `[points, 2]`, screen coordinates.
 * @param size The picture.
 * @returns `[points, 2]`, px, a new array.
 */
export function fromScreen(points: Float32Array, { width, height }: ScreenSize): Float32Array {
  return points.map((value, i) => (value * width + (i % 2 === 0 ? width : height)) / 2);
}
