/**
 * Graph model in, model pack out: the ONNX files and their manifest.
 *
 * @module
 */
import { sha256 } from "../../../runtime/pack.ts";
import { parseGraphModel } from "./graph_model.ts";
import { type OnnxGraph, type OnnxValue, writeOnnx } from "./onnx.ts";
import { type PackSource, SOURCE_PACKAGE } from "./sources.ts";
import { convertTrunk } from "./trunk.ts";

/** Version of what the conversion makes. Raise it when the same source gives other files, so that old packs are made anew. */
export const CONVERSION_VERSION = "1.2.0";

/** A file of a pack. */
export interface PackFile {
  /** Name inside the pack's folder. */
  readonly name: string;
  /** Its content. */
  readonly bytes: Uint8Array;
}

/**
 * Converts one graph model into the files of a pack.
 *
 * Weights are stored as float16, as in the source, and cast to float32 when the graph is loaded: inputs, outputs and all
 * arithmetic are float32, so the variant is called `fp32`. There is no `q8`: static int8 convolutions (QDQ, per channel,
 * calibrated on 11 pictures) took 1.7 times the processor time of float32 on WASM, and moved joints by up to 1.8 % of the
 * crop; the older operator format took 1.3 times, and moved them by 8.8 %.
 *
 * @param source What to make of it.
 * @param topology Text of the `.json` file, trusted.
 * @param weights Bytes of the `.bin` file.
 * @returns The ONNX files, then `manifest.json`. The same input gives the same bytes.
 * @throws {InputError} If the graph holds what the conversion does not understand.
 */
export async function makePack(source: PackSource, topology: string, weights: Uint8Array): Promise<PackFile[]> {
  const model = parseGraphModel(topology, weights);
  const files: PackFile[] = [];
  const graphs: Record<string, unknown> = {};
  for (const [name, cut] of Object.entries(source.graphs)) {
    const graph = convertTrunk(model, cut);
    const bytes = writeOnnx(graph, `diffpose movenet ${CONVERSION_VERSION}`);
    const file = `${name}_fp32.onnx`;
    files.push({ name: file, bytes });
    graphs[name] = { fp32: { file, bytes: bytes.length, sha256: await sha256(bytes) }, ...describe(graph) };
  }
  const manifest = JSON.stringify(manifestOf(source, graphs), null, 2) + "\n";
  files.push({ name: "manifest.json", bytes: new TextEncoder().encode(manifest) });
  return files;
}

function describe(graph: OnnxGraph): Record<"inputs" | "outputs", unknown> {
  const list = (values: readonly OnnxValue[]) => values.map(({ name, shape }) => ({ name, dtype: "float32", shape }));
  return { inputs: list(graph.inputs), outputs: list(graph.outputs) };
}

function manifestOf(source: PackSource, graphs: Record<string, unknown>): Record<string, unknown> {
  return {
    format: "diffpose-pack/1",
    name: source.name,
    version: CONVERSION_VERSION,
    system: "movenet",
    describe: source.describe,
    license: "Apache-2.0",
    skeleton: "coco17",
    joints: 17,
    input: { values: [0, 255], channels: "rgb", stride: 4, multiple: 32 },
    storage: { fp32: "float16 weights, cast to float32 when the graph is loaded; all arithmetic is float32" },
    graphs,
    accuracy: source.accuracy,
    source: {
      package: SOURCE_PACKAGE,
      packageLicense: "MIT",
      origin: source.origin,
      topology: source.topology,
      weights: source.weights,
      command: "deno task setup",
    },
  };
}
