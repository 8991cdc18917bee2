/**
 * Reads a TensorFlow.js graph model: a JSON topology and one file of weights.
 *
 * @module
 */
import { InputError } from "../../../core/errors.ts";

/** A weight of the graph, as it lies in the file. */
export interface GraphWeight {
  /** Its name in the topology. */
  readonly name: string;
  /** The sizes, outermost first; empty for a scalar. */
  readonly shape: readonly number[];
  /** How the values are stored. */
  readonly dtype: "float16" | "float32" | "int32";
  /** The values, little-endian, row-major. */
  readonly bytes: Uint8Array;
}

/** One operation of the graph. */
export interface GraphNode {
  /** Its name; other nodes refer to it. */
  readonly name: string;
  /** The operation, as TensorFlow calls it. */
  readonly op: string;
  /** Names of nodes or weights, in order. */
  readonly inputs: readonly string[];
  /** Attributes that are lists of whole numbers. */
  readonly ints: Readonly<Record<string, readonly number[]>>;
  /** Attributes that are text or lists of text, decoded. */
  readonly texts: Readonly<Record<string, readonly string[]>>;
  /** Attributes that are true or false. */
  readonly flags: Readonly<Record<string, boolean>>;
}

/** A parsed graph. */
export interface GraphModel {
  /** Operations by name, constants left out. */
  readonly nodes: ReadonlyMap<string, GraphNode>;
  /** Constants by name. */
  readonly weights: ReadonlyMap<string, GraphWeight>;
}

interface JsonAttribute {
  readonly b?: boolean;
  readonly i?: string;
  readonly s?: string;
  readonly list?: { readonly i?: readonly string[]; readonly s?: readonly string[] };
}

interface JsonModel {
  readonly modelTopology: {
    readonly node: readonly {
      readonly name: string;
      readonly op: string;
      readonly input?: readonly string[];
      readonly attr?: Readonly<Record<string, JsonAttribute>>;
    }[];
  };
  readonly weightsManifest: readonly {
    readonly weights: readonly {
      readonly name: string;
      readonly shape: readonly number[];
      readonly dtype: string;
      readonly quantization?: { readonly dtype: string };
    }[];
  }[];
}

const BYTES = { float16: 2, float32: 4, int32: 4 } as const;

/**
 * Joins the two files of a graph model.
 *
 * @param json Text of `NAME.json`. It must be one that is trusted (its hash was checked): its fields are not validated.
 * @param data Bytes of `NAME.bin`.
 * @returns The operations and weights by name. The weights' bytes are views into `data`.
 * @throws {InputError} If the weights do not fill the file, or are stored in an unknown type.
 */
export function parseGraphModel(json: string, data: Uint8Array): GraphModel {
  const model = JSON.parse(json) as JsonModel;
  const weights = new Map<string, GraphWeight>();
  let offset = 0;
  for (const { name, shape, dtype, quantization } of model.weightsManifest.flatMap((group) => group.weights)) {
    const stored = quantization?.dtype ?? dtype;
    if (stored !== "float16" && stored !== "float32" && stored !== "int32") {
      throw new InputError(name, "a weight must be stored as float16, float32 or int32", stored);
    }
    const end = offset + shape.reduce((product, size) => product * size, 1) * BYTES[stored];
    weights.set(name, { name, shape, dtype: stored, bytes: data.subarray(offset, end) });
    offset = end;
  }
  if (offset !== data.length) {
    throw new InputError("weights", `the file must hold ${offset} bytes as the topology says`, String(data.length));
  }
  const nodes = new Map<string, GraphNode>();
  for (const { name, op, input = [], attr = {} } of model.modelTopology.node) {
    if (op !== "Const") nodes.set(name, { name, op, inputs: input, ...splitAttributes(attr) });
  }
  return { nodes, weights };
}

function splitAttributes(
  attributes: Readonly<Record<string, JsonAttribute>>,
): Pick<GraphNode, "ints" | "texts" | "flags"> {
  const ints: Record<string, number[]> = {};
  const texts: Record<string, string[]> = {};
  const flags: Record<string, boolean> = {};
  for (const [name, { b, i, s, list }] of Object.entries(attributes)) {
    if (b !== undefined) flags[name] = b;
    if (i !== undefined) ints[name] = [Number(i)];
    if (s !== undefined) texts[name] = [atob(s)];
    if (list?.i !== undefined) ints[name] = list.i.map(Number);
    if (list?.s !== undefined) texts[name] = list.s.map(atob);
  }
  return { ints, texts, flags };
}
