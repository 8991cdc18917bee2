/**
 * Boxes and keypoints to identities, frame by frame.
 *
 * @module
 */

import { InputError } from "../core/errors.ts";
import { checkDetection, type Detection, type Observation, observe } from "./detection.ts";
import { findDuplicates, type Merge } from "./duplicates.ts";
import { matchDetections } from "./matching.ts";
import { predictSighting, updateVelocity } from "./motion.ts";
import { type ResolvedTrackOptions, resolveTrackOptions, type TrackOptions } from "./options.ts";
import type { Sighting } from "./similarity.ts";
import { initialTrackerState, isAlive, type TrackerState, type TrackState } from "./tracker_state.ts";

/** One frame for the tracker. */
export interface TrackerFrame {
  /** Index, rising. */
  readonly index: number;
  /** Time, seconds, never falling. */
  readonly time: number;
  /** Everybody who was detected, in any order. */
  readonly detections: readonly Detection[];
}

/** A detection that belongs to somebody. */
export interface Assignment {
  /** Position of the detection in its frame. */
  readonly detection: number;
  /** Identity, from 1, never reused; null while the person is not confirmed. */
  readonly id: number | null;
  /** The detection as an observation. */
  readonly observation: Observation;
  /** Sights before the confirmation, oldest first: filled in the one update that confirms. */
  readonly backfill: readonly Observation[];
  /** The sight before this one (and before `backfill`); null for the first. Frames may lie in between: a gap. */
  readonly previous: Observation | null;
}

/** What an update tells. */
export interface TrackerUpdate {
  /** The state after it. */
  readonly state: TrackerState;
  /**
   * The detections that belong to somebody, in the order of first sight. Low scores that continue nobody and double
   * sights of one person are not in it.
   */
  readonly assigned: readonly Assignment[];
  /** Tracks that turned out to be copies of an older one; they are not in `assigned`. */
  readonly merges: readonly Merge[];
}

/** Where somebody is expected. */
export interface Prediction extends Sighting {
  /** Identity; null while the person is not confirmed. */
  readonly id: number | null;
  /** The last sight: index of its frame, position of the detection in it. */
  readonly last: { readonly index: number; readonly detection: number };
}

function checkFrame(state: TrackerState, frame: TrackerFrame): void {
  if (!Number.isSafeInteger(frame.index) || frame.index <= state.index) {
    throw new InputError(
      "frame index",
      `must be an integer above that of the frame before, ${state.index}`,
      String(frame.index),
    );
  }
  if (!Number.isFinite(frame.time) || frame.time < state.time) {
    throw new InputError(
      `time of frame ${frame.index}`,
      `must be at least that of the frame before, ${state.time}`,
      String(frame.time),
    );
  }
  frame.detections.forEach(checkDetection);
}

/** The track with one more sight, not yet confirmed by it. */
function seeAgain(track: TrackState, observation: Observation): TrackState {
  const hits = track.hits + 1;
  return {
    ...track,
    hits,
    missed: 0,
    velocity: updateVelocity(track.velocity, track.last, observation, hits),
    last: observation,
    waiting: track.id === null ? [...track.waiting, observation] : [],
  };
}

function isConfirmed(track: TrackState, options: ResolvedTrackOptions): boolean {
  return track.id !== null || track.hits >= options.confirmHits || track.last.score >= options.confirmScore;
}

/**
 * One step of the tracker, without side effects: the same state and frame always give the same answer, in whatever order
 * the detections stand.
 *
 * @param state The state before; {@link initialTrackerState} at first. It is not changed.
 * @param frame The frame.
 * @param options See {@link TrackOptions}.
 * @throws {InputError} If the index does not rise, the time falls, or a number is not finite.
 * @throws {ShapeError} If a detection does not have 17 joints.
 */
export function updateTracks(state: TrackerState, frame: TrackerFrame, options: TrackOptions = {}): TrackerUpdate {
  const resolved = resolveTrackOptions(options);
  checkFrame(state, frame);
  const { index, time, detections } = frame;
  const before = state.tracks.filter((track) => isAlive(track, time, resolved));
  const { matched, born } = matchDetections(before, detections, time, resolved);
  const observationOf = (position: number) => observe(detections[position]!, { index, time, detection: position });

  let { nextKey, nextId } = state;
  const met = before.map((track) => {
    const position = matched.get(track.key);
    return position === undefined ? { ...track, missed: track.missed + 1 } : seeAgain(track, observationOf(position));
  });
  for (const position of born) {
    const last = observationOf(position);
    met.push({ key: nextKey++, id: null, hits: 1, missed: 0, velocity: [0, 0], last, waiting: [last] });
  }
  const confirmed = met.map((track) =>
    track.missed === 0 && track.id === null && isConfirmed(track, resolved)
      ? { ...track, id: nextId++, waiting: [] }
      : track
  );

  const seen = confirmed.filter((track) => track.missed === 0);
  const { pairs, merges } = findDuplicates(seen.filter((track) => track.id !== null), state.pairs, resolved);
  const stays = (track: TrackState) => !merges.some((merge) => merge.dropped === track.id);
  const assigned = seen.filter(stays).map((track): Assignment => {
    const old = before.find(({ key }) => key === track.key);
    const unconfirmed = old !== undefined && old.id === null;
    return {
      detection: track.last.detection,
      id: track.id,
      observation: track.last,
      backfill: unconfirmed && track.id !== null ? old.waiting : [],
      previous: old === undefined || unconfirmed ? null : old.last,
    };
  });
  return { state: { index, time, nextKey, nextId, tracks: confirmed.filter(stays), pairs }, assigned, merges };
}

/**
 * Where the people who are followed are expected at `time`: the crops of a frame on which no detector runs.
 *
 * @param state The state after the last frame.
 * @param time Time of the frame, seconds.
 * @param options See {@link TrackOptions}.
 * @returns Everybody who may still be continued, in the order of first sight.
 */
export function predictTracks(state: TrackerState, time: number, options: TrackOptions = {}): readonly Prediction[] {
  const resolved = resolveTrackOptions(options);
  return state.tracks.filter((track) => isAlive(track, time, resolved))
    .map(({ id, last, velocity }) => ({
      id,
      ...predictSighting(last, velocity, time),
      last: { index: last.index, detection: last.detection },
    }));
}

/** {@link updateTracks} with its state held inside. */
export interface Tracker {
  /** One frame. Throws as {@link updateTracks}; the state is then as before. */
  update(index: number, time: number, detections: readonly Detection[]): Omit<TrackerUpdate, "state">;
  /** See {@link predictTracks}. */
  predict(time: number): readonly Prediction[];
  /** The state, plain data that survives JSON. */
  snapshot(): TrackerState;
  /** Continues from a state. */
  restore(state: TrackerState): void;
}

/**
 * Opens a tracker.
 *
 * @param options See {@link TrackOptions}.
 * @throws {RangeError} If an option is out of range.
 *
 * @example Follow people through a clip
 * ```ts ignore
 * const tracker = createTracker();
 * for await (const { index, time, detections } of frames) {
 *   for (const { id, detection } of tracker.update(index, time, detections).assigned) use(id, detections[detection]);
 * }
 * ```
 */
export function createTracker(options: TrackOptions = {}): Tracker {
  const resolved = resolveTrackOptions(options);
  let state = initialTrackerState();
  return {
    update(index, time, detections) {
      const { state: next, ...told } = updateTracks(state, { index, time, detections }, resolved);
      state = next;
      return told;
    },
    predict: (time) => predictTracks(state, time, resolved),
    snapshot: () => state,
    restore(saved) {
      state = saved;
    },
  };
}
