/**
 * Work that is written down as it is done, and taken from what was written where an earlier run did it. As a run does the
 * same work in the same order each time, the notes are read like a score.
 *
 * @module
 */
import { InputError } from "../core/errors.ts";
import { type DetectedFrame, type DetectedPerson, roundDetected } from "./detected.ts";

/** Detections of an earlier run of the same clip, and where new ones go. */
export interface DetectionJournal {
  /** What is already known, in the order in which it was found, from the first frame on. */
  readonly known: AsyncIterable<DetectedFrame>;
  /** Keeps a frame. Resolves when it is safe. */
  append(frame: DetectedFrame): Promise<void>;
}

/** A journal that is read to its end, then written. */
export interface Replay {
  /**
   * The people of a frame: those of the journal if it goes on with them, else those that `work` finds.
   *
   * @param place The frame, and which look at it.
   * @param work Finds them.
   * @throws {InputError} If the journal goes on with something else.
   */
  next(place: Omit<DetectedFrame, "people">, work: () => Promise<readonly DetectedPerson[]>): Promise<DetectedFrame>;
  /** Ends the reading. */
  close(): Promise<void>;
}

/**
 * Opens a replay.
 *
 * @param journal What an earlier run left; without it all work is done.
 */
export function createReplay(journal: DetectionJournal | undefined): Replay {
  let known = journal?.known[Symbol.asyncIterator]() ?? null;
  return {
    async next(place, work) {
      if (known !== null) {
        const { done, value } = await known.next();
        if (done !== true) {
          if (value.index === place.index && value.window === place.window) return value;
          throw new InputError(
            "the journal of the run that was cut",
            `must go on with frame ${place.index}: start anew with --overwrite`,
            `frame ${value.index}`,
          );
        }
        known = null;
      }
      const frame = roundDetected({ ...place, people: await work() });
      await journal?.append(frame);
      return frame;
    },
    close: async () => void await known?.return?.(),
  };
}
