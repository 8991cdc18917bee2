/**
 * The raw heads of the MoveNet graphs, before any decoding.
 *
 * All of them lie on one grid of cells, `stride` pixels apart. A point is given in cells: (0, 0) is the top left corner of
 * the picture, the centre of the first cell is at (0.5, 0.5), and pixels are cells times the stride.
 *
 * @module
 */
import { checkShape, InputError } from "../../core/errors.ts";
import type { Tensor } from "../../runtime/session.ts";

/** Joints of the model: COCO-17. */
export const JOINTS = 17;

/** Pixels of the graph's input for one cell of its output. */
export const STRIDE = 4;

/** Heads of one picture, each `[channels, rows, columns]`. */
export interface Heads {
  /** Rows of the grid. */
  readonly rows: number;
  /** Columns of the grid. */
  readonly columns: number;
  /** Logit of "a person's centre lies in this cell", `[rows, columns]`. */
  readonly center: Float32Array;
  /** Logits of each joint, `[17, rows, columns]`. */
  readonly keypointHeatmap: Float32Array;
  /** From a centre's cell to each joint, y before x, in cells: `[17, 2, rows, columns]`. */
  readonly keypointRegression: Float32Array;
  /** From a joint's cell to the joint, y before x, in cells: `[17, 2, rows, columns]`. */
  readonly keypointOffset: Float32Array;
  /** From a centre's cell to the centre of the box, y before x, in cells: `[2, rows, columns]`. Multipose only. */
  readonly boxOffset?: Float32Array;
  /** Height and width of the box, in cells: `[2, rows, columns]`. Multipose only. */
  readonly boxScale?: Float32Array;
}

/**
 * Takes the heads of one picture out of a graph's outputs.
 *
 * @param outputs What the session returned, each `[batch, channels, rows, columns]`.
 * @param item Which picture of the batch.
 * @returns Views into the outputs.
 * @throws {InputError} If a head is missing.
 * @throws {ShapeError} If a head does not fit the grid of the others.
 */
export function readHeads(outputs: Readonly<Record<string, Tensor>>, item = 0): Heads {
  const [, , rows = 0, columns = 0] = outputs["center"]?.dims ?? [];
  const head = (name: string, channels: number): Float32Array => {
    const tensor = outputs[name];
    if (tensor === undefined) {
      throw new InputError(name, "the graph must have this output", Object.keys(outputs).join(", "));
    }
    checkShape(`read the head ${name}`, [tensor.dims[0] ?? 0, channels, rows, columns], tensor.data.length);
    return tensor.data.subarray(item * channels * rows * columns, (item + 1) * channels * rows * columns);
  };
  const heads: Heads = {
    rows,
    columns,
    center: head("center", 1),
    keypointHeatmap: head("keypoint_heatmap", JOINTS),
    keypointRegression: head("keypoint_regression", 2 * JOINTS),
    keypointOffset: head("keypoint_offset", 2 * JOINTS),
  };
  if (outputs["box_offset"] === undefined) return heads;
  return { ...heads, boxOffset: head("box_offset", 2), boxScale: head("box_scale", 2) };
}

/** The logistic function. */
export function sigmoid(logit: number): number {
  return 1 / (1 + Math.exp(-logit));
}
