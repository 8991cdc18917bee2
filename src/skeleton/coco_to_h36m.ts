/**
 * COCO-17 points to Human3.6M-17 points in the image, whole windows at once: the lifter's input.
 *
 * @module
 */

import { ShapeError } from "../core/errors.ts";
import type { PointArrays } from "./blend.ts";
import { conversionSteps, type CopiedJoint, type DerivedJoint } from "./conversion.ts";
import { coco17 } from "./layouts/coco.ts";
import { h36m17 } from "./layouts/h36m.ts";
import type { Skeleton } from "./skeleton.ts";

/** Options of {@link Conversion.apply}. */
export interface ConversionOptions {
  /** Where to write, `[frames, joints of the target, 3]`; another array than the input. Default: a new array. */
  readonly out?: Float32Array;
}

/** A way from one layout to another in the image, for frames in one array. */
export interface Conversion {
  /** `"coco17->h36m17"`. */
  readonly name: string;
  /** Layout of the input. */
  readonly from: Skeleton;
  /** Layout of the output. */
  readonly to: Skeleton;
  /** Joints taken over. */
  readonly copied: readonly CopiedJoint[];
  /** Joints computed. */
  readonly derived: readonly DerivedJoint[];
  /**
   * Converts points of one frame or of many.
   *
   * @param points `[frames, joints of the source, 3]`: x, y (px), score (0..1).
   * @param options An optional `out`.
   * @returns `[frames, joints of the target, 3]`: x, y (px), score (0..1).
   * @throws {ShapeError} If `points` is not whole frames, or `out` has another size.
   */
  apply(points: Float32Array, options?: ConversionOptions): Float32Array;
}

const JOINTS = 17;
const CHANNELS = 3;
const STRIDE = JOINTS * CHANNELS;

const { copied, derived, fill } = conversionSteps(coco17, h36m17);

const arrays = (): PointArrays => (
  { values: new Float64Array(JOINTS * 2), scores: new Float64Array(JOINTS), sigma: null }
);

function apply(points: Float32Array, options: ConversionOptions = {}): Float32Array {
  const frames = points.length / STRIDE;
  if (!Number.isInteger(frames)) {
    throw new ShapeError("convert coco17 to h36m17", [Math.ceil(frames), JOINTS, CHANNELS], points.length);
  }
  const { out = new Float32Array(points.length) } = options;
  if (out.length !== points.length) {
    throw new ShapeError("convert coco17 to h36m17", [frames, JOINTS, CHANNELS], out.length);
  }
  const input = arrays();
  const output = arrays();
  for (let start = 0; start < points.length; start += STRIDE) {
    for (let joint = 0, at = start; joint < JOINTS; joint++, at += CHANNELS) {
      input.values[joint * 2] = points[at]!;
      input.values[joint * 2 + 1] = points[at + 1]!;
      input.scores[joint] = points[at + 2]!;
    }
    output.values.fill(0);
    output.scores.fill(0);
    fill(input, output, 2);
    for (let joint = 0, at = start; joint < JOINTS; joint++, at += CHANNELS) {
      out[at] = output.values[joint * 2]!;
      out[at + 1] = output.values[joint * 2 + 1]!;
      out[at + 2] = output.scores[joint]!;
    }
  }
  return out;
}

/**
 * COCO-17 to Human3.6M-17 in the image plane: what `conversion()` does, for the 2D input of the lifter, which was trained on it.
 * Limb joints are copied. Pelvis and thorax are the middles of hips and shoulders, spine the middle of these two, neck (base
 * of the skull) a fixed share of the way from thorax to the ears, head a weighted mean of ears, eyes and nose.
 *
 * A point with score 0, a NaN score or a coordinate that is not finite is missing. Ears and face fall back to those of
 * their points that remain; a middle needs both of its ends, as its score is the smaller of theirs. A joint without what
 * it needs is `(0, 0, 0)`. Scores of derived joints carry a factor of 0.9.
 */
export const cocoToH36m: Conversion = Object.freeze({
  name: "coco17->h36m17",
  from: coco17,
  to: h36m17,
  copied,
  derived,
  apply,
});
