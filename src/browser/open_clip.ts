/**
 * A file that somebody dropped: a picture, a video, or a reason why it is neither.
 *
 * @module
 */
/// <reference lib="dom" />

import { InputError } from "../core/errors.ts";
import { MAGIC_BYTES, mediaKind } from "../media/media_kind.ts";
import type { BrowserClip } from "./clip.ts";
import { openPictureClip } from "./picture_clip.ts";
import { openVideoClip } from "./video_clip.ts";

/**
 * Opens a file by its content; its name does not matter.
 *
 * @param file The file.
 * @param signal Gives up.
 * @throws {InputError} If this browser finds neither a picture nor a video in it.
 */
export async function openFileClip(file: File, signal: AbortSignal): Promise<BrowserClip> {
  let head: Uint8Array;
  try {
    head = new Uint8Array(await file.slice(0, MAGIC_BYTES).arrayBuffer());
  } catch (error) {
    throw new InputError(file.name, "must be a file that can be read", (error as Error).message);
  }
  const found = mediaKind(head);
  if (found.kind === "empty") throw new InputError(file.name, "must be a picture or a video", "an empty file");
  if (found.kind === "zip") throw new InputError(file.name, "must be a picture or a video", "an archive");
  const picture = (): Promise<BrowserClip | null> => openPictureClip(file);
  const video = (): Promise<BrowserClip | null> => openVideoClip(file, signal);
  // HEIC and AVIF pictures begin like MP4 files, and other pictures are unknown to the table: so both are tried.
  for (const open of found.kind === "video" ? [video, picture] : [picture, video]) {
    const clip = await open();
    if (clip !== null) return clip;
  }
  const value = found.kind === "video"
    ? `a video (${found.demuxer}) whose codec it does not support`
    : found.kind === "unknown"
    ? `bytes that begin with ${found.firstBytes}`
    : `a damaged ${found.kind.toUpperCase()}`;
  throw new InputError(file.name, "must be a picture or a video that this browser can decode", value);
}
