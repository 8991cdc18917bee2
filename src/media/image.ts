/**
 * One picture from its bytes.
 *
 * @module
 */

import type { Frame } from "./frame.ts";
import { readImageHeader } from "./image_header.ts";
import { decodeJpeg } from "./jpeg.ts";
import { checkFrameSize } from "./limits.ts";
import { turnUpright } from "./orientation.ts";
import { decodePng } from "./png.ts";

/**
 * Decodes a JPEG or PNG, told apart by content. EXIF orientation is applied, transparency is laid over white.
 *
 * @param bytes The whole file; not changed.
 * @param name Its name, for messages and {@link Frame.name}.
 * @returns A frame with index 0 and time 0.
 * @throws {InputError} If the file is empty, no picture, too large ({@link checkFrameSize}), truncated or damaged.
 */
export async function decodeImage(bytes: Uint8Array, name: string): Promise<Frame> {
  const header = readImageHeader(bytes, name);
  checkFrameSize(name, header.width, header.height);
  const raw = header.format === "jpeg" ? await decodeJpeg(bytes, header, name) : await decodePng(bytes, header, name);
  return { index: 0, time: 0, name, ...turnUpright(raw.data, raw.width, raw.height, header.orientation) };
}
