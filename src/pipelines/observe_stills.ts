/**
 * Stills in, stills with people out. What was detected is handed to a journal before it is used, as for clips.
 *
 * @module
 */
import { InputError } from "../core/errors.ts";
import type { Frame } from "../media/frame.ts";
import type { DetectedPerson } from "./detected.ts";
import type { ObserveOptions, PeopleFinder } from "./observe.ts";
import type { ObservedFrame } from "./observed.ts";
import { createReplay } from "./replay.ts";

/** Options of {@link observeStills}. */
export interface ObserveStillsOptions extends Pick<ObserveOptions, "journal" | "onFrame"> {
  /** Told about a picture that cannot be searched, which is passed over then; without it the stream ends there. */
  readonly onBroken?: (error: InputError) => void;
}

/**
 * Looks at pictures one by one.
 *
 * @param pictures In order.
 * @param finder Finds people in one picture.
 * @param options Journal, progress, what to do with a picture that fails.
 * @returns The pictures with their people, the surest first. Identities count on from picture to picture: nobody in one is
 *   taken for somebody in another.
 */
export async function* observeStills(
  pictures: AsyncIterable<Frame>,
  finder: PeopleFinder,
  options: ObserveStillsOptions = {},
): AsyncGenerator<ObservedFrame, void, void> {
  const { journal, onFrame, onBroken } = options;
  const replay = createReplay(journal);
  let id = 0;
  let ordinal = 0;
  try {
    for await (const picture of pictures) {
      const { index, time, name, width, height } = picture;
      const place = { index, time, ...(name === undefined ? {} : { name }) };
      let people: readonly DetectedPerson[];
      try {
        people = (await replay.next(place, () => finder.find(picture, ordinal, []))).people;
      } catch (error) {
        if (onBroken === undefined || !(error instanceof InputError)) throw error;
        onBroken(error);
        continue;
      } finally {
        onFrame?.(++ordinal);
      }
      yield {
        ...place,
        size: { width, height },
        people: people.map((person) => ({ ...person, id: ++id, interpolated: false })),
      };
    }
  } finally {
    await replay.close();
  }
}
