/**
 * Stills in, stills with people out. What was detected is handed to a journal before it is used, as for clips.
 *
 * @module
 */
import type { Frame } from "../media/frame.ts";
import type { ObserveOptions, PeopleFinder } from "./observe.ts";
import type { ObservedFrame } from "./observed.ts";
import { createReplay } from "./replay.ts";

/**
 * Looks at pictures one by one.
 *
 * @param pictures In order.
 * @param finder Finds people in one picture.
 * @param options Journal, progress.
 * @returns The pictures with their people, the surest first. Identities count on from picture to picture: nobody in one is
 *   taken for somebody in another.
 */
export async function* observeStills(
  pictures: AsyncIterable<Frame>,
  finder: PeopleFinder,
  options: Pick<ObserveOptions, "journal" | "onFrame"> = {},
): AsyncGenerator<ObservedFrame, void, void> {
  const { journal, onFrame } = options;
  const replay = createReplay(journal);
  let id = 0;
  let ordinal = 0;
  try {
    for await (const picture of pictures) {
      const { index, time, name, width, height } = picture;
      const place = { index, time, ...(name === undefined ? {} : { name }) };
      const { people } = await replay.next(place, () => finder.find(picture, ordinal, []));
      onFrame?.(++ordinal);
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
