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
  /** Whether the journal still holds work that was done. */
  goesOn(): Promise<boolean>;
  /** Ends the reading. */
  close(): Promise<void>;
}

/**
 * Opens a replay.
 *
 * @param journal What an earlier run left; without it all work is done.
 */
export function createReplay(journal: DetectionJournal | undefined): Replay {
  const known = journal?.known[Symbol.asyncIterator]();
  /** The next frame of the journal; null at its end, undefined while it was not read. */
  let ahead: DetectedFrame | null | undefined = known === undefined ? null : undefined;
  const look = async (): Promise<DetectedFrame | null> => {
    if (ahead !== undefined) return ahead;
    const { done, value } = await known!.next();
    return ahead = done === true ? null : value;
  };
  return {
    goesOn: async () => await look() !== null,
    async next(place, work) {
      const value = await look();
      if (value !== null) {
        if (value.index !== place.index || value.window !== place.window) {
          throw new InputError(
            "the journal of the run that was cut",
            `must go on with frame ${place.index}: start anew with --overwrite`,
            `frame ${value.index}`,
          );
        }
        ahead = undefined;
        return value;
      }
      const frame = roundDetected({ ...place, people: await work() });
      await journal?.append(frame);
      return frame;
    },
    close: async () => void await known?.return?.(),
  };
}
