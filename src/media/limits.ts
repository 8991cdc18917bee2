/**
 * How large a picture may be. Sizes come from headers and are checked before anything is decoded, so that a small file
 * cannot ask for gigabytes.
 *
 * @module
 */

import { InputError } from "../core/errors.ts";

/** Most pixels a side of a frame. */
export const MAX_SIDE = 16384;

/** Most pixels of a frame (100 megapixels: 400 MB in RGBA). */
export const MAX_PIXELS = 100_000_000;

/** Most bytes of one encoded picture, in a folder or an archive. */
export const MAX_IMAGE_BYTES: number = 512 * 1024 * 1024;

/**
 * Refuses a frame size that no decoder should be asked for.
 *
 * @param name Which input, for the message.
 * @param width Pixels a row, from a header.
 * @param height Rows, from a header.
 * @throws {InputError} If a side is below 1 or above {@link MAX_SIDE}, or the area is above {@link MAX_PIXELS}.
 */
export function checkFrameSize(name: string, width: number, height: number): void {
  const value = `current size is ${width}x${height}`;
  if (!(width >= 1 && height >= 1)) throw new InputError(name, "a picture must be at least 1 px a side", value);
  if (width > MAX_SIDE || height > MAX_SIDE) {
    throw new InputError(name, `a picture must be at most ${MAX_SIDE} px a side`, value);
  }
  if (width * height > MAX_PIXELS) {
    throw new InputError(name, `a picture must be at most ${MAX_PIXELS / 1e6} megapixels (scale it down first)`, value);
  }
}
