/**
 * What a JPEG or PNG file says about itself, read before any decoding.
 *
 * @module
 */

import { InputError } from "../core/errors.ts";
import { hasText, viewOf } from "./bytes.ts";
import { isOnItsSide, type Orientation, readOrientation } from "./orientation.ts";

/** The header of a picture. */
export interface ImageHeader {
  /** The file format, told by its first bytes. */
  readonly format: "jpeg" | "png";
  /** Pixels a row, as stored (before the orientation is applied). */
  readonly width: number;
  /** Rows, as stored. */
  readonly height: number;
  /** Colour channels as stored: JPEG 1, 3 or 4; PNG 1 to 4 (a palette counts as 3). */
  readonly channels: number;
  /** EXIF orientation, 1 where there is none. */
  readonly orientation: Orientation;
  /** Where the pixels' data begins, in bytes: the first scan of a JPEG, the first IDAT of a PNG. */
  readonly dataOffset: number;
}

/** Size of the upright picture. */
export function shownSize(
  { width, height, orientation }: Pick<ImageHeader, "width" | "height" | "orientation">,
): { readonly width: number; readonly height: number } {
  return isOnItsSide(orientation) ? { width: height, height: width } : { width, height };
}

/** Tells JPEG and PNG by their first bytes; `null` for anything else. */
export function imageFormat(bytes: Uint8Array): "jpeg" | "png" | null {
  if (bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff) return "jpeg";
  return hasText(bytes, 0, "\x89PNG\r\n\x1a\n") ? "png" : null;
}

/**
 * Reads the header of a picture.
 *
 * @param bytes The whole file.
 * @param name Its name, for messages.
 * @throws {InputError} If the file is empty, no JPEG or PNG, or ends inside its header.
 */
export function readImageHeader(bytes: Uint8Array, name: string): ImageHeader {
  if (bytes.length === 0) throw new InputError(name, "a picture must not be empty", "current size is 0 bytes");
  const format = imageFormat(bytes);
  if (format === "jpeg") return readJpegHeader(bytes, name);
  if (format === "png") return readPngHeader(bytes, name);
  const first = [...bytes.subarray(0, 4)].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
  throw new InputError(name, "a picture must be a JPEG or PNG file", `current first bytes are ${first}`);
}

function readJpegHeader(bytes: Uint8Array, name: string): ImageHeader {
  const view = viewOf(bytes);
  let orientation: Orientation = 1;
  let size: { width: number; height: number; channels: number } | undefined;
  let at = 2;
  while (at + 4 <= bytes.length) {
    if (bytes[at] !== 0xff) break;
    const marker = bytes[at + 1]!;
    if (marker === 0xff) { // fill byte before a marker
      at++;
      continue;
    }
    if (marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)) { // markers without a body
      at += 2;
      continue;
    }
    const length = view.getUint16(at + 2);
    const body = at + 4;
    const next = at + 2 + length;
    if (length < 2 || next > bytes.length) break;
    if (marker === 0xda) {
      if (size === undefined) break;
      return { format: "jpeg", ...size, orientation, dataOffset: next };
    }
    if (marker === 0xe1 && hasText(bytes, body, "Exif\0\0")) {
      orientation = readOrientation(bytes.subarray(body + 6, next));
    }
    const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
    if (isFrame && length >= 8) {
      if (bytes[body] !== 8) {
        throw new InputError(name, "a JPEG must have 8 bits a sample", `current depth is ${bytes[body]}`);
      }
      size = { height: view.getUint16(body + 1), width: view.getUint16(body + 3), channels: bytes[body + 5]! };
    }
    at = next;
  }
  throw new InputError(name, "a JPEG must have a whole header", `it ends or breaks at byte ${at} of ${bytes.length}`);
}

function readPngHeader(bytes: Uint8Array, name: string): ImageHeader {
  const view = viewOf(bytes);
  if (bytes.length < 33 || !hasText(bytes, 12, "IHDR")) {
    throw new InputError(name, "a PNG must have a whole header", `it ends or breaks within ${bytes.length} bytes`);
  }
  const channels = [1, 1, 3, 3, 2, 2, 4][bytes[25]!] ?? 0;
  let orientation: Orientation = 1;
  let at = 8;
  while (at + 12 <= bytes.length && !hasText(bytes, at + 4, "IDAT")) {
    const length = view.getUint32(at);
    if (hasText(bytes, at + 4, "eXIf")) orientation = readOrientation(bytes.subarray(at + 8, at + 8 + length));
    at += 12 + length;
  }
  return {
    format: "png",
    width: view.getUint32(16),
    height: view.getUint32(20),
    channels,
    orientation,
    dataOffset: at,
  };
}
