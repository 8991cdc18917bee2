/**
 * A pack of system `diffpose_video` that needs no training, made in memory: the encoder smooths the backbone's logits over
 * time, the decoder adds a little of the noise that it is given. It runs on every device. @module
 */
import type { OnnxGraph, OnnxValue } from "../../../src/systems/movenet/convert/onnx.ts";
import { floats, tinyPack, writePack } from "../heatmap_poses/_tiny_pack.ts";

/** Weights of the five frames; they sum to 1. */
export const SMOOTHING: readonly number[] = [0.1, 0.2, 0.4, 0.2, 0.1];
/** Share of the noise in the answer. */
export const NOISE_SHARE = 0.03;

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

/** The same for a pack that centres heatmaps. */
export const CENTRED_FIELDS = { ...FIELDS, input: { ...FIELDS.input, centre: 6 } };

/** The files of the pack. */
export function tinyVideoPack(fields: typeof FIELDS = FIELDS): Promise<Record<string, Uint8Array>> {
  return tinyPack("tiny-video", [ENCODE, DENOISE], { system: "diffpose_video", skeleton: "coco17", ...fields });
}

/** Writes the pack into a new folder below `root`; returns its path. */
export async function writeTinyVideoPack(root: string, fields: typeof FIELDS = FIELDS): Promise<string> {
  return await writePack(root, "tiny-video", await tinyVideoPack(fields));
}
