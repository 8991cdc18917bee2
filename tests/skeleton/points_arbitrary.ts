/**
 * Points of one person for property tests.
 *
 * @module
 */

import fc from "fast-check";
import type { PointsLike } from "../../src/skeleton/conversion.ts";
import type { Skeleton } from "../../src/skeleton/skeleton.ts";

/** Points of a layout: some missing (all 0), some derived, with or without sigma. */
export function arbitraryPoints(skeleton: Skeleton, channels = 2): fc.Arbitrary<PointsLike> {
  const joint = fc.record({
    values: fc.array(fc.double({ min: -2000, max: 2000, noNaN: true }), { minLength: channels, maxLength: channels }),
    score: fc.constantFrom(0, 0.25, 0.5, 0.75, 1),
    sigma: fc.double({ min: 0, max: 50, noNaN: true }),
    derived: fc.boolean(),
  });
  const count = skeleton.joints.length;
  return fc.tuple(fc.array(joint, { minLength: count, maxLength: count }), fc.boolean()).map(([joints, spread]) => ({
    values: Float64Array.from(joints.flatMap(({ values, score }) => values.map((value) => score === 0 ? 0 : value))),
    scores: Float64Array.from(joints, ({ score }) => score),
    sigma: spread ? Float64Array.from(joints, ({ sigma, score }) => score === 0 ? 0 : sigma) : null,
    derived: joints.flatMap(({ derived }, j) => derived ? [j] : []),
  }));
}
