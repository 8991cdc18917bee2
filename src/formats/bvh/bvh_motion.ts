/**
 * Points to the numbers of a BVH frame.
 *
 * Rotations of `Hips` and `Spine1` come from two axes each: across (hips, shoulders) and up (spine, neck). Each other joint takes
 * the shortest turn from its rest direction, seen from its parent, to the direction of its bone: points say nothing about the
 * twist of a bone about itself, and this adds none. Feet, hands and head follow the bone before them.
 *
 * @module
 */

import { h36m17, jointIndex } from "../../skeleton/mod.ts";
import type { Points } from "../clip.ts";
import { BVH_BONES, type BvhOffsets } from "./bvh_skeleton.ts";
import { type Angles, unwrappedZxy } from "./euler.ts";
import { turnUp } from "../motion_axes.ts";
import {
  basis,
  identity,
  inverse,
  product,
  type Rotation,
  shortestArc,
  turned,
  unit,
  type Vector,
} from "./rotation.ts";

const joint = (name: string): number => jointIndex(h36m17, name);

/** Ends of the two axes of `Hips` and of `Spine1`: across from right to left, up from below. */
const AXES: Readonly<Record<string, readonly [right: number, left: number, below: number, above: number]>> = {
  Hips: [joint("right_hip"), joint("left_hip"), joint("pelvis"), joint("spine")],
  Spine1: [joint("right_shoulder"), joint("left_shoulder"), joint("thorax"), joint("neck")],
};

/** How well frames were represented. */
export interface BvhResidual {
  /** Points that were compared. */
  readonly count: number;
  /** Sum of the distances between a point and its joint in the file, metres. */
  readonly sum: number;
  /** The largest, metres. */
  readonly max: number;
}

/** Turns the frames of one person into numbers, each in view of the one before. */
export class BvhMotion {
  readonly #offsets: BvhOffsets;
  readonly #local: Rotation[] = BVH_BONES.map(identity);
  readonly #angles: Angles[] = BVH_BONES.map(() => [0, 0, 0]);
  #root: Vector = [0, 0, 0];
  #sum = 0;
  #count = 0;
  #max = 0;

  /** `offsets` are those of the file. */
  constructor(offsets: BvhOffsets) {
    this.#offsets = offsets;
  }

  /** What the frames so far lost to bones of constant length. */
  get residual(): BvhResidual {
    return { count: this.#count, sum: this.#sum, max: this.#max };
  }

  /** Position of the root (metres) and angles of all joints (degrees, Z X Y), as in the last frame: a held pose. */
  numbers(): { readonly root: Vector; readonly angles: readonly Angles[] } {
    return { root: this.#root, angles: this.#angles };
  }

  /**
   * Takes a pose over. Bones with a missing end keep the rotation that they had.
   *
   * @param points `h36m17`, metres, camera axes.
   * @param measure Whether the frame counts in {@link residual}.
   */
  take({ values, scores }: Points, measure = true): void {
    const up = turnUp(values, new Float64Array(values.length));
    const at = (j: number): Vector | null => scores[j]! > 0 ? [up[3 * j]!, up[3 * j + 1]!, up[3 * j + 2]!] : null;
    this.#root = at(0) ?? this.#root;
    const turns: Rotation[] = [];
    const places: Vector[] = [];
    BVH_BONES.forEach((bone, i) => {
      const above = bone.parent < 0 ? identity() : turns[bone.parent]!;
      const local = localRotation(bone, above, at) ?? this.#local[i]!;
      this.#local[i] = local;
      this.#angles[i] = unwrappedZxy(local, this.#angles[i]!);
      turns.push(product(above, local));
      places.push(bone.parent < 0 ? this.#root : sum(places[bone.parent]!, turned(above, this.#offsets.joints[i]!)));
      const there = at(bone.joint);
      const ownPlace = this.#offsets.joints[i]!.some((value) => value !== 0);
      if (measure && ownPlace && there !== null) this.#compare(there, places[i]!);
    });
  }

  #compare(a: Vector, b: Vector): void {
    const distance = Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
    this.#sum += distance;
    this.#count++;
    this.#max = Math.max(this.#max, distance);
  }
}

function sum(a: Vector, b: Vector): Vector {
  return [a[0] + b[0], a[1] + b[1], a[2] + b[2]];
}

function between(from: Vector | null, to: Vector | null): Vector | null {
  return from === null || to === null ? null : [to[0] - from[0], to[1] - from[1], to[2] - from[2]];
}

/** Rotation of a joint against its parent; null where the points do not say. */
function localRotation(
  bone: typeof BVH_BONES[number],
  above: Rotation,
  at: (joint: number) => Vector | null,
): Rotation | null {
  const back = inverse(above);
  if (bone.turn === "axes") {
    const [right, left, low, high] = AXES[bone.name]!;
    const across = between(at(right), at(left));
    const up = between(at(low), at(high));
    const turn = across === null || up === null ? null : basis(across, up);
    return turn === null ? null : product(back, turn);
  }
  if (bone.turn === "none") return null; // It has never turned: it follows its parent.
  const along = between(at(bone.joint), at(bone.end));
  const direction = along === null ? null : unit(along);
  if (direction === null) return null;
  return shortestArc(bone.rest, unit(turned(back, direction))!);
}
