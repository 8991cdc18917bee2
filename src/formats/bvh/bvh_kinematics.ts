/**
 * Forward kinematics: numbers of a frame to positions.
 *
 * @module
 */

import type { BvhJoint } from "./bvh_hierarchy.ts";
import { type Axis, rotationOf } from "./euler.ts";
import { identity, product, type Rotation, turned, type Vector } from "./rotation.ts";

const AXES: Readonly<Record<Axis, number>> = { X: 0, Y: 1, Z: 2 };

/** How many numbers a frame has. */
export function channelCount(joints: readonly BvhJoint[]): number {
  return joints.reduce((sum, { channels }) => sum + channels.length, 0);
}

/**
 * Positions of all joints and end sites.
 *
 * A joint lies at its offset in its parent, turned as the parent is. Its own rotations are multiplied in the order of its
 * channels. A position channel replaces that coordinate of the offset, as in Blender; for roots, whose offset is nearly always
 * 0, adding the two would be the same.
 *
 * @param joints The hierarchy, parents first.
 * @param numbers The frame, {@link channelCount} numbers, degrees and the unit of the file.
 * @returns `[joints, 3]`, in the unit and axes of the file.
 */
export function forwardKinematics(joints: readonly BvhJoint[], numbers: ArrayLike<number>): Float64Array {
  const places = new Float64Array(3 * joints.length);
  const turns: Rotation[] = [];
  let next = 0;
  joints.forEach(({ parent, offset, channels }, j) => {
    const own: [number, number, number] = [...offset];
    const order: Axis[] = [];
    const angles: number[] = [];
    for (const { kind, axis } of channels) {
      const value = numbers[next++]!;
      if (kind === "position") own[AXES[axis]] = value;
      else {
        order.push(axis);
        angles.push(value);
      }
    }
    const above = parent < 0 ? identity() : turns[parent]!;
    const moved: Vector = parent < 0 ? own : turned(above, own);
    for (let i = 0; i < 3; i++) places[3 * j + i] = moved[i]! + (parent < 0 ? 0 : places[3 * parent + i]!);
    turns.push(order.length === 0 ? above : product(above, rotationOf(order, angles)));
  });
  return places;
}
