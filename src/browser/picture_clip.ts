/**
 * A single picture as a clip of one frame.
 *
 * @module
 */
/// <reference lib="dom" />

import { checkFrameSize } from "../media/limits.ts";
import type { BrowserClip, ClipPicture } from "./clip.ts";

/** The rate that a picture is said to have, as `run` says it. */
const PICTURE_RATE = 25;

/**
 * Opens a picture, upright.
 *
 * @param file The file.
 * @returns The clip; null when the browser knows no picture in it.
 * @throws {InputError} If it is larger than {@link checkFrameSize} allows.
 */
export async function openPictureClip(file: File): Promise<BrowserClip | null> {
  let bitmap: ImageBitmap;
  try {
    // Pixels as they stand in the file, so that they are those that `run` sees.
    bitmap = await createImageBitmap(file, { imageOrientation: "from-image", colorSpaceConversion: "none" });
  } catch {
    return null;
  }
  const { width, height } = bitmap;
  checkFrameSize(file.name, width, height);
  return {
    input: file.name,
    fps: PICTURE_RATE,
    fpsNote: "a picture",
    width,
    height,
    still: true,
    count: 1,
    async *pictures(signal: AbortSignal): AsyncGenerator<ClipPicture, void, void> {
      signal.throwIfAborted();
      yield await Promise.resolve({ index: 0, time: 0, name: file.name, bitmap });
    },
    [Symbol.dispose]: () => bitmap.close(),
  };
}
