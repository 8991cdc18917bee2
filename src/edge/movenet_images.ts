/**
 * People in pictures with MoveNet, for a handler that takes pictures.
 *
 * @module
 */

import { createMovenetFinder } from "../pipelines/find_people.ts";
import { type OpenedSession, openSession, type OpenSessionOptions, type Pack } from "../runtime/mod.ts";
import { observeImages, type PictureFinder } from "./image_clip.ts";
import type { ImageStage } from "./observed_clip.ts";

/** Most pixels of a picture where nobody says, 64 MB when decoded. */
const MAX_PIXELS = 16_000_000;

/** Options of {@link openMovenetImages}. */
export interface MovenetImagesOptions extends Pick<OpenSessionOptions, "device" | "threads" | "runtime"> {
  /** Largest picture, pixels. @default {16_000_000} */
  readonly maxPixels?: number;
}

/** An opened stage; disposing it closes its sessions. */
export interface MovenetImages extends ImageStage, AsyncDisposable {}

/**
 * Opens the two packs of MoveNet.
 *
 * @param packs Whole frames (`movenet-multipose`) and crops (`movenet-thunder`).
 * @param options Device, threads, largest picture.
 * @throws {InputError} If a pack cannot be opened.
 */
export async function openMovenetImages(
  packs: { readonly multipose: Pack; readonly thunder: Pack },
  options: MovenetImagesOptions = {},
): Promise<MovenetImages> {
  const { maxPixels = MAX_PIXELS, ...session } = options;
  await using stack = new AsyncDisposableStack();
  const multipose = stack.use(await openSession(packs.multipose, "person", session));
  const thunder = stack.use(await openSession(packs.thunder, "person", session));
  const record = ({ manifest, manifestSha256 }: Pack, { dtype, device }: OpenedSession) => ({
    name: manifest.name,
    sha256: manifestSha256,
    dtype,
    device,
  });
  const opened = stack.move();
  const finder: PictureFinder = {
    maxPixels,
    models: [record(packs.multipose, multipose), record(packs.thunder, thunder)],
    // Each request has pictures of its own; the first frame of each is searched whole.
    open: (mixtures, maxPeople) => createMovenetFinder(multipose, thunder, { mixtures, maxPeople }),
  };
  return {
    observe: (files, request) => observeImages(finder, files, request),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}
