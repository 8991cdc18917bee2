/**
 * The skeleton of BVH files that are written here, and how long its bones are.
 *
 * Rest pose: a T, facing +z, y up, arms along x (the subject's left at +x), legs down. Names are those of the CMU motion
 * library's BVH files, which Blender, MotionBuilder and others know: there too a joint of length 0 (`LHipJoint`, `LowerBack`,
 * `LeftShoulder`, …) stands between a part with several bones and each of them. With these joints every bone has a rotation of
 * its own, and any pose of `h36m17` with constant bone lengths is represented exactly.
 *
 * @module
 */

import { h36m17, jointIndex } from "../../skeleton/mod.ts";
import type { Points } from "../clip.ts";
import type { Vector } from "./rotation.ts";

/** A joint of the written hierarchy. */
export interface BvhBone {
  /** Name in the file. */
  readonly name: string;
  /** Index of its parent, which comes before it; -1 for the root. */
  readonly parent: number;
  /** Joint of `h36m17` that lies where this one lies. */
  readonly joint: number;
  /** What this joint's rotation is taken from: a bone, two axes of the trunk, or nothing (it follows its parent). */
  readonly turn: "bone" | "axes" | "none";
  /** Joint of `h36m17` at the far end of the bone that it turns; -1 without. */
  readonly end: number;
  /** Direction of that bone in the rest pose; for a last joint, that of its end site. */
  readonly rest: Vector;
}

const UP: Vector = [0, 1, 0];
const DOWN: Vector = [0, -1, 0];
const LEFT: Vector = [1, 0, 0];
const RIGHT: Vector = [-1, 0, 0];
const FORWARD: Vector = [0, 0, 1];

/** name, parent, joint that lies here, joint at the end of its bone, direction at rest. */
type Row = readonly [name: string, parent: string, joint: string, end: string, rest: Vector];

// deno-fmt-ignore
const ROWS: readonly Row[] = [
  ["Hips", "", "pelvis", "axes", UP],
  ["LHipJoint", "Hips", "pelvis", "left_hip", LEFT],
  ["LeftUpLeg", "LHipJoint", "left_hip", "left_knee", DOWN],
  ["LeftLeg", "LeftUpLeg", "left_knee", "left_ankle", DOWN],
  ["LeftFoot", "LeftLeg", "left_ankle", "", FORWARD],
  ["RHipJoint", "Hips", "pelvis", "right_hip", RIGHT],
  ["RightUpLeg", "RHipJoint", "right_hip", "right_knee", DOWN],
  ["RightLeg", "RightUpLeg", "right_knee", "right_ankle", DOWN],
  ["RightFoot", "RightLeg", "right_ankle", "", FORWARD],
  ["LowerBack", "Hips", "pelvis", "spine", UP],
  ["Spine", "LowerBack", "spine", "thorax", UP],
  ["Spine1", "Spine", "thorax", "axes", UP],
  ["Neck", "Spine1", "thorax", "neck", UP],
  ["Neck1", "Neck", "neck", "head", UP],
  ["Head", "Neck1", "head", "", UP],
  ["LeftShoulder", "Spine1", "thorax", "left_shoulder", LEFT],
  ["LeftArm", "LeftShoulder", "left_shoulder", "left_elbow", LEFT],
  ["LeftForeArm", "LeftArm", "left_elbow", "left_wrist", LEFT],
  ["LeftHand", "LeftForeArm", "left_wrist", "", LEFT],
  ["RightShoulder", "Spine1", "thorax", "right_shoulder", RIGHT],
  ["RightArm", "RightShoulder", "right_shoulder", "right_elbow", RIGHT],
  ["RightForeArm", "RightArm", "right_elbow", "right_wrist", RIGHT],
  ["RightHand", "RightForeArm", "right_wrist", "", RIGHT],
];

/** The joints, depth first, which is the order of their numbers in a frame. */
export const BVH_BONES: readonly BvhBone[] = ROWS.map(([name, parent, joint, end, rest]) => ({
  name,
  parent: ROWS.findIndex((row) => row[0] === parent),
  joint: jointIndex(h36m17, joint),
  turn: end === "axes" ? "axes" : end === "" ? "none" : "bone",
  end: end === "axes" || end === "" ? -1 : jointIndex(h36m17, end),
  rest,
}));

/** Length of an end site in lengths of the bone before it: hands, feet and the top of the head are not in the layout. */
const END_SITE = 0.4;

/** Sums up the lengths of the bones of one person. */
export class BoneLengths {
  readonly #sums: Float64Array = new Float64Array(h36m17.joints.length);
  readonly #counts: Float64Array = new Float64Array(h36m17.joints.length);

  /** Adds a frame. Bones with a missing end do not count. */
  add({ values, scores }: Points): void {
    h36m17.parents.forEach((parent, joint) => {
      if (parent < 0 || scores[joint]! === 0 || scores[parent]! === 0) return;
      const [a, b] = [3 * joint, 3 * parent];
      this.#sums[joint]! += Math.hypot(
        values[a]! - values[b]!,
        values[a + 1]! - values[b + 1]!,
        values[a + 2]! - values[b + 2]!,
      );
      this.#counts[joint]!++;
    });
  }

  /**
   * Mean length of the bone from each joint of `h36m17` to its parent, `[17]`, metres. A bone and its mirror image have the
   * mean of their two means, or that of the one that was seen; a bone that was never seen has 0.
   */
  means(): Float64Array {
    const mean = (joint: number) => this.#counts[joint]! > 0 ? this.#sums[joint]! / this.#counts[joint]! : null;
    return Float64Array.from(h36m17.mirror, (other, joint) => {
      const [here, there] = [mean(joint), mean(other)];
      if (here === null || there === null) return here ?? there ?? 0;
      return (here + there) / 2;
    });
  }
}

/** Offsets of the joints from their parents and of the end sites, metres. */
export interface BvhOffsets {
  /** For each of {@link BVH_BONES}. */
  readonly joints: readonly Vector[];
  /** End site of each joint without children; null for the others. */
  readonly ends: readonly (Vector | null)[];
}

/**
 * The rest pose.
 *
 * @param lengths From {@link BoneLengths.means}.
 */
export function bvhOffsets(lengths: Float64Array): BvhOffsets {
  const scaled = ([x, y, z]: Vector, by: number): Vector => [x * by + 0, y * by + 0, z * by + 0];
  return {
    joints: BVH_BONES.map(({ parent, joint }) => {
      const above = BVH_BONES[parent];
      if (above === undefined || above.joint === joint) return [0, 0, 0];
      return scaled(above.rest, lengths[joint]!);
    }),
    ends: BVH_BONES.map(({ turn, joint, rest }) => turn === "none" ? scaled(rest, END_SITE * lengths[joint]!) : null),
  };
}
