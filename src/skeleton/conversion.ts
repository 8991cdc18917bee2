/**
 * Named conversions between layouts. Each lists which joints it copies and which it derives, so that no derived number
 * passes as a detected one.
 *
 * @module
 */

import type { Skeleton } from "./skeleton.ts";

/** A joint that is taken over as it is. */
export interface CopiedJoint {
  /** Joint of the target layout. */
  readonly to: number;
  /** Joint of the source layout. */
  readonly from: number;
}

/** A joint that is computed. */
export interface DerivedJoint {
  /** Joint of the target layout. */
  readonly to: number;
  /** Joints of the source layout that it depends on. */
  readonly from: readonly number[];
}

/** Options of {@link Conversion.apply}. */
export interface ConversionOptions {
  /** Where to write, `[frames, joints of the target, 3]`; another array than the input. Default: a new array. */
  readonly out?: Float32Array;
}

/** A way from one layout to another. */
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
