/**
 * All that a tracker remembers, as plain data: `JSON.parse(JSON.stringify(state))` continues exactly as `state` does.
 *
 * @module
 */

import type { Observation } from "./detection.ts";
import type { Velocity } from "./motion.ts";
import type { ResolvedTrackOptions } from "./options.ts";

/** One person who is followed. */
export interface TrackState {
  /** Order of first sight, from 1. Never reused. */
  readonly key: number;
  /** Identity, from 1, never reused; null until the person is confirmed. */
  readonly id: number | null;
  /** How often seen. */
  readonly hits: number;
  /** Updates since last seen. */
  readonly missed: number;
  /** Velocity of the body, px/s. */
  readonly velocity: Velocity;
  /** Last sight. */
  readonly last: Observation;
  /** All sights so far, oldest first, while not confirmed; then empty. */
  readonly waiting: readonly Observation[];
}

/** Two tracks that coincide, and since when. */
export interface PairState {
  /** Key of the older track. */
  readonly older: number;
  /** Key of the younger one. */
  readonly younger: number;
  /** First frame of the coincidence. */
  readonly index: number;
  /** Its time, seconds. */
  readonly time: number;
  /** Frames in a row. */
  readonly frames: number;
}

/** The state between two updates. */
export interface TrackerState {
  /** Index of the last frame; -1 before the first. */
  readonly index: number;
  /** Time of the last frame, seconds; 0 before the first. */
  readonly time: number;
  /** Key of the next new track. */
  readonly nextKey: number;
  /** Identity of the next confirmed track. */
  readonly nextId: number;
  /** Everybody who is followed, in the order of their keys. */
  readonly tracks: readonly TrackState[];
  /** Tracks that coincide. */
  readonly pairs: readonly PairState[];
}

/** The state before the first frame. */
export function initialTrackerState(): TrackerState {
  return { index: -1, time: 0, nextKey: 1, nextId: 1, tracks: [], pairs: [] };
}

/** Whether a track may still be continued at `time`. */
export function isAlive(track: TrackState, time: number, options: ResolvedTrackOptions): boolean {
  const limit = track.id === null ? options.tentativeSeconds : options.gapSeconds;
  return track.missed === 0 || time - track.last.time <= limit;
}
