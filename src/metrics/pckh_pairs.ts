/**
 * Which prediction stands for which annotated person where nothing but their joints tells.
 *
 * @module
 */

import { assignMaxGain } from "../core/assignment.ts";

/** Joints of a person. */
export interface PairingJoints {
  /** `[J, 2]`, px. */
  readonly points: Float64Array;
  /** `[J]`: 1 where there is a joint. */
  readonly present: Uint8Array;
}

/** An annotated person. */
export interface PairingPerson extends PairingJoints {
  /** Head size, px, above 0. */
  readonly headSize: number;
}

/** What nearness adds to a joint that is right: it decides between equal numbers of right joints, and nothing else. */
const NEARNESS = 1e-6;

/**
 * Gives every person at most one prediction and every prediction at most one person, so that the most joints are within the
 * threshold, and of such ways the one with the nearest joints. A pair without any such joint is none.
 *
 * @param threshold Largest distance, head sizes.
 * @returns Index of each person's prediction, or -1.
 */
export function pairByJoints(
  people: readonly PairingPerson[],
  predictions: readonly PairingJoints[],
  threshold: number,
): Int32Array {
  const gain = people.flatMap(({ points, present, headSize }) =>
    predictions.map((other) => {
      let sum = 0;
      present.forEach((has, j) => {
        if (!has || !other.present[j]) return;
        const x = other.points[2 * j]! - points[2 * j]!;
        const y = other.points[2 * j + 1]! - points[2 * j + 1]!;
        const distance = Math.hypot(x, y) / headSize;
        if (distance <= threshold) sum += 1 + NEARNESS * (1 - distance / threshold);
      });
      return sum;
    })
  );
  return assignMaxGain(Float64Array.from(gain), people.length, predictions.length);
}
