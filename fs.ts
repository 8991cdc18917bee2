/**
 * The parts of diffpose that need a file system: model packs in folders and .zip files, a folder as a cache of fetched
 * packs, and the pictures of videos, folders and archives. They run on Deno; `mod.ts` runs anywhere.
 *
 * @example People of a clip, 2D
 * ```ts ignore
 * import { findPeople, openSystem } from "@diffpose/diffpose";
 * import { loadPackFrom, openFrames } from "@diffpose/diffpose/fs";
 *
 * await using detector = await openSystem(await loadPackFrom("models/movenet-multipose"));
 * await using clip = await openFrames("clip.mp4");
 * for await (const frame of clip.frames()) {
 *   if (detector.system === "movenet") console.log(await findPeople(detector, frame));
 * }
 * ```
 *
 * @module
 */

export { listPacks, loadPackAt, loadPackFrom, openFolder, type PackPlace, packRoots } from "./src/runtime/pack_fs.ts";
export { createFolderCache } from "./src/runtime/pack_cache_fs.ts";
export type {
  Device,
  Dtype,
  GraphFile,
  GraphSpec,
  Manifest,
  Pack,
  PackCache,
  PackSource,
  ValueSpec,
} from "./src/runtime/mod.ts";
export {
  type Frame,
  type FrameSource,
  type IsWanted,
  openFrames,
  type OpenFramesOptions,
  type TimingOptions,
  type VideoDecoderOptions,
} from "./src/media/mod.ts";
export { InputError } from "./src/core/errors.ts";
export { fileSource } from "./src/cli/sources.ts";
export type { FileSource, FolderSource, Source } from "./src/formats/mod.ts";
