/**
 * What decodes pixels on this machine, for `doctor`. Looks for files and programs through its neighbours, so it belongs
 * to the file-system part.
 *
 * @module
 */

import { loadCodecFromFile } from "./codec_wasm_fs.ts";
import { FFMPEG_CORE, findFfmpegCore } from "./ffmpeg_core_fs.ts";
import { findFfmpeg } from "./ffmpeg_process_fs.ts";
import type { VideoDecoderOptions } from "./video_decoder_fs.ts";

/** A decoder and whether it is there. */
export interface DecoderInfo {
  /** Program or package. */
  readonly name: string;
  /** What it decodes. */
  readonly serves: "jpeg" | "png" | "video";
  /** True if it can be used now. */
  readonly present: boolean;
  /** Its version; `null` if it is not there and any would do. */
  readonly version: string | null;
  /** Where it is: a command, a folder, or `"built in"`; `null` if it is not there. */
  readonly path: string | null;
  /** SPDX licence; `null` if it is not there and depends on how it was built. */
  readonly licence: string | null;
}

/** Versions of the codec packages, as deno.json pins them (a test compares). */
export const CODEC_VERSIONS = { "@jsquash/jpeg": "1.6.0", "@jsquash/png": "3.1.1" } as const;

/**
 * Looks for every decoder.
 *
 * @param options Which video decoders may be used, as for `openFrames`.
 * @returns One entry each; of the two for videos the first that is present is used.
 */
export async function describeDecoders(options: VideoDecoderOptions = {}): Promise<DecoderInfo[]> {
  const { ffmpeg = "ffmpeg", ffmpegCore } = options;
  const program = ffmpeg === false ? null : await findFfmpeg(ffmpeg);
  const core = ffmpegCore === false ? null : await findFfmpegCore(ffmpegCore);
  return [
    {
      name: "ffmpeg",
      serves: "video",
      present: program !== null,
      version: program?.version ?? null,
      path: program?.command ?? null,
      licence: program?.licence ?? null,
    },
    {
      name: FFMPEG_CORE.name,
      serves: "video",
      present: core !== null,
      version: FFMPEG_CORE.version,
      path: core,
      licence: FFMPEG_CORE.licence,
    },
    await codec("jpeg", "@jsquash/jpeg", "jpeg-decoder"),
    await codec("png", "@jsquash/png", "png-decoder"),
  ];
}

async function codec(
  serves: "jpeg" | "png",
  name: keyof typeof CODEC_VERSIONS,
  file: "jpeg-decoder" | "png-decoder",
): Promise<DecoderInfo> {
  const present = await loadCodecFromFile(file).then(() => true, () => false);
  return {
    name,
    serves,
    present,
    version: CODEC_VERSIONS[name],
    path: present ? "built in" : null,
    licence: "Apache-2.0",
  };
}
