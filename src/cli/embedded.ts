/**
 * What a compiled binary carries inside, and how it gets at it. `release/stage.ts` puts it there.
 *
 * @module
 */
import { promisify } from "node:util";
import { brotliDecompress } from "node:zlib";
import { type OrtEntry, useOrtWasm } from "../runtime/mod.ts";

/** One thing inside a binary. */
export interface EmbeddedFile {
  /** What it is. */
  readonly kind: "pack" | "wasm" | "codec" | "page";
  /** Its name, for a pack that of the pack. */
  readonly name: string;
  /** Its size when it is used, in bytes. */
  readonly bytes: number;
  /** Its size inside the binary, in bytes. */
  readonly stored: number;
  /** SHA-256 of the stored bytes, 64 lower-case hexadecimal digits. */
  readonly sha256: string;
}

/** Folder of compressed files and their list, beside `src/` in the binary. */
const FOLDER = new URL("../../embedded/", import.meta.url);

/** Folder of the built page in the binary. */
export const EMBEDDED_PAGE: URL = new URL("page/", FOLDER);

const WASM: Readonly<Record<OrtEntry, string>> = {
  plain: "ort-wasm-simd-threaded.wasm.br",
  wasm: "ort-wasm-simd-threaded.wasm.br",
  webgpu: "ort-wasm-simd-threaded.asyncify.wasm.br",
};

/** What this binary carries; null when this is no binary. */
export async function embeddedFiles(): Promise<readonly EmbeddedFile[] | null> {
  if (!Deno.build.standalone) return null;
  return JSON.parse(await Deno.readTextFile(new URL("index.json", FOLDER))) as EmbeddedFile[];
}

/**
 * In a compiled binary, takes the WebAssembly of onnxruntime-web out of it; elsewhere does nothing. The program and every
 * worker that runs graphs call this first, as each has modules of its own.
 */
export function useEmbedded(): void {
  if (Deno.build.standalone) useOrtWasm(embeddedOrtWasm);
}

/** The WebAssembly of an entry of onnxruntime-web, out of this binary. */
export async function embeddedOrtWasm(entry: OrtEntry): Promise<Uint8Array<ArrayBuffer>> {
  return await readCompressed(new URL(WASM[entry], FOLDER));
}

/** What a file of this binary holds that is compressed with Brotli. */
export async function readCompressed(file: URL): Promise<Uint8Array<ArrayBuffer>> {
  const inflated = await promisify(brotliDecompress)(await Deno.readFile(file));
  return new Uint8Array(inflated); // of a buffer of its own
}
