/**
 * Sizes of pictures as they are shown, from their headers: nothing is decoded.
 *
 * @module
 */

import { InputError } from "../core/errors.ts";
import { hasText } from "./bytes.ts";
import { imageFormat, type ImageHeader, readImageHeader, shownSize } from "./image_header.ts";
import type { ImageEntry } from "./image_source.ts";

/** Size of an upright picture, px. */
export interface PictureSize {
  /** Pixels a row. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
}

/** Most headers end in here; those with a preview inside, or a profile of colours, are longer. */
const FIRST_BYTES = 16 * 1024;
/** A header that goes on for longer is taken for broken. */
const MOST_BYTES = 16 * 1024 * 1024;

/** The header if it lies within the first bytes of a file; an error says why not. */
function headerWithin(start: Uint8Array, name: string): ImageHeader | InputError {
  try {
    const header = readImageHeader(start, name);
    const isWhole = header.format === "jpeg" || hasText(start, header.dataOffset + 4, "IDAT");
    return isWhole ? header : new InputError(name, "a PNG must have a whole header", "its pixels are not found");
  } catch (error) {
    if (error instanceof InputError) return error;
    throw error;
  }
}

/**
 * The size of a picture as it is shown, with its EXIF orientation applied.
 *
 * @param entry The picture.
 * @returns Its size; no word on whether its pixels can be decoded.
 * @throws {InputError} If it has no readable header.
 */
export async function readPictureSize(entry: Pick<ImageEntry, "name" | "readStart">): Promise<PictureSize> {
  for (let length = FIRST_BYTES;; length *= 4) {
    const start = await entry.readStart(length);
    const header = headerWithin(start, entry.name);
    if (!(header instanceof InputError)) return shownSize(header);
    const isAll = start.length < length || length >= MOST_BYTES;
    if (isAll || imageFormat(start) === null) throw header;
  }
}

/**
 * Sizes that pictures have. Those without a readable header say nothing.
 *
 * @param entries The pictures.
 * @param most Looks no further once so many are known.
 * @returns Sizes that differ, in the order in which they were met.
 */
export async function differentSizes(entries: Iterable<ImageEntry>, most: number): Promise<PictureSize[]> {
  const sizes = new Map<string, PictureSize>();
  for (const entry of entries) {
    if (sizes.size >= most) break;
    try {
      const size = await readPictureSize(entry);
      sizes.set(`${size.width}x${size.height}`, size);
    } catch {
      // Whoever decodes it says what is wrong with it.
    }
  }
  return [...sizes.values()];
}
