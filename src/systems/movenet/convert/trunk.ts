/**
 * Turns the convolutional part of a graph model into ONNX: NHWC becomes NCHW, float16 weights stay float16 in the file and
 * are cast to float32 by nodes that the runtime folds away when it loads the graph.
 *
 * @module
 */
import { InputError } from "../../../core/errors.ts";
import type { GraphModel, GraphNode, GraphWeight } from "./graph_model.ts";
import type { OnnxGraph, OnnxNode, OnnxTensor, OnnxValue } from "./onnx.ts";

/** Which part of a graph model to take. */
export interface TrunkCut {
  /** Name of the ONNX graph. */
  readonly name: string;
  /** Name in the topology of the tensor that the input stands for. */
  readonly start: string;
  /** The input. */
  readonly input: OnnxValue;
  /** The outputs, each with the name of the tensor in the topology. */
  readonly outputs: readonly (OnnxValue & { readonly from: string })[];
}

/**
 * Converts the nodes that lie between the input and the outputs.
 *
 * Every `ResizeBilinear` is taken to double the size: the MoveNet graphs hold no other, and their targets are computed at
 * run time where sizes are free.
 *
 * @param model The graph model.
 * @param cut Where to begin and to end.
 * @returns The graph, its nodes in an order in which they can run.
 * @throws {InputError} If a node on the way is of a kind that is not understood.
 */
export function convertTrunk(model: GraphModel, cut: TrunkCut): OnnxGraph {
  const writer = new TrunkWriter(model, cut);
  for (const { from } of cut.outputs) writer.tensor(from);
  return {
    name: cut.name,
    nodes: writer.nodes,
    initializers: writer.initializers,
    inputs: [cut.input],
    outputs: cut.outputs.map(({ name, shape }) => ({ name, shape })),
  };
}

/** Walks back from the outputs and writes each node once, after its inputs. */
class TrunkWriter {
  readonly nodes: OnnxNode[] = [];
  readonly initializers: OnnxTensor[] = [];
  readonly #model: GraphModel;
  readonly #names: Map<string, string>;
  readonly #written = new Set<string>();

  constructor(model: GraphModel, cut: TrunkCut) {
    this.#model = model;
    this.#names = new Map(cut.outputs.map(({ from, name }) => [from, name]));
    this.#names.set(cut.start, cut.input.name);
    this.#written.add(cut.start);
  }

  /** Makes sure that a tensor of the topology is written; returns its name in the ONNX graph. */
  tensor(from: string): string {
    const name = this.#names.get(from) ?? from;
    if (this.#written.has(from)) return name;
    this.#written.add(from);
    const weight = this.#model.weights.get(from);
    if (weight !== undefined) {
      // [1, 1, 1, channels] broadcasts over NHWC; over NCHW it is [1, channels, 1, 1].
      const shape = weight.shape.length === 4 ? [1, weight.shape[3]!, 1, 1] : weight.shape;
      return this.#constant({ ...weight, shape }, name);
    }
    const node = this.#model.nodes.get(from);
    if (node === undefined) {
      throw new InputError(from, "the topology must hold every node that another one names", "none");
    }
    this.#node(node, name);
    return name;
  }

  #node(node: GraphNode, output: string): void {
    switch (node.op) {
      case "_FusedConv2D":
      case "FusedDepthwiseConv2dNative":
      case "DepthwiseConv2dNative":
        return this.#convolution(node, output);
      case "AddV2":
        return this.#emit("Add", node.inputs.map((input) => this.tensor(input)), output);
      case "Sub":
      case "Mul":
        return this.#emit(node.op, node.inputs.map((input) => this.tensor(input)), output);
      case "ResizeBilinear":
        return this.#double(node, output);
      default:
        throw new InputError(node.name, "the trunk may hold convolutions, sums, products and resizes only", node.op);
    }
  }

