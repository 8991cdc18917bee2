/**
 * From a pack to a session: probe, then plan, then open, in the order of the plan.
 *
 * @module
 */

import { InputError } from "../core/errors.ts";
import { type DevicesFound, planDevices } from "./device_plan.ts";
import { planDtype } from "./dtype_plan.ts";
import { DTYPES, type GraphSpec } from "./manifest.ts";
import { openHost } from "./ort_host.ts";
import { openWasm } from "./ort_wasm.ts";
import { openWebgpu } from "./ort_webgpu.ts";
import type { Pack } from "./pack.ts";
import { coresOnly } from "./probe.ts";
import { PROCESS_RUNTIME, type Runtime } from "./runtime.ts";
import type { Device, Dtype, Session } from "./session.ts";
import { planThreads } from "./thread_plan.ts";

/** Options of {@link openSession}. */
export interface OpenSessionOptions {
  /**
   * Where to run. `auto` may fall back, an explicit device never does.
   *
   * @default {"auto"}
   */
  readonly device?: "auto" | Device;
  /**
   * Which variant of the weights.
   *
   * @default {"auto"}
   */
  readonly dtype?: "auto" | Dtype;
  /** WASM threads; without it, by the size of the graph. Fixed for the process by the first threaded session. */
  readonly threads?: number | undefined;
  /** Called with a sentence when something is not as asked: a fallback, a software adapter, another thread count. */
  readonly onWarning?: (text: string) => void;
  /**
   * What the sessions of this process share.
   *
   * @default {PROCESS_RUNTIME}
   */
  readonly runtime?: Runtime;
}

/** A session that tells how it came about. */
export interface OpenedSession extends Session {
  /** WASM threads; 1 elsewhere. */
  readonly threads: number;
}

/** One way to open a graph, with reasons. */
export interface SessionPlan {
  /** Where. */
  readonly device: Device;
  /** Which weights. */
  readonly dtype: Dtype;
  /** WASM threads; 1 elsewhere. */
  readonly threads: number;
  /** Why, one reason each. */
  readonly why: { readonly device: string; readonly dtype: string; readonly threads: string };
}

/**
 * Plans how a graph would be opened; opens nothing.
 *
 * @param spec The graph, from the manifest.
 * @param found What the machine has.
 * @param options What the caller wants.
 * @returns Ways to try, best first.
 * @throws {InputError} If no way is left, with the reason.
 * @throws {RangeError} If the thread count is not a whole number from 1 to 64.
 */
export function planSession(
  spec: GraphSpec,
  found: DevicesFound,
  options: Pick<OpenSessionOptions, "device" | "dtype" | "threads"> = {},
): SessionPlan[] {
  const { device = "auto", dtype = "auto" } = options;
  const devices = planDevices(device, found);
  if (devices.kind === "refused") {
    const need = device === "native" ? "the host must offer an onnxruntime" : "a WebGPU adapter must be present";
    throw new InputError(`device ${device}`, need, devices.why);
  }
  const available = DTYPES.filter((each) => spec.variants[each] !== undefined);
  const shaderF16 = found.webgpu?.features.includes("shader-f16") ?? false;
  const plans: SessionPlan[] = [];
  let refusal = "";
  for (const choice of devices.devices) {
    const weights = planDtype(dtype, {
      device: choice.device,
      available,
      shaderF16,
      preferred: spec.prefer[choice.device],
    });
    if (weights.kind === "refused") {
      refusal = weights.why;
      continue;
    }
    const bytes = spec.variants[weights.dtype]!.bytes;
    const threads = choice.device === "webgpu"
      ? { threads: 1, why: "the GPU does the work" }
      : choice.device === "native"
      ? { threads: 1, why: "the host decides" }
      : planThreads(options.threads, { cores: found.cores, bytes, preferred: spec.threads });
    plans.push({
      device: choice.device,
      dtype: weights.dtype,
      threads: threads.threads,
      why: { device: choice.why, dtype: weights.why, threads: threads.why },
    });
  }
  if (plans.length === 0) {
    throw new InputError(`dtype ${dtype}`, `graph ${spec.name} must have usable weights`, refusal);
  }
  return plans;
}

/**
 * Opens a graph of a pack. The file is checked against its sha-256 first.
 *
 * @param pack The pack.
 * @param graph Name of the graph in the manifest.
 * @param options Device, dtype, threads.
 * @returns A session; `device`, `dtype` and `threads` are what it really has.
 * @throws {InputError} If the pack has no such graph, the plan is empty (for example `device: "webgpu"` without an
 *   adapter), the file is damaged, or the runtime cannot run it.
 *
 * @example Opening and closing
 * ```ts ignore
 * const pack = await loadPackFrom("diffpose-3d");
 * await using session = await openSession(pack, "context", { device: "auto" });
 * const { pose } = await session.run({ points: { data, dims: [1, 27, 17, 3] } });
 * ```
 */
export async function openSession(pack: Pack, graph: string, options: OpenSessionOptions = {}): Promise<OpenedSession> {
  const { device = "auto", runtime = PROCESS_RUNTIME, onWarning = () => {} } = options;
  const spec = Object.hasOwn(pack.manifest.graphs, graph) ? pack.manifest.graphs[graph] : undefined;
  if (spec === undefined) {
    const known = Object.keys(pack.manifest.graphs).join(", ");
    throw new InputError(pack.manifest.name, `the pack must have a graph named ${graph}`, `it has ${known}`);
  }
  // No GPU driver is woken where none was asked for.
  const found = device === "wasm" ? coresOnly() : await runtime.devices();
  const plans = planSession(spec, found, options);
  const failures: unknown[] = [];
  for (const plan of plans) {
    try {
      const opened = await openPlanned(pack, spec, plan, runtime);
      if (device === "webgpu" && found.webgpu?.software) onWarning(`${plan.why.device}`);
      if (opened.threads !== plan.threads) {
        onWarning(
          `graph ${graph} runs with ${opened.threads} threads, not ${plan.threads}: the first graph fixed the count`,
        );
      }
      return opened;
    } catch (error) {
      failures.push(error);
      if (plan !== plans.at(-1)) {
        onWarning(`graph ${graph} did not open on ${plan.device}: ${(error as Error).message}`);
      }
    }
  }
  throw failures.at(-1);
}

async function openPlanned(pack: Pack, spec: GraphSpec, plan: SessionPlan, runtime: Runtime): Promise<OpenedSession> {
  const bytes = await pack.readGraph(spec.name, plan.dtype);
  const { optimised = false } = spec.variants[plan.dtype]!;
  const options = { graph: `${pack.manifest.name}/${spec.name}`, dtype: plan.dtype, queue: runtime.queue, optimised };
  const { session, threads } = plan.device === "webgpu"
    ? { session: await openWebgpu(bytes, options), threads: 1 }
    : plan.device === "native"
    ? { session: await openHost(bytes, spec, options), threads: 1 }
    : await openWasm(bytes, plan.threads, runtime.wasm, options);
  try {
    checkNames(options.graph, "inputs", spec.inputs.map((value) => value.name), session.inputs);
    checkNames(options.graph, "outputs", spec.outputs.map((value) => value.name), session.outputs);
  } catch (error) {
    await session[Symbol.asyncDispose]();
    throw error;
  }
  return { ...session, threads };
}

function checkNames(graph: string, side: string, stated: readonly string[], real: readonly string[]): void {
  if (stated.length === real.length && stated.every((name) => real.includes(name))) return;
  throw new InputError(
    `graph ${graph}`,
    `its ${side} must be those of the manifest, ${stated.join(", ")}`,
    real.join(", "),
  );
}
