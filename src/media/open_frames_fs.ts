/**
 * Opens whatever holds frames: a picture, a folder, an archive, a video.
 *
 * @module
 */

import type { InputError } from "../core/errors.ts";
import type { FrameSource } from "./frame.ts";
import { createImageSource } from "./image_source.ts";
import { listInput } from "./list_pictures_fs.ts";
import { checkTiming, type TimingOptions } from "./timing.ts";
import { startVideoDecoder, type VideoDecoderOptions } from "./video_decoder_fs.ts";
import { createVideoSource } from "./video_source.ts";

/** Options of {@link openFrames}. */
export interface OpenFramesOptions extends TimingOptions, VideoDecoderOptions {
  /**
   * Looks into the sub-folders of a folder, too.
   *
   * @default {false}
   */
  readonly recursive?: boolean;
  /** Told about things that were passed over, in words for the user. */
  readonly onNote?: (note: string) => void;
  /**
   * Told about a picture of a folder or archive that cannot be read, which is passed over then; without it the source ends
   * there.
   */
  readonly onBroken?: (error: InputError) => void;
}

const NOTED_NAMES = 3;

/**
 * Opens a source of frames, told by its content: a JPEG or PNG file, a folder or .zip of such files (in natural order
 * of their names), or a video. Only the first frame is decoded here.
 *
 * @param path The file or folder.
 * @param options The clock, the choice of a decoder, and where notes go.
 * @returns A source that must be disposed of (`await using`).
 * @throws {InputError} If there is nothing at `path`, or it is empty, damaged, too large, or of a kind that cannot be
 * read, or it is a video and there is no decoder.
 */
export async function openFrames(path: string, options: OpenFramesOptions = {}): Promise<FrameSource> {
  checkTiming(options);
  const found = await listInput(path, options);
  if (found.kind === "video") {
    return await createVideoSource(path, await startVideoDecoder(path, found.demuxer, options), options);
  }
  const { entries, skipped, decoder, close } = found;
  noteSkipped(path, skipped, options);
  return await createImageSource(entries, { ...options, input: path, decoder, close });
}

function noteSkipped(path: string, skipped: readonly string[], options: OpenFramesOptions): void {
  if (skipped.length === 0) return;
  const names = skipped.slice(0, NOTED_NAMES).join(", ") + (skipped.length > NOTED_NAMES ? ", …" : "");
  options.onNote?.(`${path}: ${skipped.length} files are no pictures and were passed over: ${names}`);
}
