/**
 * Frames of pixels in, frames of people with identities out. What was detected is handed to a journal before it is used,
 * and what a journal already holds is not detected again.
 *
 * @module
 */
import type { Frame } from "../media/frame.ts";
import { createTrackStream, type Prediction, type TrackedFrame, type TrackOptions } from "../track/mod.ts";
import { type DetectedFrame, type DetectedPerson, roundDetected } from "./detected.ts";
import type { ObservedFrame, ObservedPerson } from "./observed.ts";

/** Finds people in a frame. `expected` are those who are being followed. */
export interface PeopleFinder {
  /**
   * @param frame The picture.
   * @param ordinal Position in the stream, from 0.
   * @param expected Where the people who are followed should be.
   */
  find(frame: Frame, ordinal: number, expected: readonly Prediction[]): Promise<readonly DetectedPerson[]>;
}

/** Detections of an earlier run of the same clip, and where new ones go. */
export interface DetectionJournal {
  /** The frames that are already known, from the first frame on. */
  readonly known: AsyncIterable<DetectedFrame>;
  /** Keeps a frame. Resolves when it is safe. */
  append(frame: DetectedFrame): Promise<void>;
}

/** Options of {@link observeFrames}. */
export interface ObserveOptions {
  /** How identities are given. */
  readonly track?: TrackOptions;
  /** Detections of an earlier run, and where new ones go. */
  readonly journal?: DetectionJournal;
  /** Called after each frame with the number of frames seen so far. */
  readonly onFrame?: (frames: number) => void;
}

/**
 * Gives identities to detections.
 *
 * @param frames Detections in the order of the frames.
 * @param options How identities are given.
 */
export class Identities {
  readonly #stream: ReturnType<typeof createTrackStream>;
  readonly #held = new Map<number, DetectedFrame>();

  /** @param options How identities are given. */
  constructor(options: TrackOptions = {}) {
    this.#stream = createTrackStream(options);
  }

  /** Where the people who are followed should be at `time`, seconds. */
  predict(time: number): readonly Prediction[] {
    return this.#stream.predict(time);
  }

  /** Adds a frame. Returns the frames that nothing can change any more. */
  push(frame: DetectedFrame): ObservedFrame[] {
    this.#held.set(frame.index, frame);
    return this.#finish(this.#stream.push(frame.index, frame.time, frame.people));
  }

  /** The frames that are still held, at the end of the clip. */
  flush(): ObservedFrame[] {
    return this.#finish(this.#stream.flush());
  }

  #finish(done: readonly TrackedFrame[]): ObservedFrame[] {
    return done.map(({ index, time, people }) => {
      const detected = this.#held.get(index)!;
      this.#held.delete(index);
      const { name } = detected;
      return {
        index,
        time,
        ...(name === undefined ? {} : { name }),
        people: people.map(({ detection, ...person }): ObservedPerson => {
          const seen = detection === null ? undefined : detected.people[detection];
          // An interpolated point is as uncertain as the person is large and its score is low.
          const sigma = seen?.sigma ?? guessedSigma(person.box, person.keypoints);
          return { ...person, sigma, ...(seen?.heatmaps === undefined ? {} : { heatmaps: seen.heatmaps }) };
        }),
      };
    });
  }
}

/** Spread of points that no heatmap shows: a share of the person's size that grows as the score falls, px. */
export function guessedSigma(box: readonly [number, number, number, number], keypoints: Float32Array): Float32Array {
  const size = Math.max(box[2], box[3]);
  return Float32Array.from({ length: keypoints.length / 3 }, (_, joint) => {
    const score = Math.min(Math.max(keypoints[joint * 3 + 2]!, 0), 1);
    return size * (SURE_SHARE + (1 - score) * (UNSURE_SHARE - SURE_SHARE));
  });
}

/** Share of a person's size by which a sure point is off, and an unsure one: OKS falls to 0.6 there for wrist and hip. */
const SURE_SHARE = 0.01;
const UNSURE_SHARE = 0.05;

/**
 * Follows the people in a stream of frames.
 *
 * @param frames The pictures, in order, from the first one that is wanted.
 * @param finder Finds people in one frame.
 * @param options Tracking, journal, progress.
 * @returns The frames in order; a frame is held back while somebody out of sight may return, at most the gap limit.
 */
export async function* observeFrames(
  frames: AsyncIterable<Frame>,
  finder: PeopleFinder,
  options: ObserveOptions = {},
): AsyncGenerator<ObservedFrame, void, void> {
  const { track = {}, journal, onFrame } = options;
  const identities = new Identities(track);
  let known = 0;
  if (journal !== undefined) {
    for await (const frame of journal.known) {
      known++;
      onFrame?.(known);
      yield* identities.push(frame);
    }
  }
  let ordinal = 0;
  for await (const frame of frames) {
    if (ordinal++ < known) continue;
    const { index, time, name } = frame;
    const people = await finder.find(frame, ordinal - 1, identities.predict(time));
    const detected = roundDetected({ index, time, ...(name === undefined ? {} : { name }), people });
    await journal?.append(detected);
    onFrame?.(ordinal);
    yield* identities.push(detected);
  }
  yield* identities.flush();
}
