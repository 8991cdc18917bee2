/**
 * What a process has only once: the queue, the answer of the probe, and the count of WASM threads. It is a value, so
 * tests and workers make their own; nothing happens when this module is loaded.
 *
 * @module
 */

import type { DevicesFound } from "./device_plan.ts";
import type { WasmState } from "./ort_wasm.ts";
import { probeDevices } from "./probe.ts";
import { createQueue, type Queue } from "./queue.ts";

/** The things that all sessions of a process share. */
export interface Runtime {
  /** Every create, run and release goes through it. */
  readonly queue: Queue;
  /** Probes on the first call, remembers the answer. */
  devices(): Promise<DevicesFound>;
  /** The state of the WASM modules. */
  readonly wasm: WasmState;
}

/** Options of {@link createRuntime}. */
export interface RuntimeOptions {
  /**
   * How devices are found.
   *
   * @default {probeDevices}
   */
  readonly probe?: () => Promise<DevicesFound>;
}

/** Makes a runtime. Two of them in one process must not both run WebGPU: their queues know nothing of each other. */
export function createRuntime(options: RuntimeOptions = {}): Runtime {
  const { probe = probeDevices } = options;
  let found: Promise<DevicesFound> | undefined;
  return { queue: createQueue(), devices: () => (found ??= probe()), wasm: { threaded: null } };
}

/** The runtime of this process, used wherever no other is handed in. */
export const PROCESS_RUNTIME: Runtime = createRuntime();
