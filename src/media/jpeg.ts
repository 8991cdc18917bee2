/**
 * JPEG in and out, through mozjpeg compiled to WebAssembly (`@jsquash/jpeg`).
 *
 * @module
 */

import decodeMozjpeg, { init as initDecoder } from "@jsquash/jpeg/decode";
import encodeMozjpeg, { init as initEncoder } from "@jsquash/jpeg/encode";
import { InputError } from "../core/errors.ts";
import { codecModule } from "./codec_wasm.ts";
import type { ImageHeader } from "./image_header.ts";

/** Pixels as a codec gives them, before orientation. */
export interface RawImage {
  /** RGBA, `[height, width, 4]`. */
  readonly data: Uint8ClampedArray<ArrayBuffer>;
  /** Pixels a row. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
}

// WebAssembly memory never shrinks; above this area the instance is thrown away after the picture.
const KEEP_BELOW_PIXELS = 8_000_000;
// libjpeg goes on after damage and fills the rest with grey; these warnings mean that pixels are lost.
const DAMAGE = /premature end|bad huffman|corrupt data|invalid|unsupported marker/i;

type DecoderInit = (module: WebAssembly.Module, options: { printErr(line: string): void }) => Promise<void>;
type EncoderInit = (module: WebAssembly.Module) => Promise<void>;

let decoderReady: Promise<void> | undefined;
let encoderReady: Promise<void> | undefined;
let warnings: string[] = [];
let queue: Promise<unknown> = Promise.resolve();

function readyDecoder(): Promise<void> {
  decoderReady ??= codecModule("jpeg-decoder").then((module) =>
    (initDecoder as unknown as DecoderInit)(module, { printErr: (line) => warnings.push(line) })
  );
  return decoderReady;
}

/**
 * Decodes a JPEG: baseline or progressive, grey or colour.
 *
 * @param bytes The whole file.
 * @param header Its header, already checked against the size limits.
 * @param name Its name, for messages.
 * @throws {InputError} If it is CMYK, truncated or damaged.
 */
export async function decodeJpeg(bytes: Uint8Array, header: ImageHeader, name: string): Promise<RawImage> {
  if (header.channels !== 1 && header.channels !== 3) {
    const rule = "a JPEG must be grey or colour (convert CMYK pictures to RGB first)";
    throw new InputError(name, rule, `current number of channels is ${header.channels}`);
  }
  if (!endsWithMarker(bytes, header.dataOffset)) {
    throw new InputError(name, "a JPEG must be whole", `it has no end marker in ${bytes.length} bytes`);
  }
  // One after another: the decoder's warnings do not say which picture they are about.
  const turn = queue.then(() => decodeNow(bytes, name));
  queue = turn.catch(() => {});
  return await turn;
}

async function decodeNow(bytes: Uint8Array, name: string): Promise<RawImage> {
  await readyDecoder();
  warnings = [];
  let image: ImageData;
  try {
    image = await decodeMozjpeg(bytes as unknown as ArrayBuffer);
  } catch (error) {
    decoderReady = undefined; // the failed decode never freed its memory
    throw new InputError(name, "a JPEG must be decodable", warnings[0] ?? String(error), { cause: error });
  }
  if (image.width * image.height > KEEP_BELOW_PIXELS) decoderReady = undefined;
  const damage = warnings.find((line) => DAMAGE.test(line));
  if (damage !== undefined) throw new InputError(name, "a JPEG must not be damaged", damage);
  return { data: image.data as Uint8ClampedArray<ArrayBuffer>, width: image.width, height: image.height };
}

function endsWithMarker(bytes: Uint8Array, from: number): boolean {
  for (let at = bytes.length - 2; at >= from; at--) if (bytes[at] === 0xff && bytes[at + 1] === 0xd9) return true;
  return false;
}

/**
 * Encodes a frame as baseline JPEG, 4:2:0 below quality 90, for pages that embed small frames.
 *
 * @param frame RGBA pixels, `[height, width, 4]`; alpha is dropped.
 * @param quality 1 (smallest) to 100.
 * @returns The file.
 * @throws {RangeError} If the quality is out of range.
 */
export async function encodeJpeg(
  frame: { readonly data: Uint8ClampedArray; readonly width: number; readonly height: number },
  quality = 75,
): Promise<Uint8Array<ArrayBuffer>> {
  if (!(quality >= 1 && quality <= 100)) {
    throw new RangeError(`Cannot encode a JPEG as quality must be 1 to 100: current value is ${quality}`);
  }
  encoderReady ??= codecModule("jpeg-encoder").then((module) => (initEncoder as unknown as EncoderInit)(module));
  await encoderReady;
  const options = { quality, baseline: true, progressive: false, optimize_coding: true };
  return new Uint8Array(await encodeMozjpeg(frame as unknown as ImageData, options));
}