  #convolution(node: GraphNode, output: string): void {
    const [from, kernel, bias] = node.inputs;
    const weight = this.#model.weights.get(kernel ?? "");
    if (from === undefined || weight === undefined) {
      throw new InputError(node.name, "a convolution must have an input and a constant kernel", node.inputs.join(", "));
    }
    const [rows, columns, depth] = weight.shape as [number, number, number, number];
    const depthwise = node.op !== "_FusedConv2D";
    const padding = node.texts["padding"]?.[0];
    const activation = node.texts["fused_ops"]?.find((name) => name !== "BiasAdd");
    const strides = node.ints["strides"]?.slice(1, 3) ?? [1, 1];
    if ((node.ints["dilations"] ?? []).some((step) => step !== 1)) {
      throw new InputError(node.name, "a convolution must not be dilated", String(node.ints["dilations"]));
    }
    const summed = activation === undefined ? output : `${output}/linear`;
    const inputs = [this.tensor(from), this.#kernel(weight, depthwise)];
    if (bias !== undefined) inputs.push(this.tensor(bias));
    this.#emit("Conv", inputs, summed, {
      auto_pad: padding === "SAME" && rows * columns > 1 ? "SAME_UPPER" : "VALID",
      group: depthwise ? depth : 1,
      kernel_shape: [rows, columns],
      strides,
    });
    if (activation === "Relu") this.#emit("Relu", [summed], output);
    else if (activation === "Relu6") {
      this.#emit("Clip", [summed, this.#scalar("zero", 0), this.#scalar("six", 6)], output);
    } else if (activation !== undefined) {
      throw new InputError(node.name, "activations must be Relu or Relu6", activation);
    }
  }

  #double(node: GraphNode, output: string): void {
    if (node.flags["half_pixel_centers"] !== true || node.flags["align_corners"] === true) {
      throw new InputError(node.name, "a resize must use half-pixel centres", JSON.stringify(node.flags));
    }
    const scales = this.#floats("double", [4], new Float32Array([1, 1, 2, 2]));
    this.#emit("Resize", [this.tensor(node.inputs[0] ?? ""), "", scales], output, {
      coordinate_transformation_mode: "half_pixel",
      mode: "linear",
    });
  }

  #emit(
    op: string,
    inputs: readonly string[],
    output: string,
    attributes: NonNullable<OnnxNode["attributes"]> = {},
  ): void {
    this.nodes.push({ op, inputs, output, attributes });
  }

  /** `[rows, columns, in, out]` to `[out, in, rows, columns]`; depthwise `[rows, columns, in, 1]` to `[in, 1, rows, columns]`. */
  #kernel(weight: GraphWeight, depthwise: boolean): string {
    const [rows, columns, inner, outer] = weight.shape as [number, number, number, number];
    if (depthwise && outer !== 1) {
      throw new InputError(weight.name, "a depthwise kernel must have multiplier 1", String(outer));
    }
    const name = this.#names.get(weight.name) ?? weight.name;
    if (this.#written.has(weight.name)) return name;
    this.#written.add(weight.name);
    // The multiplier is 1, so one move serves both layouts: rows and columns go last, the rest is swapped.
    const shape = depthwise ? [inner, 1, rows, columns] : [outer, inner, rows, columns];
    return this.#constant({ ...weight, shape, bytes: toChannelsFirst(weight) }, name);
  }

  #constant(weight: GraphWeight, name: string): string {
    const { shape: dims, dtype, bytes } = weight;
    if (dtype === "int32") throw new InputError(weight.name, "constants of the trunk must be floats", dtype);
    if (dtype === "float32") {
      this.initializers.push({ name, dims, element: "float32", bytes });
      return name;
    }
    this.initializers.push({ name: `${name}/half`, dims, element: "float16", bytes });
    this.#emit("Cast", [`${name}/half`], name, { to: 1 });
    return name;
  }

  #scalar(name: string, value: number): string {
    return this.#floats(name, [], new Float32Array([value]));
  }

  #floats(name: string, dims: readonly number[], values: Float32Array): string {
    if (!this.initializers.some((tensor) => tensor.name === name)) {
      this.initializers.push({ name, dims, element: "float32", bytes: new Uint8Array(values.buffer) });
    }
    return name;
  }
}

/** `[rows, columns, a, b]` to `[b, a, rows, columns]`, whatever the element is. */
function toChannelsFirst(weight: GraphWeight): Uint8Array {
  const [rows, columns, inner, outer] = weight.shape as [number, number, number, number];
  const size = weight.dtype === "float16" ? 2 : 4;
  const out = new Uint8Array(weight.bytes.length);
  let at = 0;
  for (let b = 0; b < outer; b++) {
    for (let a = 0; a < inner; a++) {
      for (let cell = 0; cell < rows * columns; cell++, at += size) {
        const source = ((cell * inner + a) * outer + b) * size;
        for (let byte = 0; byte < size; byte++) out[at + byte] = weight.bytes[source + byte]!;
      }
    }
  }
  return out;
}
