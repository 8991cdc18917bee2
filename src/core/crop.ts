/**
 * Which part of a picture a crop shows, and points both ways. Coordinates are continuous: the first pixel spans 0..1, its
 * centre is 0.5, in the picture and in the crop alike. A crop is scaled evenly, never stretched.
 *
 * @module
 */

import { ShapeError } from "./errors.ts";

/** A rectangle in a picture, px. */
export interface Box {
  /** Left edge. */
  readonly x: number;
  /** Upper edge. */
  readonly y: number;
  /** Distance to the right edge. */
  readonly width: number;
  /** Distance to the lower edge. */
  readonly height: number;
}

/** Where a crop lies: `frame = (left, top) + scale * crop`. */
export interface CropTransform {
  /** Pixels a row of the crop. */
  readonly width: number;
  /** Rows of the crop. */
  readonly height: number;
  /** Pixels of the frame in one pixel of the crop. */
  readonly scale: number;
  /** Left edge of the crop in the frame, px; may lie outside. */
  readonly left: number;
  /** Upper edge of the crop in the frame, px; may lie outside. */
  readonly top: number;
}

/** Options of {@link cropTransform}. */
export interface CropOptions {
  /** Pixels a row of the crop. */
  readonly width: number;
  /** Rows of the crop. */
  readonly height: number;
  /**
   * Factor on the box's sides, about its centre.
   * @default {1}
   */
  readonly padding?: number;
  /**
   * Makes the box square on its longer side first, so that a person who turns or bends keeps the scale.
   * @default {false}
   */
  readonly square?: boolean;
}

function checkSide(side: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new RangeError(`Cannot crop as ${side} must be an integer from 1 px: ${value}`);
  }
}

/**
 * The crop around a box: the box is padded, made square where asked, then grown to the aspect of the crop about its
 * centre.
 *
 * @param box The box in the frame, px; may lie partly or wholly outside.
 * @param options Size of the crop, padding, square.
 * @returns Where the crop lies.
 * @throws {RangeError} If a size is not a positive integer, `padding` is not above 0, or the box is not finite or has
 * a side that is not above 0.
 */
export function cropTransform(box: Box, options: CropOptions): CropTransform {
  const { width, height, padding = 1, square = false } = options;
  checkSide("width", width);
  checkSide("height", height);
  if (!(padding > 0 && padding < Infinity)) throw new RangeError(`Cannot crop as padding must be above 0: ${padding}`);
  const numbers = [box.x, box.y, box.width, box.height];
  if (!numbers.every(Number.isFinite) || box.width <= 0 || box.height <= 0) {
    throw new RangeError(`Cannot crop as a box must be finite with sides above 0 px: ${numbers.join(", ")}`);
  }
  const longer = Math.max(box.width, box.height);
  const boxWidth = (square ? longer : box.width) * padding;
  const boxHeight = (square ? longer : box.height) * padding;
  const scale = Math.max(boxWidth / width, boxHeight / height);
  return {
    width,
    height,
    scale,
    left: box.x + box.width / 2 - (width * scale) / 2,
    top: box.y + box.height / 2 - (height * scale) / 2,
  };
}

/** Options of {@link cropToFrame} and {@link frameToCrop}. */
export interface CropPointsOptions {
  /**
   * Values a point; the first two are x and y, the rest is copied.
   * @default {2}
   */
  readonly channels?: number;
  /** Where to write, as long as the input; may be the input itself. Default: a new array. */
  readonly out?: Float32Array;
}

function mapPoints(
  points: Float32Array,
  factor: number,
  shiftX: number,
  shiftY: number,
  options: CropPointsOptions,
): Float32Array {
  const { channels = 2, out = new Float32Array(points.length) } = options;
  const count = points.length / channels;
  if (channels < 2 || !Number.isInteger(count)) {
    throw new ShapeError("map points", [Math.ceil(count), channels], points.length);
  }
  if (out.length !== points.length) throw new ShapeError("map points", [count, channels], out.length);
  for (let i = 0; i < points.length; i += channels) {
    out[i] = points[i]! * factor + shiftX;
    out[i + 1] = points[i + 1]! * factor + shiftY;
    for (let c = 2; c < channels; c++) out[i + c] = points[i + c]!;
  }
  return out;
}

/**
 * Points of the crop in the frame.
 *
 * @param transform Where the crop lies.
 * @param points `[points, channels]`: x, y in pixels of the crop, then anything.
 * @param options Values a point, an optional `out`.
 * @returns `[points, channels]`: x, y in pixels of the frame, then what came.
 * @throws {ShapeError} If `points` is not whole points, or `out` has another size.
 */
export function cropToFrame(
  transform: CropTransform,
  points: Float32Array,
  options: CropPointsOptions = {},
): Float32Array {
  return mapPoints(points, transform.scale, transform.left, transform.top, options);
}

/**
 * Points of the frame in the crop: the inverse of {@link cropToFrame}.
 *
 * @param transform Where the crop lies.
 * @param points `[points, channels]`: x, y in pixels of the frame, then anything.
 * @param options Values a point, an optional `out`.
 * @returns `[points, channels]`: x, y in pixels of the crop, then what came.
 * @throws {ShapeError} If `points` is not whole points, or `out` has another size.
 */
export function frameToCrop(
  transform: CropTransform,
  points: Float32Array,
  options: CropPointsOptions = {},
): Float32Array {
  const { scale, left, top } = transform;
  return mapPoints(points, 1 / scale, -left / scale, -top / scale, options);
}
