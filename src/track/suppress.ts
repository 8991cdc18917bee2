/**
 * Greedy suppression of duplicates by object keypoint similarity, as pose estimators do it ("OKS-NMS").
 *
 * @module
 */

import { isSameSight, type Sighting } from "./similarity.ts";

/**
 * Keeps the surest sighting of each person: goes from the highest score down and drops whatever shows the same person as
 * one that was kept. Of equal scores the earlier one goes first.
 *
 * @param people Sightings of one moment; not changed.
 * @param threshold Two sightings at least this much alike are one person, 0..1; see {@link isSameSight}.
 * @param most At most so many are kept. @default {Infinity}
 * @returns Those that are kept, the surest first.
 */
export function suppressDuplicates<T extends Sighting & { readonly score: number }>(
  people: readonly T[],
  threshold: number,
  most: number = Infinity,
): T[] {
  const kept: T[] = [];
  for (const person of [...people].sort((a, b) => b.score - a.score)) {
    if (kept.length >= most) break;
    if (!kept.some((better) => isSameSight(better, person, threshold))) kept.push(person);
  }
  return kept;
}
