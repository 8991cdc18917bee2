/**
 * Spearman's rank correlation.
 *
 * @module
 */

import { checkShape } from "../core/errors.ts";

/**
 * Ranks from 1; equal values share the mean of theirs.
 *
 * @param values Finite numbers.
 */
export function ranks(values: ArrayLike<number>): Float64Array {
  const order = Array.from({ length: values.length }, (_, i) => i).sort((a, b) => values[a]! - values[b]!);
  const result = new Float64Array(values.length);
  for (let start = 0; start < order.length;) {
    let end = start + 1;
    while (end < order.length && values[order[end]!] === values[order[start]!]) end++;
    for (let i = start; i < end; i++) result[order[i]!] = (start + 1 + end) / 2;
    start = end;
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
