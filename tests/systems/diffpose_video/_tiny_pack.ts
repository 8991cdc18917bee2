/**
 * A pack of system `diffpose_video` that needs no training, made in memory: the encoder smooths the backbone's logits over
 * time, the decoder adds a little of the noise that it is given. It runs on every device. @module
 */
import { sha256 } from "../../../src/runtime/pack.ts";
import {
  type OnnxGraph,
  type OnnxTensor,
  type OnnxValue,
  writeOnnx,
} from "../../../src/systems/movenet/convert/onnx.ts";

/** Weights of the five frames; they sum to 1. */
export const SMOOTHING: readonly number[] = [0.1, 0.2, 0.4, 0.2, 0.1];
/** Share of the noise in the answer. */
export const NOISE_SHARE = 0.03;

function floats(name: string, dims: readonly number[], values: readonly number[]): OnnxTensor {
  return { name, dims, element: "float32", bytes: new Uint8Array(Float32Array.from(values).buffer) };
}

const FEATURES: readonly OnnxValue[] = [
  { name: "heatmaps", shape: ["windows", 5, 17, 64, 64] },
  { name: "features_4", shape: ["windows", 24, 64, 64] },
  { name: "features_8", shape: ["windows", 5, 24, 32, 32] },
  { name: "features_16", shape: ["windows", 5, 32, 16, 16] },
  { name: "features_32", shape: ["windows", 5, 64, 8, 8] },
];

const maps = (axis: string): OnnxValue[] => [
  { name: "base", shape: [axis, 17, 64, 64] },
  { name: "maps_16", shape: [axis, 32, 16, 16] },
  { name: "maps_32", shape: [axis, 24, 32, 32] },
  { name: "maps_64", shape: [axis, 24, 64, 64] },
];

const ENCODE: OnnxGraph = {
  name: "encode",
  initializers: [floats("weights", [1, 5, 1, 1, 1], SMOOTHING.map((weight) => 5 * weight))],
  nodes: [
    { op: "Mul", inputs: ["heatmaps", "weights"], output: "weighted" },
    { op: "ReduceMean", inputs: ["weighted"], output: "logits", attributes: { axes: [1], keepdims: 0 } },
    { op: "Sigmoid", inputs: ["logits"], output: "base" },
    { op: "ReduceMean", inputs: ["features_16"], output: "maps_16", attributes: { axes: [1], keepdims: 0 } },
    { op: "ReduceMean", inputs: ["features_8"], output: "maps_32", attributes: { axes: [1], keepdims: 0 } },
    { op: "Relu", inputs: ["features_4"], output: "maps_64" },
  ],
  inputs: FEATURES,
  outputs: maps("windows"),
};

const DENOISE: OnnxGraph = {
  name: "denoise",
  initializers: [floats("share", [], [NOISE_SHARE])],
  nodes: [
    { op: "Mul", inputs: ["noisy", "share"], output: "part" },
    { op: "Add", inputs: ["base", "part"], output: "clean" },
  ],
  inputs: [{ name: "noisy", shape: ["sets", 17, 64, 64] }, { name: "step", shape: ["sets"] }, ...maps("maps")],
  outputs: [{ name: "clean", shape: ["sets", 17, 64, 64] }],
};

/** The fields of the manifest that the system reads, as the exporter writes them. */
export const FIELDS = {
  input: { frames: 5, key: 2, side: 256, padding: 1.25, square: true },
  heatmap: { cells: 64, stride: 4, sigma: 2, peak: 1 },
  diffusion: {
    steps: 1000,
    schedule: "cosine",
    offset: 0.008,
    maxBeta: 0.999,
    prediction: "x0",
    scale: 1,
    eta: 0,
    defaultSteps: 2,
    defaultSets: 3,
  },
};

/** The files of the pack. */
export async function tinyVideoPack(): Promise<Record<string, Uint8Array>> {
  const files: Record<string, Uint8Array> = {};
  const graphs: Record<string, unknown> = {};
  for (const graph of [ENCODE, DENOISE]) {
    const bytes = writeOnnx(graph, "test");
    const file = `${graph.name}_fp32.onnx`;
    files[file] = bytes;
    const { inputs, outputs } = graph;
    graphs[graph.name] = { fp32: { file, bytes: bytes.length, sha256: await sha256(bytes) }, inputs, outputs };
  }
  const manifest = {
    format: "diffpose-pack/1",
    name: "tiny-video",
    version: "1.0.0",
    system: "diffpose_video",
    license: "MIT",
    skeleton: "coco17",
    ...FIELDS,
    graphs,
  };
  return { ...files, "manifest.json": new TextEncoder().encode(JSON.stringify(manifest)) };
}

/** Writes the pack into a new folder below `root`; returns its path. */
export async function writeTinyVideoPack(root: string): Promise<string> {
  const folder = `${root}/tiny-video`;
  await Deno.mkdir(folder);
  for (const [name, bytes] of Object.entries(await tinyVideoPack())) await Deno.writeFile(`${folder}/${name}`, bytes);
  return folder;
}
