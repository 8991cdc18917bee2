/**
 * Names of BVH joints and the joints of `h36m17` that they are: those of our own files and of the CMU library, of Mixamo and
 * MotionBuilder, of Blender's rigs, and of skeletons named after the joints.
 *
 * @module
 */

import { InputError } from "../../core/errors.ts";
import { h36m17 } from "../../skeleton/mod.ts";
import type { BvhJoint } from "./bvh_hierarchy.ts";
import { BVH_BONES } from "./bvh_skeleton.ts";

/** Names of the joints of one side, without the side; the first that a file has is taken. */
const LIMBS: Readonly<Record<string, readonly string[]>> = {
  hip: ["upleg", "upperleg", "thigh", "hip"],
  knee: ["leg", "lowleg", "lowerleg", "shin", "calf", "knee"],
  ankle: ["foot", "ankle"],
  shoulder: ["arm", "uparm", "upperarm", "shldr", "shoulder"],
  elbow: ["forearm", "lowarm", "lowerarm", "elbow"],
  wrist: ["hand", "wrist"],
};
const SIDES: readonly (readonly [string, readonly string[]])[] = [["left", ["left", "l"]], ["right", ["right", "r"]]];

/** Spine, thorax, neck, head. `>end` is the end site of a joint. The first row of which a file has all is taken. */
const TRUNKS: readonly (readonly [string, string, string, string])[] = [
  ["spine", "thorax", "neck", "head"],
  ["spine", "thorax", "neck", "neck>end"],
  ["spine", "spine1", "neck1", "head"],
  ["spine1", "neck", "head", "headtopend"],
  ["spine1", "neck", "head", "head>end"],
  ["chest", "neck", "head", "head>end"],
  ["spine", "neck", "head", "head>end"],
];
const TRUNK = ["spine", "thorax", "neck", "head"];
const ROOTS = ["hips", "pelvis", "hip", "root"];

/** A name without case, signs, and what exporters put before it. */
function plain(name: string): string {
  const last = name.slice(name.lastIndexOf(":") + 1).toLowerCase().replace(/[^a-z0-9]/g, "");
  return last.replace(/^(mixamorig\d*|bip0*1|character1)(?=.)/, "");
}

/**
 * Which joint of the file each joint of `h36m17` is.
 *
 * @param joints The hierarchy.
 * @param name The file, for messages.
 * @returns An index of `joints` for each of the 17.
 * @throws {InputError} If one has no counterpart; the message lists those, and the names in the file.
 */
export function jointsOfBvh(joints: readonly BvhJoint[], name: string): readonly number[] {
  const index = new Map<string, number>();
  joints.forEach((joint, j) => {
    const key = joint.isEnd ? `${plain(joints[joint.parent]!.name)}>end` : plain(joint.name);
    if (!index.has(key)) index.set(key, j);
  });
  const found = new Map<string, number>();
  const take = (joint: string, names: readonly string[]): void => {
    const here = names.find((one) => index.has(one));
    if (here !== undefined) found.set(joint, index.get(here)!);
  };
  take("pelvis", ROOTS);
  for (const [side, spellings] of SIDES) {
    for (const [limb, names] of Object.entries(LIMBS)) {
      take(`${side}_${limb}`, names.flatMap((one) => spellings.flatMap((s) => [`${s}${one}`, `${one}${s}`])));
    }
  }
  const trunk = TRUNKS.find((row) => row.every((one) => index.has(one)));
  if (trunk !== undefined) TRUNK.forEach((joint, i) => found.set(joint, index.get(trunk[i]!)!));
  const missing = h36m17.joints.filter((joint) => !found.has(joint));
  if (missing.length > 0) {
    const named = joints.filter(({ isEnd }) => !isEnd).map((joint) => joint.name);
    const shown = named.slice(0, 40).join(", ") + (named.length > 40 ? ", …" : "");
    throw new InputError(name, `must have joints with known names, and none is ${missing.join(", ")}`, shown);
  }
  return h36m17.joints.map((joint) => found.get(joint)!);
}

/** Whether this is the skeleton that is written here. */
function isOwn(joints: readonly BvhJoint[]): boolean {
  const named = joints.filter(({ isEnd }) => !isEnd);
  return named.length === BVH_BONES.length && named.every((joint, i) => joint.name === BVH_BONES[i]!.name);
}

/** Length of a leg (hip to knee to ankle), in units of the file, below which the unit is the one beside it. */
const UNITS: readonly (readonly [below: number, metres: number])[] = [
  [3, 1],
  // The CMU library: 0.45 inches to the unit, upside down (1 / 0.45 inches).
  [29, 0.0254 / 0.45],
  [290, 0.01],
  [Infinity, 0.001],
];

/**
 * Metres in a unit of the file. BVH does not say: it is told from the length of a leg, which is 0.3 to 1.5 m. Our own skeleton
 * is in metres.
 *
 * @param joints The hierarchy.
 * @param of From {@link jointsOfBvh}.
 */
export function metresOfBvh(joints: readonly BvhJoint[], of: readonly number[]): number {
  if (isOwn(joints)) return 1;
  const bone = (from: number, to: number): number => {
    const place = [0, 0, 0];
    for (let j = to; j !== from && j >= 0; j = joints[j]!.parent) joints[j]!.offset.forEach((v, i) => place[i]! += v);
    return Math.hypot(...place);
  };
  const [hip, knee, ankle] = ["left_hip", "left_knee", "left_ankle"].map((joint) => of[h36m17.joints.indexOf(joint)]!);
  const leg = bone(hip!, knee!) + bone(knee!, ankle!);
  return UNITS.find(([below]) => leg < below)![1];
}
