/**
 * The list of pictures of a COCO file, and people put into them.
 *
 * @module
 */

import type { ImageEntry } from "../clip.ts";
import type { DraftFrame, Survey } from "../draft_clip.ts";
import { asInteger, asObject, asString, at, type Place, refuse } from "../fields.ts";

/** One of the `images` of a COCO file. */
export function readImage(value: unknown, place: Place): ImageEntry {
  const image = asObject(value, place);
  return {
    id: asInteger(image.id, at(place, "id"), 0),
    ...(image.file_name === undefined ? {} : { name: asString(image.file_name, at(place, "file_name")) }),
    ...(image.width === undefined ? {} : { width: asInteger(image.width, at(place, "width"), 1) }),
    ...(image.height === undefined ? {} : { height: asInteger(image.height, at(place, "height"), 1) }),
  };
}

/** The pictures by id: the order of the ids is the order of the frames. */
export function sortImages(images: readonly ImageEntry[]): readonly ImageEntry[] {
  return [...images].sort((a, b) => a.id - b.id);
}

/**
 * Puts people into pictures. Both come with rising ids, so that neither has to be held.
 *
 * @param images The pictures.
 * @param groups People; `number` is the id of their picture.
 * @returns A frame a picture; `number` is its place in the list.
 * @throws {InputError} If people are in a picture that the list does not have.
 */
export async function* joinImages(
  images: AsyncIterable<ImageEntry>,
  groups: AsyncIterable<DraftFrame>,
): AsyncGenerator<DraftFrame, void, void> {
  const rest = groups[Symbol.asyncIterator]();
  try {
    let group = await rest.next();
    let position = 0;
    for await (const { id, ...image } of images) {
      if (!group.done && group.value.number < id) refuseImage(group.value);
      const here = !group.done && group.value.number === id ? group.value : null;
      yield {
        ...image,
        place: here?.place ?? { parent: null, key: `image ${id}` },
        number: position++,
        imageId: id,
        people: here?.people ?? [],
      };
      if (here !== null) group = await rest.next();
    }
    if (!group.done) refuseImage(group.value);
  } finally {
    await rest.return?.();
  }
}

/** Pictures that are in memory. */
export async function* listed(images: readonly ImageEntry[]): AsyncGenerator<ImageEntry, void, void> {
  yield* images;
}

/** The part of a survey that changes when people, found by picture, are put into all `count` pictures. */
export function inPictures(
  images: () => AsyncIterable<ImageEntry>,
  groups: () => AsyncIterable<DraftFrame>,
  count: number,
): Pick<Survey, "open" | "count" | "first" | "last"> {
  return { open: () => joinImages(images(), groups()), count, first: 0, last: count - 1 };
}

function refuseImage({ place, number }: DraftFrame): never {
  refuse(place, "must be the id of an image in the list", number);
}
