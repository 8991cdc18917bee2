/**
 * Spearman's rank correlation.
 *
 * @module
 */

import { checkShape } from "../core/errors.ts";

/** How many of the sorted values are below `value`, or at most it. */
function countBelow(sorted: Float64Array, value: number, orEqual: boolean): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! < value || (orEqual && sorted[middle]! === value)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Ranks from 1; equal values share the mean of theirs.
 *
 * @param values Finite numbers. Millions take seconds: they are sorted as plain numbers, and looked up.
 */
export function ranks(values: ArrayLike<number>): Float64Array {
  const sorted = Float64Array.from(values).sort();
  const result = new Float64Array(values.length);
  for (let i = 0; i < result.length; i++) {
    const below = countBelow(sorted, values[i]!, false);
    // Almost all values stand alone; the others have a second look.
    const alone = below + 1 === sorted.length || sorted[below + 1] !== values[i];
    result[i] = (below + 1 + (alone ? below + 1 : countBelow(sorted, values[i]!, true))) / 2;
  }
  return result;
}

/**
 * Spearman's coefficient: the correlation of the ranks.
 *
 * @param a Finite numbers.
 * @param b As many.
 * @returns -1..1; NaN when one side has no two different values.
 * @throws {ShapeError} If the lengths differ.
 */
export function spearman(a: ArrayLike<number>, b: ArrayLike<number>): number {
  checkShape("correlate ranks", [a.length], b.length);
  const [x, y] = [ranks(a), ranks(b)];
  const middle = (a.length + 1) / 2;
  let [xy, xx, yy] = [0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    const [dx, dy] = [x[i]! - middle, y[i]! - middle];
    xy += dx * dy;
    xx += dx * dx;
    yy += dy * dy;
  }
  return xy / Math.sqrt(xx * yy);
}
