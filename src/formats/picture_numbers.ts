/**
 * Ids of pictures from their file names, as COCO names them: `000000000785.jpg` is picture 785.
 *
 * @module
 */
import type { ImageEntry, PoseClip } from "./clip.ts";

/** A file name that is a number. */
const NUMBER = /^(\d+)\.[^.]+$/;

/**
 * The number that a picture is named by.
 *
 * @param name Name or path of its file.
 * @returns Null for any other name.
 */
export function pictureNumber(name: string): number | null {
  const id = Number(NUMBER.exec(name.split(/[\\/]/).at(-1)!)?.[1] ?? NaN);
  return Number.isSafeInteger(id) ? id : null;
}

/**
 * The pictures of a clip with ids by their names.
 *
 * @param clip Its frames are read once.
 * @param idOf Id of a name; null where it has none. @default {pictureNumber}
 * @returns A picture a frame; undefined unless every name has an id of its own.
 */
export async function picturesByName(
  clip: PoseClip,
  idOf: (name: string) => number | null = pictureNumber,
): Promise<ImageEntry[] | undefined> {
  const images = new Map<number, ImageEntry>();
  for await (const { name = "", width, height } of clip.frames()) {
    const id = idOf(name);
    if (id === null || images.has(id)) return undefined;
    images.set(id, {
      id,
      name,
      ...(width === undefined ? {} : { width }),
      ...(height === undefined ? {} : { height }),
    });
  }
  return images.size === 0 ? undefined : [...images.values()];
}
