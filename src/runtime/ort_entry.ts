/**
 * Imports an entry of onnxruntime-web when it is first needed.
 *
 * The browser-style entries (`/wasm`, `/webgpu`) resolve their own address against `location`, which in a worker has
 * the origin `"null"`, and fail at import. While they load, such a `location` is hidden.
 *
 * @module
 */

import type { OrtModule } from "./ort.ts";

/**
 * The three entries: `plain` is the Node build (WASM with worker threads), `wasm` the browser build for one thread,
 * `webgpu` the only one that reaches the GPU. Each is a module of its own with its own `env` and its own memory.
 */
export type OrtEntry = "plain" | "wasm" | "webgpu";

/** Gives the WebAssembly file of an entry, the whole of it. Its buffer is detached once that is compiled. */
export type OrtWasmLoader = (entry: OrtEntry) => Promise<Uint8Array<ArrayBuffer>>;

let loadWasm: OrtWasmLoader | undefined;
/** The files of entries, given or on their way: once each, however many sessions are opened at the same time. */
const given = new Map<OrtEntry, Promise<void>>();
/** Files that were given and are not yet compiled, as far as is known. */
const held = new Map<OrtEntry, ArrayBuffer>();

/**
 * Replaces the way in which onnxruntime-web finds its .wasm file, for hosts where that does not lie beside its JavaScript
 * (a compiled binary, a bundle). Call it before the first session.
 *
 * `plain` and `wasm` run `ort-wasm-simd-threaded.wasm`, `webgpu` runs `ort-wasm-simd-threaded.asyncify.wasm`.
 *
 * @param load Called once an entry, when that is first imported.
 */
export function useOrtWasm(load: OrtWasmLoader): void {
  loadWasm = load;
}

/** Imports an entry; the module system keeps it, so later calls are free. */
export async function importOrt(entry: OrtEntry): Promise<OrtModule> {
  const ort = await importEntry(entry);
  if (loadWasm !== undefined) await giveWasm(ort, entry, loadWasm);
  return ort;
}

async function giveWasm(ort: OrtModule, entry: OrtEntry, load: OrtWasmLoader): Promise<void> {
  let giving = given.get(entry);
  if (giving === undefined) {
    giving = load(entry).then(({ buffer }) => {
      ort.env.wasm.wasmBinary ??= buffer;
      held.set(entry, buffer);
    });
    given.set(entry, giving);
  }
  try {
    await giving;
  } catch (error) {
    given.delete(entry); // the next session tries again
    throw error;
  }
}

/**
 * Gives the memory of an entry's file back. Call it after a session was opened: the file is compiled by then. Closures of
 * onnxruntime-web hold it for good, so letting go of it is not enough.
 *
 * @param entry Which.
 * @param ort Its module.
 */
export function releaseOrtWasm(entry: OrtEntry, ort: OrtModule): void {
  const buffer = held.get(entry);
  if (buffer === undefined) return;
  held.delete(entry);
  delete ort.env.wasm.wasmBinary;
  buffer.transfer?.(0); // absent in hosts of before 2024
}

async function importEntry(entry: OrtEntry): Promise<OrtModule> {
  if (entry === "plain") return await import("onnxruntime-web");
  const own = Object.getOwnPropertyDescriptor(globalThis, "location");
  const hide = own?.configurable === true &&
    (globalThis as { location?: { origin?: string } }).location?.origin === "null";
  if (hide) Object.defineProperty(globalThis, "location", { value: undefined, configurable: true, writable: true });
  try {
    return entry === "wasm" ? await import("onnxruntime-web/wasm") : await import("onnxruntime-web/webgpu");
  } finally {
    if (hide) Object.defineProperty(globalThis, "location", own);
  }
}

/** Version of onnxruntime-web, as it names itself; loads the entry for one thread, but no WebAssembly yet. */
export async function ortVersion(): Promise<string> {
  const { versions } = (await importEntry("wasm")).env;
  return versions.web ?? versions.common;
}
