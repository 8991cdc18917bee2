/** Clips of bodies for the tests of motion files: bones of constant length, joints that turn as they like. */
import fc from "fast-check";
import type { ClipFrame, ClipPerson, Points, PoseClip } from "../../src/formats/clip.ts";
import { h36m17 } from "../../src/skeleton/mod.ts";
import { clipOf } from "./round_trip.ts";

/** Lengths of the bones of `h36m17`, metres; the same on both sides. */
export const BONES: readonly number[] = [
  0,
  0.13,
  0.45,
  0.45,
  0.13,
  0.45,
  0.45,
  0.23,
  0.26,
  0.12,
  0.11,
  0.15,
  0.28,
  0.25,
  0.15,
  0.28,
  0.25,
];

/** Directions of the 16 bones and a place for the pelvis to points, `[17, 3]`. */
export function bodyOf(directions: readonly (readonly [number, number])[], pelvis: readonly number[]): Points {
  const values = new Float64Array(51);
  values.set(pelvis, 0);
  h36m17.parents.forEach((parent, joint) => {
    if (parent < 0) return;
    const [height, turn] = directions[joint - 1]!;
    const flat = Math.sqrt(1 - height * height);
    const along = [flat * Math.cos(turn), height, flat * Math.sin(turn)];
    along.forEach((value, axis) => values[3 * joint + axis] = values[3 * parent + axis]! + BONES[joint]! * value);
  });
  return { values, scores: new Float64Array(17).fill(1), sigma: null, derived: [] };
}

/** A body in any pose that its bones allow, those of no human too. */
export const bodies: fc.Arbitrary<Points> = fc.tuple(
  fc.array(
    fc.tuple(
      fc.double({ min: -1, max: 1, noNaN: true }),
      fc.double({ min: -Math.PI, max: Math.PI, noNaN: true }),
    ),
    { minLength: 16, maxLength: 16 },
  ),
  fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 3, maxLength: 3 }),
).map(([directions, pelvis]) => bodyOf(directions, pelvis));

/** A person of whom only points in space are known. */
export function personWith(points3d: Points, id: number | null = 1): ClipPerson {
  return { id, box: null, score: null, points2d: null, points3d, interpolated: false };
}

/** A clip of points in space. */
export function spaceClip(
  frames: readonly (readonly ClipPerson[])[],
  fps = 50,
  more: Partial<PoseClip> = {},
): PoseClip {
  const made = frames.map((people, index): ClipFrame => ({ index, time: index / fps, people }));
  return clipOf(made, { fps, skeleton3d: h36m17, tracked: true, width: null, height: null, ...more });
}
