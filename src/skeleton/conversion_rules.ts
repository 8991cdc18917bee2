/**
 * How a joint that a layout lacks is computed from those that it has: the one table behind every conversion.
 *
 * @module
 */

import { cocoToH36mConstants } from "./coco_to_h36m_constants.ts";

/** An addend of a rule: `weight` times a joint or the mean of several. */
export interface Term {
  /** Weights of the terms of a rule add up to 1; beyond the ends of a line one of them is negative. */
  readonly weight: number;
  /** Names of joints. */
  readonly joints: readonly string[];
  /** Factor on the weight of each joint in the mean. */
  readonly factors: readonly number[];
  /** `"all"`: the mean needs every joint. `"any"`: it is the mean of those that are there, weighed by their scores, too. */
  readonly needs: "all" | "any";
}

/** A point as a weighted sum. */
export type Rule = readonly Term[];

const joint = (weight: number, name: string): Term => ({ weight, joints: [name], factors: [1], needs: "all" });

const middle = (weight: number, pair: string): Term => (
  { weight, joints: [`left_${pair}`, `right_${pair}`], factors: [1, 1], needs: "all" }
);

const ears = (weight: number): Term => (
  { weight, joints: ["left_ear", "right_ear"], factors: [1, 1], needs: "any" }
);

const FACE: Term = {
  weight: 1,
  joints: ["nose", "left_eye", "right_eye", "left_ear", "right_ear"], // The order of the constants.
  factors: cocoToH36mConstants.head,
  needs: "any",
};

/**
 * Where points of neck and head lie along the line from the middle of the shoulders (0) to the middle of the ears (1), as if
 * they were on it. `neck` is fitted (see {@link cocoToH36mConstants}). The others are rounded means of 150 bodies of a
 * parametric model that stand upright (`fixtures/golden/skeleton/head_heights.json` and the program beside it): `thorax`
 * between neck root and collar bones, `lower_neck` half-way from there to the lowest neck joint, `upper_neck` as high as the
 * chin, `head` where the lifter was taught it, `head_top` the crown. They lie within 0.03 m of the line, but the nose, which is
 * as high as the base of the skull, lies 0.12 m before it.
 */
const HEIGHT: Readonly<Record<string, number>> = {
  shoulders: 0,
  thorax: 0.2,
  lower_neck: 0.3,
  upper_neck: 0.55,
  nose: cocoToH36mConstants.neck,
  neck: cocoToH36mConstants.neck,
  ears: 1,
  head: 1.41,
  head_top: 1.57,
};

function place(weight: number, point: string): Term {
  if (point === "shoulders") return middle(weight, "shoulder");
  return point === "ears" ? ears(weight) : joint(weight, point);
}

/** The target on the line through two other points, from {@link HEIGHT}. */
function along(target: string, from: string, to: string): Rule {
  const share = (HEIGHT[target]! - HEIGHT[from]!) / (HEIGHT[to]! - HEIGHT[from]!);
  return [place(1 - share, from), place(share, to)];
}

/** The target on several lines; the first whose points exist is taken. */
const lines = (target: string, ...pairs: readonly (readonly [string, string])[]): Rule[] =>
  pairs.map(([from, to]) => along(target, from, to));

/**
 * Rules a joint, the best one first: a layout takes the first rule whose joints it has. A joint that a layout has is copied
 * and needs none. Eyes, ears, heels and toes have no rule: nothing else says where they are.
 *
 * Middles of hips and shoulders, `spine` and, from COCO's points, `neck` and `head` are what the lifter was trained on.
 */
export const conversionRules: Readonly<Record<string, readonly Rule[]>> = Object.freeze({
  pelvis: [[middle(1, "hip")]],
  mid_shoulder: [[middle(1, "shoulder")]],
  thorax: [[middle(1, "shoulder")]],
  spine: [
    [joint(0.5, "pelvis"), joint(0.5, "thorax")],
    [middle(0.5, "hip"), middle(0.5, "shoulder")],
  ],
  // PoseTrack has slots for ears, but nobody fills them: what needs ears comes last.
  neck: lines("neck", ["upper_neck", "head_top"], ["lower_neck", "head_top"], ["shoulders", "ears"]),
  head: [...lines("head", ["upper_neck", "head_top"], ["lower_neck", "head_top"]), [FACE]],
  lower_neck: lines(
    "lower_neck",
    ["thorax", "neck"],
    ["thorax", "upper_neck"],
    ["shoulders", "upper_neck"],
    ["shoulders", "ears"],
  ),
  upper_neck: lines("upper_neck", ["thorax", "neck"], ["lower_neck", "head_top"], ["shoulders", "ears"]),
  head_top: lines("head_top", ["neck", "head"], ["shoulders", "ears"]),
  nose: [...lines("nose", ["upper_neck", "head_top"], ["lower_neck", "head_top"]), [joint(1, "neck")]],
});
