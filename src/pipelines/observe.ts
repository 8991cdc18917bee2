/**
 * Frames of pixels in, frames of people with identities out. What was detected is handed to a journal before it is used,
 * and what a journal already holds is not detected again.
 *
 * @module
 */
import type { Frame } from "../media/frame.ts";
import type { TrackOptions } from "../track/mod.ts";
import type { DetectedFrame, DetectedPerson } from "./detected.ts";
import { type ExpectedPerson, Identities } from "./identities.ts";
import type { ObservedFrame } from "./observed.ts";
import { createReplay, type DetectionJournal } from "./replay.ts";
import { type DueWindow, WindowQueue, type WindowStage } from "./window_queue.ts";

/** Finds people in a frame. `expected` are those who are being followed. */
export interface PeopleFinder {
  /**
   * @param frame The picture.
   * @param ordinal Position in the stream, from 0.
   * @param expected Where the people who are followed should be.
   */
  find(frame: Frame, ordinal: number, expected: readonly ExpectedPerson[]): Promise<readonly DetectedPerson[]>;
}

/** Options of {@link observeFrames}. */
export interface ObserveOptions {
  /** How identities are given. */
  readonly track?: TrackOptions;
  /** Looks at everybody again, with the frames around. Without it the first look stands. */
  readonly windows?: WindowStage;
  /** Detections of an earlier run, and where new ones go. */
  readonly journal?: DetectionJournal;
  /** Called after each frame with the number of frames seen so far. */
  readonly onFrame?: (frames: number) => void;
}

/**
 * Follows the people in a stream of frames.
 *
 * @param frames The pictures, in order, from the first one that is wanted.
 * @param finder Finds people in one frame.
 * @param options Tracking, second look, journal, progress.
 * @returns The frames in order; a frame is held back while somebody out of sight may return, at most the gap limit.
 *   Pictures are held for one window of the second look only.
 */
export async function* observeFrames(
  frames: AsyncIterable<Frame>,
  finder: PeopleFinder,
  options: ObserveOptions = {},
): AsyncGenerator<ObservedFrame, void, void> {
  const { track = {}, windows, journal, onFrame } = options;
  const identities = new Identities(track, windows !== undefined);
  const queue = windows === undefined ? null : new WindowQueue(windows.radius, windows.stride);
  const replay = createReplay(journal);
  const ahead = windows?.ahead ?? 1;
  let ordinal = 0;
  const looking: SecondLook[] = [];
  /** Waits for windows that are being computed, oldest first, until so many are left. */
  const settle = async (left: number): Promise<ObservedFrame[]> => {
    const done: ObservedFrame[] = [];
    while (looking.length > left) {
      const { place, work } = looking.shift()!;
      done.push(...identities.refine(await replay.next(place, work)));
    }
    return done;
  };
  /** Begins with a window; what the journal holds of it is not known before it is settled. */
  const begin = async ({ key, frames, people }: DueWindow): Promise<void> => {
    const place = { index: key.index, time: key.time, window: true } as const;
    let work = (): Promise<readonly DetectedPerson[]> => windows!.estimate(key, frames, people);
    if (!await replay.goesOn()) {
      const found = work();
      found.catch(() => {}); // Told when it is settled.
      work = () => found;
    }
    looking.push({ place, work });
  };
  try {
    for await (const frame of frames) {
      const { index, time, name } = frame;
      const place = { index, time, ...(name === undefined ? {} : { name }) };
      // Meanwhile the window of an earlier frame may be computed, where that runs on a thread of its own.
      const detected = await replay.next(place, () => finder.find(frame, ordinal, identities.predict(time)));
      ordinal++;
      onFrame?.(ordinal);
      yield* identities.push(detected);
      if (queue === null) continue;
      const people = [...detected.people, ...identities.lost(frame)];
      for (const due of queue.push(frame, people)) await begin(due);
      // Who computes windows finds the next one waiting when this one is done.
      yield* await settle(ahead);
    }
    for (const due of queue?.flush() ?? []) {
      await begin(due);
      yield* await settle(ahead);
    }
    yield* await settle(0);
    yield* identities.flush();
  } finally {
    await replay.close();
  }
}

/** A window that is being computed, or was. */
interface SecondLook {
  readonly place: Omit<DetectedFrame, "people">;
  readonly work: () => Promise<readonly DetectedPerson[]>;
}
