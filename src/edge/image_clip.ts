/**
 * Pictures of a request, where the host's limits allow them: decoded one at a time, people found and followed.
 *
 * @module
 */

import { InputError } from "../core/errors.ts";
import type { ModelRecord } from "../formats/record.ts";
import { decodeImage } from "../media/image.ts";
import { readImageHeader } from "../media/image_header.ts";
import type { Frame } from "../media/frame.ts";
import { observeFrames, type PeopleFinder } from "../pipelines/observe.ts";
import type { ImageFile, ImageRequest, ObservedClip } from "./observed_clip.ts";
import { pause } from "./pause.ts";

/** Frames a second of pictures where a request does not say. */
const STILL_FPS = 25;

/** What finds people. */
export interface PictureFinder {
  /** Largest picture, pixels: it takes four bytes each when decoded. */
  readonly maxPixels: number;
  /** The packs that find people, for the header. */
  readonly models: readonly ModelRecord[];
  /**
   * Makes a finder for one request.
   *
   * @param mixtures Kernels a joint that the lifter wants.
   * @param maxPeople Most people in a frame.
   */
  open(mixtures: number, maxPeople: number): PeopleFinder;
}

/**
 * The people of a request's pictures.
 *
 * @param stage Finds them.
 * @param files The pictures in order, at least one; all of one size.
 * @param options Kernels, people, rate, signal.
 * @throws {InputError} If a picture is none, damaged, too large, or of another size than the first one.
 */
export async function observeImages(
  stage: PictureFinder,
  files: readonly ImageFile[],
  options: ImageRequest,
): Promise<ObservedClip> {
  const { mixtures, maxPeople, fps = STILL_FPS, signal } = options;
  for (const { name, bytes } of files) {
    const { width, height } = readImageHeader(bytes, name);
    if (width * height > stage.maxPixels) {
      throw new InputError(name, `a picture must hold at most ${stage.maxPixels} pixels`, `${width}x${height}`);
    }
  }
  // The header is of the picture as it is stored; what counts is how it stands upright.
  const first = await decodeImage(files[0]!.bytes, files[0]!.name);
  const { width, height } = first;
  async function* frames(): AsyncGenerator<Frame, void, void> {
    for (const [index, { name, bytes }] of files.entries()) {
      await pause();
      signal.throwIfAborted();
      const frame = index === 0 ? first : await decodeImage(bytes, name);
      if (frame.width !== width || frame.height !== height) {
        const rule = `must have the size of the first picture, ${width}x${height}`;
        throw new InputError(name, rule, `${frame.width}x${frame.height}`);
      }
      yield { ...frame, index, time: index / fps };
    }
  }
  const finder = stage.open(mixtures, maxPeople);
  return { fps, width, height, models: stage.models, frames: observeFrames(frames(), finder) };
}
