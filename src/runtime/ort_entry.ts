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

/** Imports an entry; the module system keeps it, so later calls are free. */
export async function importOrt(entry: OrtEntry): Promise<OrtModule> {
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
  const { versions } = (await importOrt("wasm")).env;
  return versions.web ?? versions.common;
}
