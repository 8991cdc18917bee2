/**
 * Stills in, stills with people out.
 *
 * @module
 */
import { InputError } from "../core/errors.ts";
import type { Frame } from "../media/frame.ts";
import type { DetectedPerson } from "./detected.ts";
import type { ObserveOptions, PeopleFinder } from "./observe.ts";
import type { ObservedFrame } from "./observed.ts";

/** Options of {@link observeStills}. */
export interface ObserveStillsOptions extends Pick<ObserveOptions, "onFrame"> {
  /**
   * Identities up to this one are taken.
   * @default {0}
   */
  readonly lastId?: number;
  /** Told about a picture that cannot be searched, which is passed over then; without it the stream ends there. */
  readonly onBroken?: (error: InputError) => void;
}

/**
 * Looks at pictures one by one.
 *
 * @param pictures In order.
 * @param finder Finds people in one picture.
 * @param options Progress, taken identities, what to do with a picture that fails.
 * @returns The pictures with their people, the surest first. Identities count on from picture to picture: nobody in one is
 *   taken for somebody in another.
 */
export async function* observeStills(
  pictures: AsyncIterable<Frame>,
  finder: PeopleFinder,
  options: ObserveStillsOptions = {},
): AsyncGenerator<ObservedFrame, void, void> {
  const { lastId = 0, onFrame, onBroken } = options;
  let id = lastId;
  let ordinal = 0;
  for await (const picture of pictures) {
    const { index, time, name, width, height } = picture;
    let people: readonly DetectedPerson[];
    try {
      people = await finder.find(picture, ordinal, []);
    } catch (error) {
      if (onBroken === undefined || !(error instanceof InputError)) throw error;
      onBroken(error);
      continue;
    } finally {
      onFrame?.(++ordinal);
    }
    yield {
      index,
      time,
      ...(name === undefined ? {} : { name }),
      size: { width, height },
      people: people.map((person) => ({ ...person, id: ++id, interpolated: false })),
    };
  }
}
