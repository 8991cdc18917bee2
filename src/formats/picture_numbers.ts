/**
 * Ids of pictures from their file names, as COCO names them: `000000000785.jpg` is picture 785.
 *
 * @module
 */
import type { ImageEntry, PoseClip } from "./clip.ts";

/** A file name that is a number. */
const NUMBER = /^(\d+)\.[^.]+$/;

/**
 * Reads ids off the names of a clip's pictures.
 *
 * @param clip Its frames are read once.
 * @returns A picture a frame; undefined unless every name is a number of its own.
 */
export async function pictureNumbers(clip: PoseClip): Promise<ImageEntry[] | undefined> {
  const images = new Map<number, ImageEntry>();
  for await (const { name = "", width, height } of clip.frames()) {
    const id = Number(NUMBER.exec(name.split(/[\\/]/).at(-1)!)?.[1] ?? NaN);
    if (!Number.isSafeInteger(id) || images.has(id)) return undefined;
    images.set(id, {
      id,
      name,
      ...(width === undefined ? {} : { width }),
      ...(height === undefined ? {} : { height }),
    });
  }
  return images.size === 0 ? undefined : [...images.values()];
}
