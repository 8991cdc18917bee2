/**
 * Reads the codecs' .wasm files that lie inside their npm packages. File-system part of this room.
 *
 * @module
 */

import type { CodecName } from "./codec_wasm.ts";

// Static imports would start the packages' own loaders; resolving only names the files, and `deno compile` embeds the
// packages whole because jpeg.ts and png.ts import their JavaScript.
const FILES: Record<CodecName, () => URL> = {
  "jpeg-decoder": () => new URL("codec/dec/mozjpeg_dec.wasm", import.meta.resolve("@jsquash/jpeg/decode")),
  "jpeg-encoder": () => new URL("codec/enc/mozjpeg_enc.wasm", import.meta.resolve("@jsquash/jpeg/encode")),
  "png-decoder": () => new URL("codec/pkg/squoosh_png_bg.wasm", import.meta.resolve("@jsquash/png/decode")),
};

/** Reads and compiles a codec from the package it came in. */
export async function loadCodecFromFile(codec: CodecName): Promise<WebAssembly.Module> {
  return await WebAssembly.compile(await Deno.readFile(FILES[codec]()));
}
