/**
 * EXIF orientation: how a camera was held, stored beside the pixels instead of turning them.
 *
 * @module
 */

import { hasText, viewOf } from "./bytes.ts";

/** Tag 0x0112 of EXIF: 1 upright, 2 mirrored, 3 half turn, 4 flipped, 5 transposed, 6 turn right, 7 transverse, 8 turn left. */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

/**
 * Reads the orientation tag of a TIFF block, the body of an EXIF segment.
 *
 * @param tiff Bytes from the byte order mark (`II` or `MM`) on.
 * @returns The tag, or 1 where the block has none or is damaged: wrong metadata must not cost the picture.
 */
export function readOrientation(tiff: Uint8Array): Orientation {
  const little = hasText(tiff, 0, "II*\0");
  if (!little && !hasText(tiff, 0, "MM\0*")) return 1;
  const view = viewOf(tiff);
  if (tiff.length < 8) return 1;
  const directory = view.getUint32(4, little);
  if (directory + 2 > tiff.length) return 1;
  const count = view.getUint16(directory, little);
  for (let i = 0; i < count; i++) {
    const entry = directory + 2 + 12 * i;
    if (entry + 12 > tiff.length) return 1;
    if (view.getUint16(entry, little) !== 0x0112) continue;
    const value = view.getUint16(entry + 8, little);
    return value >= 1 && value <= 8 ? value as Orientation : 1;
  }
  return 1;
}

/** Whether the upright picture has rows where columns are stored. */
export function isOnItsSide(orientation: Orientation): boolean {
  return orientation >= 5;
}

/**
 * Turns and mirrors pixels so that the picture stands upright.
 *
 * @param data RGBA, `[height, width, 4]`; not changed.
 * @param width Pixels a row, as stored.
 * @param height Rows, as stored.
 * @param orientation The EXIF tag.
 * @returns The upright pixels and their size; `data` itself where nothing is to do.
 */
export function turnUpright(
  data: Uint8ClampedArray<ArrayBuffer>,
  width: number,
  height: number,
  orientation: Orientation,
): { data: Uint8ClampedArray<ArrayBuffer>; width: number; height: number } {
  if (orientation === 1) return { data, width, height };
  const swapped = isOnItsSide(orientation);
  const outWidth = swapped ? height : width;
  const outHeight = swapped ? width : height;
  // Source of upright (x, y): along the stored rows or columns, from either end. One start and two strides say it all.
  const right = width - 1;
  const below = (height - 1) * width;
  const [start, stepX, stepY] = ({
    2: [right, -1, width],
    3: [below + right, -1, -width],
    4: [below, 1, -width],
    5: [0, width, 1],
    6: [below, -width, 1],
    7: [below + right, -width, -1],
    8: [right, width, -1],
  } as const)[orientation];
  const from = new Uint32Array(data.buffer, data.byteOffset, width * height);
  const to = new Uint32Array(width * height);
  for (let y = 0; y < outHeight; y++) {
    let source = start + y * stepY;
    for (let x = 0; x < outWidth; x++, source += stepX) to[y * outWidth + x] = from[source]!;
  }
  return { data: new Uint8ClampedArray(to.buffer), width: outWidth, height: outHeight };
}
