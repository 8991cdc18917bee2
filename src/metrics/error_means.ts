/**
 * Means of errors: over all points, for each joint, and for each group of clips (an action) with the mean over groups.
 *
 * @module
 */

import type { ErrorField } from "./pose_pair.ts";

/** A sum that can go on, and its mean. */
export interface Tally {
  /** Sum of the values. */
  readonly sum: number;
  /** How many. */
  readonly count: number;
}

/** Nothing counted yet. */
export const EMPTY_TALLY: Tally = { sum: 0, count: 0 };

/** Mean of a tally; NaN when it is empty. */
export function tallyMean({ sum, count }: Tally): number {
  return sum / count;
}

/** Both together. */
export function addTallies(a: Tally, b: Tally): Tally {
  return { sum: a.sum + b.sum, count: a.count + b.count };
}

/** Sum and number of the errors that count. */
export function tallyErrors(field: ErrorField): Tally {
  let [sum, count] = [0, 0];
  for (const error of field.errors) {
    if (Number.isNaN(error)) continue;
    sum += error;
    count++;
  }
  return { sum, count };
}

/** The same for each joint, `[joints]`. */
export function tallyJoints(field: ErrorField): Tally[] {
  const sums = new Float64Array(field.joints);
  const numbers = new Float64Array(field.joints);
  field.errors.forEach((error, i) => {
    if (Number.isNaN(error)) return;
    sums[i % field.joints]! += error;
    numbers[i % field.joints]! += 1;
  });
  return Array.from(sums, (sum, joint) => ({ sum, count: numbers[joint]! }));
}

/** Mean of the errors that count; NaN when none does. */
export function meanError(field: ErrorField): number {
  return tallyMean(tallyErrors(field));
}

/** Means by joint, `[joints]`; NaN for a joint that never counts. */
export function meanErrorByJoint(field: ErrorField): Float64Array {
  return Float64Array.from(tallyJoints(field), tallyMean);
}

/** A part of a group. */
export interface GroupPart extends Tally {
  /** Name of the group, an action. */
  readonly group: string;
}

/** Means of groups. */
export interface GroupMeans {
  /** Groups in the order in which they first appear. */
  readonly groups: readonly { readonly group: string; readonly mean: number; readonly count: number }[];
  /** Mean of the means, each group with the same weight; NaN without groups. */
  readonly mean: number;
}

/**
 * First a mean for each group over all its points (so a long clip weighs more than a short one), then the mean of those, as
 * Human3.6M results are given: per action first, then over the actions. Groups where nothing counts are left out.
 *
 * @param parts Sums of clips.
 */
export function meanOfGroups(parts: readonly GroupPart[]): GroupMeans {
  const tallies = new Map<string, Tally>();
  for (const part of parts) tallies.set(part.group, addTallies(tallies.get(part.group) ?? EMPTY_TALLY, part));
  const groups = [...tallies].filter(([, { count }]) => count > 0)
    .map(([group, tally]) => ({ group, mean: tallyMean(tally), count: tally.count }));
  return { groups, mean: groups.reduce((sum, { mean }) => sum + mean, 0) / groups.length };
}
