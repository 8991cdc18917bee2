/**
 * A rule with numbers for names, and how it is followed.
 *
 * @module
 */

import { cocoToH36mConstants } from "./coco_to_h36m_constants.ts";
import type { Rule } from "./conversion_rules.ts";
import type { Skeleton } from "./skeleton.ts";

/** Arrays of the points of one person; see `PointsLike`. */
export interface PointArrays {
  /** `[J, 2]` or `[J, 3]`. */
  readonly values: Float64Array;
  /** `[J]`. */
  readonly scores: Float64Array;
  /** `[J]`, or null. */
  readonly sigma: Float64Array | null;
}

/** A rule for one joint of a target, in indices of a source. */
export interface Blend {
  /** Joint of the target layout. */
  readonly to: number;
  /** Joints of the source layout, term by term. */
  readonly from: readonly number[];
  /** Weight of each of `from` when all scores are equal; their sum is 1. */
  readonly weights: readonly number[];
  /** The terms: where each one ends in `from`, its weight, and whether it needs all of its joints. */
  readonly terms: readonly { readonly end: number; readonly weight: number; readonly all: boolean }[];
  /** Factor of each of `from` within its term. */
  readonly factors: readonly number[];
}

/** The rule in indices of a layout; null when the layout lacks one of its joints. */
export function blendOf(to: number, rule: Rule, source: Skeleton): Blend | null {
  const from = rule.flatMap(({ joints }) => joints.map((joint) => source.joints.indexOf(joint)));
  if (from.includes(-1)) return null;
  let end = 0;
  return {
    to,
    from: Object.freeze(from),
    weights: Object.freeze(rule.flatMap(({ weight, factors }) => {
      const total = factors.reduce((sum, factor) => sum + factor, 0);
      return factors.map((factor) => weight * factor / total);
    })),
    terms: rule.map(({ weight, joints, needs }) => ({ end: end += joints.length, weight, all: needs === "all" })),
    factors: rule.flatMap(({ factors }) => factors),
  };
}

/**
 * Weights for these scores. In a term that needs all of its joints they weigh by their factors, and it is as sure as the least
 * sure one; else by `score * factor + epsilon`, and it is as sure as the best one. The sum is as sure as its least sure term.
 *
 * @param blend The rule.
 * @param scores Scores of the source, 0 where a point is missing.
 * @param weights Filled: weight of each of `blend.from` within its term, not yet divided by the term's sum.
 * @returns The score, before the factor for derived joints; 0 when something needed is missing.
 */
function weigh({ terms, from, factors }: Blend, scores: Float64Array, weights: Float64Array): number {
  let sure = Infinity;
  for (let term = 0, start = 0; term < terms.length; start = terms[term]!.end, term++) {
    const { end, all } = terms[term]!;
    let least = Infinity;
    let best = 0;
    for (let i = start; i < end; i++) {
      const score = scores[from[i]!]!;
      if (score < least) least = score;
      if (score > best) best = score;
      weights[i] = all ? factors[i]! : score === 0 ? 0 : score * factors[i]! + cocoToH36mConstants.epsilon;
    }
    const score = all ? least : best;
    if (score === 0) return 0;
    if (score < sure) sure = score;
  }
  return sure;
}

/** Coordinate `c` of the blend: its terms' means, added up as steps from the first one, so that a shift stays a shift. */
function position(blend: Blend, values: Float64Array, c: number, channels: number, weights: Float64Array): number {
  const { terms, from } = blend;
  let first = 0;
  let point = 0;
  for (let term = 0, start = 0; term < terms.length; start = terms[term]!.end, term++) {
    const { end, weight, all } = terms[term]!;
    // Steps again, unless the first joint of the term may be missing.
    const base = all ? values[from[start]! * channels + c]! : 0;
    let sum = 0;
    let total = 0;
    for (let i = start; i < end; i++) {
      sum += weights[i]! * (values[from[i]! * channels + c]! - base);
      total += weights[i]!;
    }
    const mean = base + sum / total;
    if (term === 0) first = point = mean;
    else point += weight * (mean - first);
  }
  return point;
}

/** Standard deviation of the blend along one axis, if the errors of its joints are independent. */
function spread({ terms, from }: Blend, sigma: Float64Array, weights: Float64Array): number {
  let variance = 0;
  for (let term = 0, start = 0; term < terms.length; start = terms[term]!.end, term++) {
    const { end, weight } = terms[term]!;
    let sum = 0;
    let total = 0;
    for (let i = start; i < end; i++) {
      sum += (weights[i]! * sigma[from[i]!]!) ** 2;
      total += weights[i]!;
    }
    variance += (weight / total) ** 2 * sum;
  }
  return Math.sqrt(variance);
}

/**
 * Computes one joint.
 *
 * @param blend The rule.
 * @param input Points of the source; missing ones have score 0.
 * @param output Points of the target; left alone when the joint cannot be computed.
 * @param channels Values a point.
 * @param weights Scratch of at least the length of `blend.from`.
 */
export function follow(
  blend: Blend,
  input: PointArrays,
  output: PointArrays,
  channels: number,
  weights: Float64Array,
): void {
  const score = weigh(blend, input.scores, weights);
  if (score === 0) return;
  output.scores[blend.to] = score * cocoToH36mConstants.derivedScore;
  for (let c = 0; c < channels; c++) {
    output.values[blend.to * channels + c] = position(blend, input.values, c, channels, weights);
  }
  if (input.sigma !== null) output.sigma![blend.to] = spread(blend, input.sigma, weights);
}
