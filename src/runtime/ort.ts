/**
 * The Session adapter over onnxruntime-web: float32 arrays in, float32 arrays out. ORT tensors never leave this file.
 *
 * The adapter takes the ORT module as an argument, so that every entry of onnxruntime-web can be put in its place.
 *
 * @module
 */

import type * as Ort from "onnxruntime-web";
import { InputError } from "../core/errors.ts";
import { checkFeeds, type InputSpec } from "./feeds.ts";
import type { Queue } from "./queue.ts";
import type { Device, Dtype, Session, Tensor } from "./session.ts";

/** An onnxruntime module: `/webgpu`, `/wasm`, the plain entry, or a host's own. */
export type OrtModule = typeof Ort;

/** How a graph is opened. */
export interface OrtOpenOptions {
  /** Name of the graph, for messages. */
  readonly graph: string;
  /** The one execution provider; ORT itself never chooses. */
  readonly device: Device;
  /** Which variant the bytes are. */
  readonly dtype: Dtype;
  /** The queue of the whole process. */
  readonly queue: Queue;
  /** Whether the file holds the outcome of onnxruntime's optimisation for processors. @default {false} */
  readonly optimised?: boolean;
}

/**
 * Opens a graph.
 *
 * @param ort The module that runs it.
 * @param bytes The ONNX file.
 * @param options Name, device, dtype and queue.
 * @throws {InputError} If the bytes are no ONNX graph that this device can run, or an input or output is not float32.
 */
export async function openOrtSession(ort: OrtModule, bytes: Uint8Array, options: OrtOpenOptions): Promise<Session> {
  const { graph, device, dtype, queue, optimised = false } = options;
  // Looking for what else there is to optimise takes longer than all the rest of opening a small graph.
  const level = optimised && device === "wasm" ? "disabled" : "all";
  const inner = await queue(() =>
    keepingWorker(() =>
      ort.InferenceSession.create(bytes, {
        executionProviders: [device],
        graphOptimizationLevel: level,
        logSeverityLevel: 3,
      })
    )
  ).catch((cause: unknown) => {
    throw new InputError(`graph ${graph}`, `must be an ONNX graph that runs on ${device}`, messageOf(cause), { cause });
  });
  let inputs: readonly InputSpec[];
  try {
    inputs = inner.inputMetadata.map((value) => inputSpec(graph, "input", value));
    inner.outputMetadata.forEach((value) => inputSpec(graph, "output", value));
  } catch (error) {
    await queue(() => inner.release());
    throw error;
  }
  let disposed = false;
  return {
    device,
    dtype,
    inputs: inner.inputNames,
    outputs: inner.outputNames,
    run: async (feeds: Readonly<Record<string, Tensor>>): Promise<Record<string, Tensor>> => {
      if (disposed) throw new Error(`Cannot run graph ${graph} as its session was disposed`);
      checkFeeds(graph, inputs, feeds);
      return await queue(() => runOnce(ort, inner, graph, inputs, feeds));
    },
    [Symbol.asyncDispose]: async (): Promise<void> => {
      if (disposed) return;
      disposed = true; // runs that are already queued still end before the release
      await queue(() => inner.release());
    },
  };
}

/**
 * On its first use, ORT 1.30 replaces `globalThis.Worker` by the one of `node:worker_threads` and starts its threads with
 * it. Left so, every later `new Worker()` of the program would be of the other kind: its `onmessage` never fires.
 */
async function keepingWorker<T>(work: () => Promise<T>): Promise<T> {
  const own = Object.getOwnPropertyDescriptor(globalThis, "Worker");
  try {
    return await work();
  } finally {
    if (own !== undefined) Object.defineProperty(globalThis, "Worker", own);
  }
}

async function runOnce(
  ort: OrtModule,
  inner: Ort.InferenceSession,
  graph: string,
  inputs: readonly InputSpec[],
  feeds: Readonly<Record<string, Tensor>>,
): Promise<Record<string, Tensor>> {
  const ortFeeds: Record<string, Ort.Tensor> = {};
  for (const { name } of inputs) {
    const { data, dims } = feeds[name]!;
    ortFeeds[name] = new ort.Tensor("float32", data, [...dims]);
  }
  let answers: Ort.InferenceSession.ReturnType;
  try {
    answers = await inner.run(ortFeeds);
  } catch (cause) {
    const shapes = inputs.map(({ name }) => `${name} [${feeds[name]!.dims.join(", ")}]`).join(", ");
    throw new Error(`Cannot run graph ${graph} with ${shapes}: ${messageOf(cause)}`, { cause });
  }
  const outputs: Record<string, Tensor> = {};
  for (const name of inner.outputNames) {
    const tensor = answers[name]!;
    outputs[name] = { data: (await tensor.getData()) as Float32Array, dims: [...tensor.dims] };
    tensor.dispose();
  }
  return outputs;
}

function inputSpec(graph: string, side: "input" | "output", value: Ort.InferenceSession.ValueMetadata): InputSpec {
  const type = value.isTensor ? value.type : "no tensor";
  if (!value.isTensor || type !== "float32") {
    throw new InputError(
      `graph ${graph}`,
      `its ${side} ${value.name} must be float32, in every dtype of the weights`,
      type,
    );
  }
  return { name: value.name, dims: value.shape.map((size) => (typeof size === "number" && size >= 0 ? size : null)) };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
