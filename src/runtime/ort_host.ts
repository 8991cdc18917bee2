/**
 * Sessions of the host's own onnxruntime. Some edge hosts offer one as `globalThis[Symbol.for("onnxruntime")]`: native
 * code, in the host's memory, nothing to download.
 *
 * Such a host need not have all of onnxruntime's interface. Names of inputs and outputs, `run()` and tensors with `data`
 * and `dims` are enough here; shapes are those of the pack's manifest.
 *
 * @module
 */

import { InputError } from "../core/errors.ts";
import { checkFeeds, type InputSpec } from "./feeds.ts";
import type { ValueSpec } from "./manifest.ts";
import type { OrtOpenOptions } from "./ort.ts";
import type { Session, Tensor } from "./session.ts";

/** A tensor of a host. */
interface HostTensor {
  readonly data: ArrayLike<number>;
  readonly dims: readonly (number | bigint)[];
  dispose?(): void;
}

/** A session of a host. */
interface HostSession {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  run(feeds: Readonly<Record<string, HostTensor>>): Promise<Readonly<Record<string, HostTensor>>>;
  release?(): Promise<void>;
}

/** What a host must offer. */
export interface HostOrt {
  /** Makes tensors. */
  readonly Tensor: new (type: "float32", data: Float32Array, dims: readonly number[]) => HostTensor;
  /** Opens graphs. */
  readonly InferenceSession: {
    create(bytes: Uint8Array, options?: Readonly<Record<string, unknown>>): Promise<HostSession>;
  };
}

/** The onnxruntime that the host offers; null where it offers none. */
export function hostOrt(scope: object = globalThis): HostOrt | null {
  const found = (scope as Record<symbol, Partial<HostOrt> | null | undefined>)[Symbol.for("onnxruntime")];
  const usable = typeof found?.Tensor === "function" && typeof found.InferenceSession?.create === "function";
  return usable ? found as HostOrt : null;
}

function inputSpecs(values: readonly ValueSpec[]): InputSpec[] {
  return values.map(({ name, shape }) => ({
    name,
    dims: shape.map((size) => (typeof size === "number" ? size : null)),
  }));
}

/**
 * Opens a graph with the host's runtime.
 *
 * @param bytes The ONNX file.
 * @param spec Its inputs, from the manifest.
 * @param options Name, dtype and queue.
 * @param ort The host's runtime.
 * @throws {InputError} If the host offers none, or it refuses the graph.
 */
export async function openHost(
  bytes: Uint8Array,
  spec: { readonly inputs: readonly ValueSpec[] },
  options: Omit<OrtOpenOptions, "device">,
  ort: HostOrt | null = hostOrt(),
): Promise<Session> {
  const { graph, dtype, queue } = options;
  if (ort === null) throw new InputError("device native", "the host must offer an onnxruntime", "none");
  const inner = await queue(() => ort.InferenceSession.create(bytes, {})).catch((cause: unknown) => {
    throw new InputError(`graph ${graph}`, "must be an ONNX graph that the host's onnxruntime runs", text(cause), {
      cause,
    });
  });
  const inputs = inputSpecs(spec.inputs);
  let disposed = false;
  return {
    device: "native",
    dtype,
    inputs: inner.inputNames,
    outputs: inner.outputNames,
    run: async (feeds: Readonly<Record<string, Tensor>>): Promise<Record<string, Tensor>> => {
      if (disposed) throw new Error(`Cannot run graph ${graph} as its session was disposed`);
      checkFeeds(graph, inputs, feeds);
      return await queue(() => runOnce(ort, inner, graph, feeds));
    },
    [Symbol.asyncDispose]: async (): Promise<void> => {
      if (disposed) return;
      disposed = true;
      await queue(async () => await inner.release?.());
    },
  };
}

async function runOnce(
  ort: HostOrt,
  inner: HostSession,
  graph: string,
  feeds: Readonly<Record<string, Tensor>>,
): Promise<Record<string, Tensor>> {
  const given = Object.entries(feeds).map(([name, { data, dims }]) =>
    [name, new ort.Tensor("float32", data, [...dims])] as const
  );
  let answers: Readonly<Record<string, HostTensor>>;
  try {
    answers = await inner.run(Object.fromEntries(given));
  } catch (cause) {
    throw new Error(`Cannot run graph ${graph} on the host's onnxruntime: ${text(cause)}`, { cause });
  }
  const outputs: Record<string, Tensor> = {};
  for (const name of inner.outputNames) {
    const { data, dims } = answers[name]!;
    // A copy: whose memory a host's tensor lies in is not known.
    outputs[name] = { data: Float32Array.from(data), dims: Array.from(dims, Number) };
    answers[name]!.dispose?.();
  }
  return outputs;
}

function text(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
