/**
 * Frames of detections in, frames of people out: identities given, gaps filled, copies removed.
 *
 * A frame is held back only while something that follows may still change it: somebody out of sight may return, somebody
 * seen once may be confirmed, two tracks may prove to be one person. None of that lasts longer than the gap limit, so
 * memory is bounded by it.
 *
 * @module
 */

import type { Detection, Observation } from "./detection.ts";
import { type FrameTime, interpolatePerson, type TrackedPerson } from "./gap.ts";
import { resolveTrackOptions, type TrackOptions } from "./options.ts";
import { type Assignment, createTracker, type Prediction } from "./tracker.ts";
import type { TrackerState } from "./tracker_state.ts";

/** A finished frame. */
export interface TrackedFrame extends FrameTime {
  /** Everybody in it, in the order of their ids. */
  readonly people: readonly TrackedPerson[];
}

/** A stream of frames, opened by {@link createTrackStream}. */
export interface TrackStream {
  /**
   * One frame.
   *
   * @returns The frames that nothing can change any more, in order: none, or one, or many after a wait.
   * @throws {InputError} If the index does not rise, the time falls, or a number is not finite.
   */
  push(index: number, time: number, detections: readonly Detection[]): readonly TrackedFrame[];
  /** The frames still held, at the end of the clip. Who was out of sight stays so: nobody is extrapolated. */
  flush(): readonly TrackedFrame[];
  /** Where the people who are followed are expected at `time`: the crops of a frame on which no detector runs. */
  predict(time: number): readonly Prediction[];
  /** How many frames are held back. */
  readonly held: number;
  /** All that is remembered, as plain data that survives JSON. */
  snapshot(): TrackStreamState;
  /** Continues from a snapshot. */
  restore(state: TrackStreamState): void;
}

/** What a {@link TrackStream} remembers. */
export interface TrackStreamState {
  /** The tracker's part. */
  readonly tracker: TrackerState;
  /** The frames held back; keypoints as plain arrays. */
  readonly held: readonly (FrameTime & {
    readonly people: readonly (Omit<TrackedPerson, "keypoints"> & { readonly keypoints: readonly number[] })[];
  })[];
}

interface HeldFrame extends FrameTime {
  people: TrackedPerson[];
}

function seen(id: number, observation: Observation): TrackedPerson {
  const { box, score, keypoints, detection } = observation;
  return { id, box, score, keypoints: Float32Array.from(keypoints), detection, interpolated: false };
}

/** First frame that may still change; Infinity when none may. */
function horizon(state: TrackerState): number {
  const open = state.tracks.map((track) =>
    track.id === null ? track.waiting[0]!.index : track.missed > 0 ? track.last.index + 1 : Infinity
  );
  return Math.min(Infinity, ...open, ...state.pairs.map((pair) => pair.index));
}

/**
 * Opens a stream.
 *
 * @param options See {@link TrackOptions}.
 * @throws {RangeError} If an option is out of range.
 */
export function createTrackStream(options: TrackOptions = {}): TrackStream {
  const { gapSeconds, ...rest } = resolveTrackOptions(options);
  const tracker = createTracker({ gapSeconds, ...rest });
  let held: HeldFrame[] = [];

  const place = (assignment: Assignment, id: number): void => {
    let before = assignment.previous;
    for (const after of [...assignment.backfill, assignment.observation]) {
      for (const frame of held) {
        if (frame.index === after.index) frame.people.push(seen(id, after));
        else if (before !== null && frame.index > before.index && frame.index < after.index) {
          frame.people.push(interpolatePerson(id, before, after, frame, gapSeconds));
        }
      }
      before = after;
    }
  };
  const release = (end: number): TrackedFrame[] => {
    const done = held.filter((frame) => frame.index < end);
    held = held.filter((frame) => frame.index >= end);
    return done.map(({ index, time, people }) => ({ index, time, people: people.sort((a, b) => a.id - b.id) }));
  };

  return {
    push(index, time, detections) {
      const { assigned, merges } = tracker.update(index, time, detections);
      held.push({ index, time, people: [] });
      for (const assignment of assigned) if (assignment.id !== null) place(assignment, assignment.id);
      for (const { dropped, since } of merges) {
        for (const frame of held) {
          if (frame.index >= since) frame.people = frame.people.filter((person) => person.id !== dropped);
        }
      }
      return release(horizon(tracker.snapshot()));
    },
    flush: () => release(Infinity),
    predict: (time) => tracker.predict(time),
    get held() {
      return held.length;
    },
    snapshot: () => ({
      tracker: tracker.snapshot(),
      held: held.map(({ people, ...frame }) => ({
        ...frame,
        people: people.map((person) => ({ ...person, keypoints: Array.from(person.keypoints) })),
      })),
    }),
    restore(state) {
      tracker.restore(state.tracker);
      held = state.held.map(({ people, ...frame }) => ({
        ...frame,
        people: people.map((person) => ({ ...person, keypoints: Float32Array.from(person.keypoints) })),
      }));
    },
  };
}
