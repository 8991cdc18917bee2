/**
 * Pixels of a crop, for a network. A hot path: nothing is allocated per pixel.
 *
 * @module
 */

import type { CropTransform } from "./crop.ts";
import { checkShape } from "./errors.ts";

/** A picture in RGBA, like `ImageData`. */
export interface RgbaPicture {
  /** Pixels a row. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  /** `[height, width, 4]`, 0..255. */
  readonly data: Uint8ClampedArray | Uint8Array;
}

/** Order of the values: pixel by pixel, or one whole plane a colour. */
export type ImageLayout = "nhwc" | "nchw";

/** Options of {@link sampleCrop}. */
export interface SampleCropOptions {
  /** `"nhwc"`: `[height, width, 3]`; `"nchw"`: `[3, height, width]`. */
  readonly layout: ImageLayout;
  /** Where to write; a part of a batch is `batch.subarray(...)`. Default: a new array. */
  readonly out?: Float32Array;
}

/** RGB values to interpolate between: the picture itself, or the picture in means over blocks. */
interface Raster {
  readonly data: Uint8ClampedArray | Uint8Array | Float32Array;
  /** Values a pixel: 4 or 3. */
  readonly stride: number;
  /** Size, and position of its first pixel, in its own pixels. */
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly top: number;
  /** Pixels of the picture along the side of one of its pixels. */
  readonly block: number;
}

/** Blocks of the picture along one axis that the crop can need: first one, and how many. */
function blockRange(start: number, length: number, block: number, size: number): { first: number; count: number } {
  const last = Math.ceil(size / block) - 1;
  const first = Math.min(Math.max(Math.floor(start / block) - 1, 0), last);
  const end = Math.min(Math.max(Math.floor((start + length) / block) + 1, first), last);
  return { first, count: end - first + 1 };
}

/** Means over blocks of `block` x `block` pixels, so that a strong reduction loses no pixel between its samples. */
function reduce(picture: RgbaPicture, transform: CropTransform, block: number): Raster {
  const { data, width: pictureWidth, height: pictureHeight } = picture;
  const { first: left, count: width } = blockRange(
    transform.left,
    transform.width * transform.scale,
    block,
    pictureWidth,
  );
  const { first: top, count: height } = blockRange(
    transform.top,
    transform.height * transform.scale,
    block,
    pictureHeight,
  );
  const means = new Float32Array(width * height * 3);
  const sums = new Float64Array(width * 3);
  // Pixels that the last block of a row has: the picture may end within it.
  const rest = Math.min(block, pictureWidth - (left + width - 1) * block);
  for (let row = 0; row < height; row++) {
    const y0 = (top + row) * block;
    const y1 = Math.min(y0 + block, pictureHeight);
    sums.fill(0);
    for (let y = y0; y < y1; y++) sumBlocks(data, (y * pictureWidth + left * block) * 4, block, rest, sums);
    const share = 1 / ((y1 - y0) * block);
    const to = row * width * 3;
    for (let i = 0; i < sums.length; i++) means[to + i] = sums[i]! * share;
    const last = 1 / ((y1 - y0) * rest);
    for (let i = sums.length - 3; i < sums.length; i++) means[to + i] = sums[i]! * last;
  }
  return { data: means, stride: 3, width, height, left, top, block };
}

/** Adds the colours of a row of pixels to the sums of its blocks. */
function sumBlocks(data: RgbaPicture["data"], from: number, block: number, rest: number, sums: Float64Array): void {
  for (let to = 0, i = from; to < sums.length; to += 3) {
    const end = i + 4 * (to + 3 < sums.length ? block : rest);
    let red = 0;
    let green = 0;
    let blue = 0;
    for (; i < end; i += 4) {
      red += data[i]!;
      green += data[i + 1]!;
      blue += data[i + 2]!;
    }
    sums[to]! += red;
    sums[to + 1]! += green;
    sums[to + 2]! += blue;
  }
}

/** For each pixel of the crop along one axis: the two pixels of the raster it lies between, and how far. */
interface Taps {
  /** Index of the nearer-to-zero pixel, or -1 outside of the picture. */
  readonly low: Int32Array;
  /** Index of the other pixel. */
  readonly high: Int32Array;
  /** Share of the other pixel. */
  readonly share: Float64Array;
}

function tapsOf(
  count: number,
  start: number,
  scale: number,
  size: number,
  first: number,
  length: number,
  block: number,
): Taps {
  const low = new Int32Array(count);
  const high = new Int32Array(count);
  const share = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const at = start + (i + 0.5) * scale;
    const position = at / block - 0.5 - first;
    const floor = Math.floor(position);
    low[i] = at < 0 || at >= size ? -1 : Math.min(Math.max(floor, 0), length - 1);
    high[i] = Math.min(Math.max(floor + 1, 0), length - 1);
    share[i] = position - floor;
  }
  return { low, high, share };
}

/**
 * Reads the pixels of a crop: bilinear, and over means of blocks where the crop is at least twice as coarse as the
 * picture. Outside of the picture is black; at its border the last pixel goes on to the edge.
 *
 * @param picture The picture.
 * @param transform Where the crop lies.
 * @param options Layout, an optional `out`.
 * @returns Red, green, blue as float32 in 0..255, in the layout asked for.
 * @throws {ShapeError} If the picture's data does not fill its size, or `out` has another size.
 */
export function sampleCrop(
  picture: RgbaPicture,
  transform: CropTransform,
  options: SampleCropOptions,
): Float32Array {
  const { width, height, scale, left, top } = transform;
  const { layout, out = new Float32Array(width * height * 3) } = options;
  checkShape("sample a crop", [picture.height, picture.width, 4], picture.data.length);
  checkShape("sample a crop", layout === "nhwc" ? [height, width, 3] : [3, height, width], out.length);
  const block = Math.max(Math.floor(scale), 1);
  const raster: Raster = block === 1
    ? { data: picture.data, stride: 4, width: picture.width, height: picture.height, left: 0, top: 0, block }
    : reduce(picture, transform, block);
  const columns = tapsOf(width, left, scale, picture.width, raster.left, raster.width, block);
  const rows = tapsOf(height, top, scale, picture.height, raster.top, raster.height, block);
  interpolate(raster, columns, rows, out, layout);
  return out;
}

function interpolate(raster: Raster, columns: Taps, rows: Taps, out: Float32Array, layout: ImageLayout): void {
  const { data, stride, width: rasterWidth } = raster;
  const width = columns.low.length;
  const height = rows.low.length;
  const pixelStep = layout === "nhwc" ? 3 : 1;
  const colourStep = layout === "nhwc" ? 1 : width * height;
  for (let y = 0; y < height; y++) {
    const upper = rows.low[y]! * rasterWidth;
    const lower = rows.high[y]! * rasterWidth;
    const down = rows.share[y]!;
    for (let x = 0; x < width; x++) {
      const to = (y * width + x) * pixelStep;
      const low = columns.low[x]!;
      if (low < 0 || upper < 0) {
        out[to] = out[to + colourStep] = out[to + 2 * colourStep] = 0;
        continue;
      }
      const high = columns.high[x]!;
      const right = columns.share[x]!;
      const a = (upper + low) * stride;
      const b = (upper + high) * stride;
      const c = (lower + low) * stride;
      const d = (lower + high) * stride;
      for (let colour = 0; colour < 3; colour++) {
        const above = data[a + colour]! + right * (data[b + colour]! - data[a + colour]!);
        const below = data[c + colour]! + right * (data[d + colour]! - data[c + colour]!);
        out[to + colour * colourStep] = above + down * (below - above);
      }
    }
  }
}
