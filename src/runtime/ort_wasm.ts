/**
 * WASM sessions.
 *
 * The thread count of onnxruntime-web 1.30 belongs to a module instance, not to a session: `env.wasm.numThreads` is read
 * when the module's first session is made, and a session's `intraOpNumThreads` is ignored (measured). So one-thread
 * graphs get an instance of their own (the `/wasm` entry, about 25 MB more), and all others share the plain entry, whose
 * count is fixed by the first of them. In a worker both rules hold anew, as a worker has its own modules.
 *
 * @module
 */

import { openOrtSession, type OrtOpenOptions } from "./ort.ts";
import { importOrt, releaseOrtWasm } from "./ort_entry.ts";
import type { Session } from "./session.ts";

/** What the modules of this process were started with. */
export interface WasmState {
  /** The count that the threaded instance was started with; null before its first session. */
  threaded: number | null;
}

/** A WASM session and the threads it really has. */
export interface WasmSession {
  /** The session. */
  readonly session: Session;
  /** Its threads; differs from what was asked when another count was fixed before. */
  readonly threads: number;
}

/**
 * Opens a graph on WASM.
 *
 * @param bytes The ONNX file.
 * @param threads Threads wanted, at least 1.
 * @param state The process's state; changed by the first threaded session.
 * @param options Name, dtype and queue.
 * @throws {InputError} If the bytes cannot be run.
 */
export async function openWasm(
  bytes: Uint8Array,
  threads: number,
  state: WasmState,
  options: Omit<OrtOpenOptions, "device">,
): Promise<WasmSession> {
  const single = threads === 1;
  const entry = single ? "wasm" : "plain";
  const ort = await importOrt(entry);
  if (!single) state.threaded ??= threads;
  const count = single ? 1 : state.threaded!;
  ort.env.wasm.numThreads = count;
  ort.env.logLevel = "error";
  const session = await openOrtSession(ort, bytes, { ...options, device: "wasm" });
  releaseOrtWasm(entry, ort);
  return { session, threads: count };
}
