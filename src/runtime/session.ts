/**
 * The port between the systems and whatever runs a graph. Nothing outside `ort*.ts` knows onnxruntime-web.
 *
 * @module
 */

/** Where a graph runs. `native` is an onnxruntime that the host offers, see `ort_host.ts`. */
export type Device = "webgpu" | "wasm" | "native";

/** How a graph's weights are stored. Inputs and outputs stay float32. */
export type Dtype = "fp32" | "fp16" | "q8";

/** Numbers with a shape, row-major, outermost size first. */
export interface Tensor {
  /** The values; its length is the product of `dims`. */
  readonly data: Float32Array;
  /** The sizes, outermost first. */
  readonly dims: readonly number[];
}

/** A graph that is ready to run. Calls are put in a queue: they never overlap. */
export interface Session extends AsyncDisposable {
  /** Where it really runs. */
  readonly device: Device;
  /** Which variant of the weights was loaded. */
  readonly dtype: Dtype;
  /** Names of the inputs, in the graph's order. */
  readonly inputs: readonly string[];
  /** Names of the outputs, in the graph's order. */
  readonly outputs: readonly string[];
  /** Runs the graph once. Rejects with an `Error` that names the graph when the feeds do not fit. */
  run(feeds: Readonly<Record<string, Tensor>>): Promise<Record<string, Tensor>>;
}
