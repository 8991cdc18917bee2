/**
 * Tracks as the arrays that metrics take: shared joints, shared frames, millimetres, aligned at the root.
 *
 * @module
 */
import { InputError } from "../core/errors.ts";
import type { PoseRows } from "../formats/truth/pose_set.ts";
import { meanPose, rootRelative, spread } from "../metrics/mod.ts";
import type { RowPairs, SharedJoint } from "./pose_pairs.ts";

/** What is subtracted before positions are compared. */
export type RootRule = "root" | "none";

/** Poses beside their truth. */
export interface ComparedRows {
  /** How many frames. */
  readonly frames: number;
  /** How many joints. */
  readonly joints: number;
  /** How many hypotheses. */
  readonly hypotheses: number;
  /** `[frames, joints, 3]`, mm: the prediction, or the mean of its hypotheses. */
  readonly pred: Float64Array;
  /** `[hypotheses, frames, joints, 3]`, mm; the same array as `pred` where there is one. */
  readonly all: Float64Array;
  /** `[frames, joints, 3]`, mm. */
  readonly truth: Float64Array;
  /** `[frames, joints]`, mm: stated, or the spread of the hypotheses; null without either. */
  readonly sigma: Float64Array | null;
  /** Where `sigma` is from. */
  readonly sigmaFrom: "file" | "spread of the hypotheses" | null;
}

/** Metres to millimetres. */
const MM = 1000;

/**
 * The joints whose mean is subtracted: the pelvis, or both hips where a layout has no pelvis.
 *
 * @returns Indices into `joints`; empty for `"none"`.
 * @throws {InputError} If the layouts share neither.
 */
export function rootJoints(joints: readonly SharedJoint[], rule: RootRule, name: string): readonly number[] {
  if (rule === "none") return [];
  const indexOf = (wanted: string): number => joints.findIndex((joint) => joint.name === wanted);
  const pelvis = indexOf("pelvis");
  if (pelvis >= 0) return [pelvis];
  const hips = [indexOf("left_hip"), indexOf("right_hip")];
  if (!hips.includes(-1)) return hips;
  throw new InputError(
    name,
    "must share pelvis or hips with the ground truth to be aligned there; else --align none",
    "neither",
  );
}

/** Chosen rows and joints of points, mm. */
function pick(
  values: Float64Array,
  offset: number,
  width: number,
  rows: Int32Array,
  joints: readonly number[],
  axes: number,
): Float64Array {
  const out = new Float64Array(rows.length * joints.length * axes);
  let to = 0;
  for (const row of rows) {
    for (const joint of joints) {
      for (let c = 0; c < axes; c++) out[to++] = MM * values[offset + (row * width + joint) * axes + c]!;
    }
  }
  return out;
}

/**
 * Brings a pair of tracks into shape.
 *
 * @param truth Ground truth.
 * @param pred Predictions.
 * @param rows Which rows are compared.
 * @param joints Which joints are compared.
 * @param widths Joints of a row in each.
 * @param roots From {@link rootJoints}.
 */
export function compareRows(
  truth: PoseRows,
  pred: PoseRows,
  rows: RowPairs,
  joints: readonly SharedJoint[],
  widths: { readonly truth: number; readonly pred: number },
  roots: readonly number[],
): ComparedRows {
  const count = joints.length;
  const align = (points: Float64Array): Float64Array =>
    roots.length === 0 ? points : rootRelative(points, count, roots);
  const predJoints = joints.map((joint) => joint.pred);
  const size = pred.frames * widths.pred * 3;
  const each = Array.from(
    { length: pred.hypotheses },
    (_, h) => align(pick(pred.values, h * size, widths.pred, rows.pred, predJoints, 3)),
  );
  const aligned = align(pick(truth.values, 0, widths.truth, rows.truth, joints.map((joint) => joint.truth), 3));
  const stated = pred.sigma === null ? null : pick(pred.sigma, 0, widths.pred, rows.pred, predJoints, 1);
  const shape = { frames: rows.truth.length, joints: count, hypotheses: pred.hypotheses, truth: aligned };
  const own = { sigma: stated, sigmaFrom: stated === null ? null : "file" as const };
  if (each.length === 1) return { ...shape, pred: each[0]!, all: each[0]!, ...own };
  const all = new Float64Array(each.length * aligned.length);
  each.forEach((one, h) => all.set(one, h * aligned.length));
  const set = { joints: count, hypotheses: each.length, pred: all, truth: aligned };
  const sigma = stated === null ? { sigma: spread(set), sigmaFrom: "spread of the hypotheses" as const } : own;
  return { ...shape, pred: meanPose(set), all, ...sigma };
}
