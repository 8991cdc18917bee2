/**
 * Writes an ONNX file. Only the messages and fields that a convolutional graph needs, with their numbers in onnx.proto3.
 *
 * @module
 */
import { PbfWriter } from "pbf";

/** Element types, with their numbers in `TensorProto.DataType`. */
export const ELEMENT = { float32: 1, float16: 10 } as const;

/** Name of an element type. */
export type OnnxElement = keyof typeof ELEMENT;

/** A constant of the graph. */
export interface OnnxTensor {
  /** Name by which nodes refer to it. */
  readonly name: string;
  /** The sizes, outermost first; empty for a scalar. */
  readonly dims: readonly number[];
  /** Type of the values. */
  readonly element: OnnxElement;
  /** The values, little-endian, row-major. */
  readonly bytes: Uint8Array;
}

/** An attribute's value: whole numbers, a whole number, or text. */
export type OnnxAttribute = readonly number[] | number | string;

/** One operation. */
export interface OnnxNode {
  /** The operator, of the default domain. */
  readonly op: string;
  /** Names of the inputs; an empty name leaves an optional input out. */
  readonly inputs: readonly string[];
  /** Name of the one output. */
  readonly output: string;
  /** Attributes by name. */
  readonly attributes?: Readonly<Record<string, OnnxAttribute>>;
}

/** An input or output of the graph, float32. */
export interface OnnxValue {
  /** Its name. */
  readonly name: string;
  /** The sizes, outermost first; a name stands for a size that is known at run time only. */
  readonly shape: readonly (number | string)[];
}

/** A graph; the nodes in an order in which they can run. */
export interface OnnxGraph {
  /** Name of the graph. */
  readonly name: string;
  /** The operations. */
  readonly nodes: readonly OnnxNode[];
  /** The constants. */
  readonly initializers: readonly OnnxTensor[];
  /** What must be fed. */
  readonly inputs: readonly OnnxValue[];
  /** What comes out. */
  readonly outputs: readonly OnnxValue[];
}

/** `AttributeProto.AttributeType`. */
const ATTRIBUTE = { int: 2, string: 3, ints: 7 } as const;

/** IR version 8 belongs to the releases that introduced opset 17. */
const IR_VERSION = 8;
const OPSET = 17;

/**
 * Writes a graph as an ONNX model, opset 17.
 *
 * @param graph The graph.
 * @param producer Name of the program that made it.
 * @returns The bytes of the file. The same graph gives the same bytes.
 */
export function writeOnnx(graph: OnnxGraph, producer: string): Uint8Array {
  const pbf = new PbfWriter();
  pbf.writeVarintField(1, IR_VERSION);
  pbf.writeStringField(2, producer);
  pbf.writeMessage(7, writeGraph, graph);
  pbf.writeMessage(8, (version, out) => out.writeVarintField(2, version), OPSET);
  return pbf.finish();
}

function writeGraph(graph: OnnxGraph, pbf: PbfWriter): void {
  for (const node of graph.nodes) pbf.writeMessage(1, writeNode, node);
  pbf.writeStringField(2, graph.name);
  for (const tensor of graph.initializers) pbf.writeMessage(5, writeTensor, tensor);
  for (const value of graph.inputs) pbf.writeMessage(11, writeValue, value);
  for (const value of graph.outputs) pbf.writeMessage(12, writeValue, value);
}

function writeNode(node: OnnxNode, pbf: PbfWriter): void {
  for (const input of node.inputs) pbf.writeStringField(1, input);
  pbf.writeStringField(2, node.output);
  pbf.writeStringField(3, node.output);
  pbf.writeStringField(4, node.op);
  for (const entry of Object.entries(node.attributes ?? {})) pbf.writeMessage(5, writeAttribute, entry);
}

function writeAttribute([name, value]: readonly [string, OnnxAttribute], pbf: PbfWriter): void {
  pbf.writeStringField(1, name);
  if (typeof value === "number") {
    pbf.writeVarintField(3, value);
    pbf.writeVarintField(20, ATTRIBUTE.int);
  } else if (typeof value === "string") {
    pbf.writeBytesField(4, new TextEncoder().encode(value));
    pbf.writeVarintField(20, ATTRIBUTE.string);
  } else {
    pbf.writePackedVarint(8, [...value]);
    pbf.writeVarintField(20, ATTRIBUTE.ints);
  }
}

function writeTensor(tensor: OnnxTensor, pbf: PbfWriter): void {
  pbf.writePackedVarint(1, [...tensor.dims]);
  pbf.writeVarintField(2, ELEMENT[tensor.element]);
  pbf.writeStringField(8, tensor.name);
  pbf.writeBytesField(9, tensor.bytes);
}

function writeValue(value: OnnxValue, pbf: PbfWriter): void {
  pbf.writeStringField(1, value.name);
  // TypeProto.tensor_type -> elem_type, shape -> dim -> dim_value or dim_param.
  pbf.writeMessage(2, (shape, type) =>
    type.writeMessage(1, (sizes, tensor) => {
      tensor.writeVarintField(1, ELEMENT.float32);
      tensor.writeMessage(2, (all, list) => {
        for (const size of all) list.writeMessage(1, writeSize, size);
      }, sizes);
    }, shape), value.shape);
}

function writeSize(size: number | string, pbf: PbfWriter): void {
  if (typeof size === "number") pbf.writeVarintField(1, size);
  else pbf.writeStringField(2, size);
}
