/**
 * PNG in and out, through the Rust image-png crate compiled to WebAssembly (`@jsquash/png`).
 *
 * @module
 */

import decodePngWasm, { init as initDecoder } from "@jsquash/png/decode";
import encodePngWasm, { init as initEncoder } from "@jsquash/png/encode";
import { InputError } from "../core/errors.ts";
import { crc32, hasText, viewOf } from "./bytes.ts";
import { layOverWhite } from "./alpha.ts";
import { codecModule } from "./codec_wasm.ts";
import type { ImageHeader } from "./image_header.ts";
import type { RawImage } from "./jpeg.ts";

let ready: Promise<unknown> | undefined;
let encoderReady: Promise<unknown> | undefined;

/**
 * Decodes a PNG: 1 to 16 bits (16 are cut to 8), grey, colour or palette, interlaced or not. Transparent pixels are
 * laid over white.
 *
 * @param bytes The whole file.
 * @param header Its header, already checked against the size limits.
 * @param name Its name, for messages.
 * @throws {InputError} If it is truncated or damaged.
 */
export async function decodePng(bytes: Uint8Array, header: ImageHeader, name: string): Promise<RawImage> {
  checkPngChunks(bytes, name);
  ready ??= codecModule("png-decoder").then((module) => initDecoder(module));
  await ready;
  let image: ImageData;
  try {
    image = await decodePngWasm(bytes as unknown as ArrayBuffer);
  } catch (error) {
    throw new InputError(name, "a PNG must be decodable", `${header.width}x${header.height}, its data is damaged`, {
      cause: error,
    });
  }
  const data = image.data as Uint8ClampedArray<ArrayBuffer>;
  layOverWhite(data);
  return { data, width: image.width, height: image.height };
}

/**
 * Walks the chunks and tests their checksums, because the decoder skips both and would show half a picture.
 *
 * @param bytes The whole file.
 * @param name Its name, for messages.
 * @throws {InputError} If a chunk is cut or damaged, or the last one is missing.
 */
export function checkPngChunks(bytes: Uint8Array, name: string): void {
  const view = viewOf(bytes);
  let at = 8;
  while (at + 12 <= bytes.length) {
    const length = view.getUint32(at);
    const end = at + 12 + length;
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (end > bytes.length) {
      throw new InputError(name, "a PNG must be whole", `chunk ${type} ends at byte ${end} of ${bytes.length}`);
    }
    const isCritical = (bytes[at + 4]! & 0x20) === 0;
    if (isCritical && crc32(bytes.subarray(at + 4, end - 4)) !== view.getUint32(end - 4)) {
      throw new InputError(name, "a PNG must not be damaged", `the checksum of chunk ${type} at byte ${at} is wrong`);
    }
    if (hasText(bytes, at + 4, "IEND")) return;
    at = end;
  }
  throw new InputError(name, "a PNG must be whole", `it has no end chunk in ${bytes.length} bytes`);
}

/**
 * Encodes a frame as PNG, 8 bits, RGBA.
 *
 * @param frame RGBA pixels, `[height, width, 4]`.
 * @returns The file.
 */
export async function encodePng(
  frame: { readonly data: Uint8ClampedArray; readonly width: number; readonly height: number },
): Promise<Uint8Array<ArrayBuffer>> {
  // One WebAssembly file holds both directions.
  encoderReady ??= codecModule("png-decoder").then((module) => initEncoder(module));
  await encoderReady;
  const { data, width, height } = frame;
  const whole = data.byteLength === data.buffer.byteLength ? data : data.slice(); // The encoder reads the whole buffer.
  return new Uint8Array(await encodePngWasm({ data: whole, width, height } as unknown as ImageData));
}
