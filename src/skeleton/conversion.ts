/**
 * Conversions between layouts. Each lists which joints it copies and which it computes, so that no computed number passes as a
 * detected one.
 *
 * @module
 */

import { ShapeError } from "../core/errors.ts";
import { type Blend, blendOf, follow, type PointArrays } from "./blend.ts";
import { conversionRules } from "./conversion_rules.ts";
import type { Skeleton } from "./skeleton.ts";

/** A joint that is taken over as it is. */
export interface CopiedJoint {
  /** Joint of the target layout. */
  readonly to: number;
  /** Joint of the source layout. */
  readonly from: number;
}

/** A joint that is computed: a weighted sum of joints. */
export interface DerivedJoint {
  /** Joint of the target layout. */
  readonly to: number;
  /** Joints of the source layout that it depends on. */
  readonly from: readonly number[];
  /** Weight of each of `from` when all of them are there with equal scores; the sum is 1. */
  readonly weights: readonly number[];
}

/** Points of one person, of any format. Index `j` is joint `j` of a layout of J joints in every array. */
export interface PointsLike {
  /** `[J, 2]` px or `[J, 3]` metres; 0 where missing. */
  readonly values: Float64Array;
  /** `[J]`: 0..1; 0 is a missing point. */
  readonly scores: Float64Array;
  /** `[J]`: standard deviation along one axis, in the unit of the values; null without. */
  readonly sigma: Float64Array | null;
  /** Joints that no detector gave. Rising. */
  readonly derived: readonly number[];
}

/** A way from one layout to another. */
export interface LayoutConversion {
  /** Layout of the input. */
  readonly from: Skeleton;
  /** Layout of the output. */
  readonly to: Skeleton;
  /** Joints taken over, by rising `to`. */
  readonly copied: readonly CopiedJoint[];
  /** Joints computed, by rising `to`. */
  readonly derived: readonly DerivedJoint[];
  /** Joints of the target that nothing gives; their score is 0. Rising. */
  readonly missing: readonly number[];
  /** Joints of the source that nothing is made of. Rising. */
  readonly lost: readonly number[];
  /**
   * Converts points in the picture or in space. A point with score 0, a NaN score or a coordinate that is not finite is
   * missing; it stays missing, and so does what needs it. A computed joint is as sure as the least sure joint that it needs,
   * times 0.9. Its `sigma` follows from those of its joints as if their errors were independent. It is marked in `derived`,
   * as are copies of marked joints.
   *
   * @throws {ShapeError} If the arrays do not hold J points of 2 or 3 values, J scores and J or no `sigma`.
   */
  apply(points: PointsLike): PointsLike;
}

/** What a conversion does, and how to do it without new arrays for each person. */
export interface ConversionSteps extends Omit<LayoutConversion, "apply"> {
  /**
   * Fills `output` from `input`.
   *
   * @param input Points of the source. Its missing points are set to 0.
   * @param output Points of the target, all 0.
   * @param channels Values a point.
   */
  fill(input: PointArrays, output: PointArrays, channels: number): void;
}

/** Sets score, values and sigma of missing points to 0. */
function clear({ values, scores, sigma }: PointArrays, channels: number): void {
  for (let joint = 0; joint < scores.length; joint++) {
    const start = joint * channels;
    const score = scores[joint]!;
    let there = score > 0 && score < Infinity; // False for NaN.
    for (let i = start; i < start + channels; i++) there &&= Number.isFinite(values[i]);
    if (there) continue;
    for (let i = start; i < start + channels; i++) values[i] = 0;
    scores[joint] = 0;
    if (sigma !== null) sigma[joint] = 0;
  }
}

function copy({ from, to }: CopiedJoint, input: PointArrays, output: PointArrays, channels: number): void {
  for (let c = 0; c < channels; c++) output.values[to * channels + c] = input.values[from * channels + c]!;
  output.scores[to] = input.scores[from]!;
  if (input.sigma !== null) output.sigma![to] = input.sigma[from]!;
}

/** The steps from one layout to another; see {@link conversion}. */
export function conversionSteps(from: Skeleton, to: Skeleton): ConversionSteps {
  const copied = to.joints.flatMap((joint, j): CopiedJoint[] => {
    const source = from.joints.indexOf(joint);
    return source < 0 ? [] : [{ to: j, from: source }];
  });
  const given = new Set(copied.map((joint) => joint.to));
  const blends = to.joints.flatMap((joint, j): Blend[] => {
    if (given.has(j)) return [];
    for (const rule of conversionRules[joint] ?? []) {
      const blend = blendOf(j, rule, from);
      if (blend !== null) return [blend];
    }
    return [];
  });
  for (const blend of blends) given.add(blend.to);
  const taken = new Set([...copied.map((joint) => joint.from), ...blends.flatMap((blend) => blend.from)]);
  const weights = new Float64Array(Math.max(0, ...blends.map((blend) => blend.from.length)));
  return {
    from,
    to,
    copied: Object.freeze(copied.map((joint) => Object.freeze(joint))),
    derived: Object.freeze(blends.map(({ to, from, weights }) => Object.freeze({ to, from, weights }))),
    missing: Object.freeze(to.joints.flatMap((_, j) => given.has(j) ? [] : [j])),
    lost: Object.freeze(from.joints.flatMap((_, j) => taken.has(j) ? [] : [j])),
    fill(input, output, channels) {
      clear(input, channels);
      for (const joint of copied) copy(joint, input, output, channels);
      for (const blend of blends) follow(blend, input, output, channels, weights);
    },
  };
}

function checkPoints({ values, scores, sigma }: PointsLike, from: Skeleton, to: Skeleton): number {
  const joints = from.joints.length;
  const action = `convert ${from.name} to ${to.name}`;
  const channels = values.length / joints;
  if (channels !== 2 && channels !== 3) throw new ShapeError(action, [joints, 2], values.length);
  if (scores.length !== joints) throw new ShapeError(`${action} with scores`, [joints], scores.length);
  if (sigma !== null && sigma.length !== joints) throw new ShapeError(`${action} with sigma`, [joints], sigma.length);
  return channels;
}

/**
 * How to get from one layout to another: joints of the same name are copied, others are computed where a rule of the table
 * allows it. A layout to itself copies everything.
 *
 * @param from Layout of the input.
 * @param to Layout of the output.
 * @returns The conversion, frozen.
 */
export function conversion(from: Skeleton, to: Skeleton): LayoutConversion {
  const { fill, ...lists } = conversionSteps(from, to);
  const computed = lists.derived.map((joint) => joint.to);
  return Object.freeze({
    ...lists,
    apply(points: PointsLike): PointsLike {
      const channels = checkPoints(points, from, to);
      const { values, scores, sigma, derived } = points;
      const joints = to.joints.length;
      const output = {
        values: new Float64Array(joints * channels),
        scores: new Float64Array(joints),
        sigma: sigma === null ? null : new Float64Array(joints),
      };
      fill({ values: values.slice(), scores: scores.slice(), sigma: sigma?.slice() ?? null }, output, channels);
      const marked = lists.copied.filter((joint) => derived.includes(joint.from)).map((joint) => joint.to);
      return { ...output, derived: [...marked, ...computed].sort((a, b) => a - b) };
    },
  });
}
