/**
 * A pack of system `diffusionpose` that needs no training, made in memory: coarse heatmaps are MoveNet's probabilities, the
 * decoder mixes them with what was drawn, more so within the masks. It runs on every device. @module
 */
import { coco17 } from "../../../src/skeleton/mod.ts";
import type { OnnxGraph, OnnxValue } from "../../../src/systems/movenet/convert/onnx.ts";
import { floats, tinyPack, writePack } from "../heatmap_poses/_tiny_pack.ts";

const maps = (axis: string): OnnxValue[] => [
  { name: "coarse", shape: [axis, 17, 64, 64] },
  { name: "features", shape: [axis, 24, 64, 64] },
  { name: "context_0", shape: [axis, 24, 64, 64] },
  { name: "context_1", shape: [axis, 24, 32, 32] },
  { name: "context_2", shape: [axis, 32, 16, 16] },
  { name: "context_3", shape: [axis, 64, 8, 8] },
];

const ENCODE: OnnxGraph = {
  name: "encode",
  initializers: [],
  nodes: [
    { op: "Sigmoid", inputs: ["heatmaps"], output: "coarse" },
    { op: "Relu", inputs: ["features_4"], output: "features" },
    { op: "Sigmoid", inputs: ["features_4"], output: "context_0" },
    { op: "Relu", inputs: ["features_8"], output: "context_1" },
    { op: "Relu", inputs: ["features_16"], output: "context_2" },
    { op: "Relu", inputs: ["features_32"], output: "context_3" },
  ],
  inputs: [
    { name: "heatmaps", shape: ["people", 17, 64, 64] },
    { name: "features_4", shape: ["people", 24, 64, 64] },
    { name: "features_8", shape: ["people", 24, 32, 32] },
    { name: "features_16", shape: ["people", 32, 16, 16] },
    { name: "features_32", shape: ["people", 64, 8, 8] },
  ],
  outputs: maps("people"),
};

/** Shares of the coarse and the drawn heatmaps in the answer; the latter counts once more for each half of a mask. */
export const SHARES = { coarse: 0.5, drawn: 0.2 };

const DENOISE: OnnxGraph = {
  name: "denoise",
  initializers: [floats("coarse_share", [], [SHARES.coarse]), floats("drawn_share", [], [SHARES.drawn])],
  nodes: [
    { op: "ReduceMean", inputs: ["masks"], output: "guide", attributes: { axes: [1], keepdims: 1 } },
    { op: "Mul", inputs: ["noisy", "guide"], output: "guided" },
    { op: "Add", inputs: ["noisy", "guided"], output: "both" },
    { op: "Mul", inputs: ["both", "drawn_share"], output: "drawn" },
    { op: "Mul", inputs: ["coarse", "coarse_share"], output: "start" },
    { op: "Add", inputs: ["drawn", "start"], output: "clean" },
  ],
  inputs: [
    { name: "noisy", shape: ["states", 17, 64, 64] },
    { name: "masks", shape: ["states", 2, 64, 64] },
    { name: "step", shape: ["states"] },
    ...maps("maps"),
  ],
  outputs: [{ name: "clean", shape: ["states", 17, 64, 64] }],
};

/** The fields of the manifest that the system reads, as the exporter writes them. */
export const FIELDS = {
  skeleton: "coco17",
  input: {
    backbone: { pack: "movenet-thunder", graph: "person", heatmaps: "logits of keypoint_heatmap" },
    side: [256, 256],
    padding: 1.25,
    square: true,
  },
  heatmap: { height: 64, width: 64, stride: 4, sigma: 2, peak: 1 },
  structure: { keypointReach: 4, limbReach: 2, soft: false, limbs: coco17.edges, least: 0.05 },
  diffusion: {
    steps: 1000,
    schedule: "cosine",
    offset: 0.008,
    maxBeta: 0.999,
    prediction: "x0",
    scale: 2,
    eta: 0,
    defaultSampler: "feedback",
    defaultSteps: 2,
    start: 300,
    defaultHypotheses: 1,
  },
};

/** The same for a pack that centres heatmaps and feeds answers as they are. */
export const CENTRED_FIELDS = {
  ...FIELDS,
  input: { ...FIELDS.input, centre: 6 },
  diffusion: { ...FIELDS.diffusion, fed: "answered" },
};

/** The files of the pack. */
export function tinyStillPack(fields: typeof FIELDS = FIELDS): Promise<Record<string, Uint8Array>> {
  return tinyPack("tiny-still", [ENCODE, DENOISE], { system: "diffusionpose", ...fields });
}

/** Writes the pack into a new folder below `root`; returns its path. */
export async function writeTinyStillPack(root: string): Promise<string> {
  return await writePack(root, "tiny-still", await tinyStillPack());
}
