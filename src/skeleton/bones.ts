/**
 * Operations on poses that only a layout explains: mirror images and bone lengths.
 *
 * @module
 */

import { checkShape } from "../core/errors.ts";
import type { Skeleton } from "./skeleton.ts";

/** Options of {@link mirrorPose}. */
export interface MirrorOptions {
  /** Values a joint; the first one is x. */
  readonly channels: number;
  /**
   * x of the mirror line: half the picture's width for pixels, 0 for root-relative points.
   * @default {0}
   */
  readonly axis?: number;
  /** Where to write, another array than the input. Default: a new array. */
  readonly out?: Float32Array;
}

/**
 * Pose in a mirror: x is reflected, left and right joints change places.
 *
 * @param pose `[joints, channels]`.
 * @param skeleton The layout of `pose`.
 * @param options Values a joint, the mirror line, an optional `out`.
 * @returns The mirrored pose, `[joints, channels]`.
 * @throws {ShapeError} If `pose` or `out` has another size.
 */
export function mirrorPose(pose: Float32Array, skeleton: Skeleton, options: MirrorOptions): Float32Array {
  const { channels, axis = 0, out = new Float32Array(pose.length) } = options;
  checkShape("mirror a pose", [skeleton.joints.length, channels], pose.length);
  checkShape("mirror a pose", [skeleton.joints.length, channels], out.length);
  skeleton.mirror.forEach((other, joint) => {
    for (let c = 0; c < channels; c++) out[joint * channels + c] = pose[other * channels + c]!;
    out[joint * channels] = 2 * axis - pose[other * channels]!;
  });
  return out;
}

/**
 * Length of the bone between each joint and its parent; 0 for a root.
 *
 * @param pose `[joints, 3]`, any unit.
 * @param skeleton The layout of `pose`.
 * @returns `[joints]`, in the unit of `pose`.
 * @throws {ShapeError} If `pose` has another size.
 */
export function boneLengths(pose: Float32Array, skeleton: Skeleton): Float32Array {
  checkShape("measure bones", [skeleton.joints.length, 3], pose.length);
  return Float32Array.from(skeleton.parents, (parent, joint) => {
    if (parent < 0) return 0;
    return Math.hypot(...[0, 1, 2].map((c) => pose[joint * 3 + c]! - pose[parent * 3 + c]!));
  });
}
