/**
 * Two tracks on one person: the younger one goes.
 *
 * @module
 */

import type { ResolvedTrackOptions } from "./options.ts";
import { isSameSight } from "./similarity.ts";
import type { PairState, TrackState } from "./tracker_state.ts";

/** A track that was dropped because it had come to show the same person as an older one. */
export interface Merge {
  /** Identity that stays. */
  readonly kept: number;
  /** Identity that ends. */
  readonly dropped: number;
  /** First frame of the coincidence: from there on `dropped` is a copy. */
  readonly since: number;
}

/** Result of {@link findDuplicates}. */
export interface Duplicates {
  /** Pairs that coincide, but not for long enough yet. */
  readonly pairs: readonly PairState[];
  /** Tracks to drop. */
  readonly merges: readonly Merge[];
}

/**
 * Follows how long confirmed tracks coincide. People who cross coincide for a moment, two tracks on one person stay
 * together: so both a time and a number of frames must pass, without a break.
 *
 * @param seen The confirmed tracks that were seen in this frame, in the order of their keys.
 * @param before The pairs of the frame before.
 * @param options The tracker's options.
 */
export function findDuplicates(
  seen: readonly TrackState[],
  before: readonly PairState[],
  options: ResolvedTrackOptions,
): Duplicates {
  const pairs: PairState[] = [];
  const merges: Merge[] = [];
  const dropped = new Set<number>();
  seen.forEach((older, i) => {
    for (const younger of seen.slice(i + 1)) {
      if (dropped.has(older.key) || dropped.has(younger.key)) continue;
      if (!isSameSight(older.last, younger.last, options.duplicateOks)) continue;
      const { index, time } = older.last;
      const known = before.find((pair) => pair.older === older.key && pair.younger === younger.key);
      const pair = known === undefined
        ? { older: older.key, younger: younger.key, index, time, frames: 1 }
        : { ...known, frames: known.frames + 1 };
      if (pair.frames >= options.duplicateFrames && time - pair.time >= options.duplicateSeconds) {
        merges.push({ kept: older.id!, dropped: younger.id!, since: pair.index });
        dropped.add(younger.key);
      } else pairs.push(pair);
    }
  });
  return { pairs: pairs.filter((pair) => !dropped.has(pair.older) && !dropped.has(pair.younger)), merges };
}
