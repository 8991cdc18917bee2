/**
 * WebGPU sessions, through the `/webgpu` entry, the only one that reaches the GPU. Its host side wants one thread: two
 * fail to start in Deno.
 *
 * @module
 */

import { openOrtSession, type OrtOpenOptions } from "./ort.ts";
import { importOrt, releaseOrtWasm } from "./ort_entry.ts";
import type { Session } from "./session.ts";

/**
 * Opens a graph on WebGPU, and nowhere else.
 *
 * @param bytes The ONNX file.
 * @param options Name, dtype and queue.
 * @throws {InputError} If there is no adapter or it cannot run the graph.
 */
export async function openWebgpu(bytes: Uint8Array, options: Omit<OrtOpenOptions, "device">): Promise<Session> {
  mendRequestDevice();
  const ort = await importOrt("webgpu");
  ort.env.wasm.numThreads = 1;
  ort.env.logLevel = "error";
  const session = await openOrtSession(ort, bytes, { ...options, device: "webgpu" });
  releaseOrtWasm("webgpu", ort);
  return session;
}

/** Up to 2.6, Deno's `requestDevice()` gave a device, not a promise of one, and ORT calls `.then` on it. */
function mendRequestDevice(): void {
  const scope = globalThis as {
    navigator?: { userAgent?: string };
    GPUAdapter?: { prototype: { requestDevice: (...args: unknown[]) => unknown } };
  };
  const prototype = scope.GPUAdapter?.prototype;
  if (prototype === undefined || !/^Deno\/(1\.|2\.[0-6]\.)/.test(scope.navigator?.userAgent ?? "")) return;
  const original = prototype.requestDevice;
  if (original.name === "requestDeviceAsync") return;
  prototype.requestDevice = async function requestDeviceAsync(...args: unknown[]): Promise<unknown> {
    return await original.apply(this, args);
  };
}
