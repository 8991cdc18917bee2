/**
 * Chooses what decodes a video: ffmpeg on PATH, else its WebAssembly build, else a message that names both. Starts
 * programs and workers through its neighbours, so it belongs to the file-system part.
 *
 * @module
 */

import { InputError } from "../core/errors.ts";
import { FFMPEG_CORE_ENV, findFfmpegCore, startFfmpegCore } from "./ffmpeg_core_fs.ts";
import { findFfmpeg, startFfmpegProcess } from "./ffmpeg_process_fs.ts";
import type { TimingOptions } from "./timing.ts";
import type { VideoDecoder } from "./video_source.ts";

/** Which decoders may be used. */
export interface VideoDecoderOptions {
  /**
   * The ffmpeg program, or `false` to do without.
   *
   * @default {"ffmpeg"}
   */
  readonly ffmpeg?: string | false;
  /**
   * Folder with ffmpeg-core.js and ffmpeg-core.wasm, or `false` to do without. Searched for if left out: in the folder
   * that DIFFPOSE_FFMPEG_CORE names, in models/ffmpeg-core, next to the binary, in the user's data folder.
   */
  readonly ffmpegCore?: string | false;
}

/**
 * Starts the best decoder that is there.
 *
 * @param file The video.
 * @param demuxer ffmpeg's name of its container.
 * @param options The asked clock and the decoders that may be used.
 * @throws {InputError} If there is none, or it cannot read the file.
 */
export async function startVideoDecoder(
  file: string,
  demuxer: string,
  options: TimingOptions & VideoDecoderOptions,
): Promise<VideoDecoder> {
  const { ffmpeg = "ffmpeg", ffmpegCore } = options;
  const program = ffmpeg === false ? null : await findFfmpeg(ffmpeg);
  if (program !== null) return startFfmpegProcess(program, file, demuxer, options);
  const folder = ffmpegCore === false ? null : await findFfmpegCore(ffmpegCore);
  if (folder !== null) return startFfmpegCore(folder, file, demuxer, options);
  const ways = "install ffmpeg so that it is on PATH, or fetch the WebAssembly decoder with `deno task setup` " +
    `(\`diffpose setup --video\` for the installed program; ${FFMPEG_CORE_ENV} names its folder)`;
  throw new InputError(file, "a video needs a decoder", `none was found; ${ways}`);
}
