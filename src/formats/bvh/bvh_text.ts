/**
 * A BVH file as text: the hierarchy, the head of the motion, a line a frame.
 *
 * @module
 */

import { BVH_BONES, type BvhOffsets } from "./bvh_skeleton.ts";
import type { Angles } from "./euler.ts";
import { decimalText } from "../motion_axes.ts";
import type { Vector } from "./rotation.ts";

/** Micrometres. */
export const BVH_METRE_DIGITS = 6;
/** 0.0001 degrees move the end of a limb of one metre by two micrometres. */
const DEGREE_DIGITS = 4;
/** All that a double has, so that the rate comes back as it was. */
const FRAME_TIME_DIGITS = 17;

function vectorText(vector: Vector): string {
  return vector.map((value) => decimalText(value, BVH_METRE_DIGITS)).join(" ");
}

/** The lines of joint `index` and of what hangs on it. */
function jointLines(index: number, offsets: BvhOffsets, depth: number): string[] {
  const tabs = "\t".repeat(depth);
  const { name, parent } = BVH_BONES[index]!;
  const end = offsets.ends[index]!;
  const children = BVH_BONES.flatMap((bone, i) => bone.parent === index ? [i] : []);
  return [
    `${tabs}${parent < 0 ? "ROOT" : "JOINT"} ${name}`,
    `${tabs}{`,
    `${tabs}\tOFFSET ${vectorText(offsets.joints[index]!)}`,
    `${tabs}\tCHANNELS ${parent < 0 ? "6 Xposition Yposition Zposition" : "3"} Zrotation Xrotation Yrotation`,
    ...children.flatMap((child) => jointLines(child, offsets, depth + 1)),
    ...(end === null ? [] : [`${tabs}\tEnd Site`, `${tabs}\t{`, `${tabs}\t\tOFFSET ${vectorText(end)}`, `${tabs}\t}`]),
    `${tabs}}`,
  ];
}

/**
 * Everything before the frames.
 *
 * @param offsets The rest pose, metres.
 * @param frames How many frames follow.
 * @param rate Frames a second.
 */
export function bvhHeadText(offsets: BvhOffsets, frames: number, rate: number): string {
  const time = decimalText(1 / rate, FRAME_TIME_DIGITS);
  return ["HIERARCHY", ...jointLines(0, offsets, 0), "MOTION", `Frames: ${frames}`, `Frame Time: ${time}`, ""].join(
    "\n",
  );
}

/** A frame: position of the root, metres, and angles of all joints, degrees. */
export function bvhFrameText(root: Vector, angles: readonly Angles[]): string {
  const turns = angles.map((three) => three.map((angle) => decimalText(angle, DEGREE_DIGITS)).join(" "));
  return `${vectorText(root)} ${turns.join(" ")}\n`;
}
