/**
 * What a video says about itself, in ffprobe's words or in those that ffmpeg prints.
 *
 * @module
 */

import { InputError } from "../core/errors.ts";

/** The facts of a video stream. Sizes are as stored; a rotation is applied later, by the decoder. */
export interface VideoInfo {
  /** Average frames a second. */
  readonly fps: number;
  /** Pixels a row, as stored. */
  readonly width: number;
  /** Rows, as stored. */
  readonly height: number;
  /** Frames in all, if the container counts them. */
  readonly count?: number;
  /** Length in seconds, if it is written down. */
  readonly duration?: number;
  /** Codec, as ffmpeg names it. */
  readonly codec: string;
}

/** Arguments of ffprobe, without the input: the first real video stream as JSON. */
export const PROBE_ARGUMENTS: readonly string[] = [
  ...["-v", "error", "-select_streams", "V:0", "-of", "json"],
  ...["-show_entries", "stream=codec_name,width,height,avg_frame_rate,r_frame_rate,nb_frames,duration:format=duration"],
];

/**
 * Reads ffprobe's JSON.
 *
 * @param input Which file, for messages.
 * @param text What ffprobe printed for {@link PROBE_ARGUMENTS}.
 * @throws {InputError} If there is no video stream.
 */
export function parseProbe(input: string, text: string): VideoInfo {
  let found: { streams?: Record<string, unknown>[]; format?: Record<string, unknown> };
  try {
    found = JSON.parse(text);
  } catch (cause) {
    throw new InputError(input, "a video must be readable", "ffprobe printed no JSON", { cause });
  }
  const stream = found.streams?.[0];
  if (stream === undefined) throw new InputError(input, "a video must have a video stream", "it has none");
  const count = positive(Number(stream.nb_frames));
  const duration = positive(Number(stream.duration)) ?? positive(Number(found.format?.duration));
  return {
    fps: parseRate(stream.avg_frame_rate) ?? parseRate(stream.r_frame_rate) ?? 25,
    width: Number(stream.width ?? 0),
    height: Number(stream.height ?? 0),
    codec: String(stream.codec_name ?? "unknown"),
    ...(count === undefined ? {} : { count }),
    ...(duration === undefined ? {} : { duration }),
  };
}

function parseRate(value: unknown): number | undefined {
  const [over, under = "1"] = String(value ?? "").split("/");
  return positive(Number(over) / Number(under));
}

function positive(value: number): number | undefined {
  return Number.isFinite(value) && value > 0 ? value : undefined;
}

/**
 * Reads the banner that ffmpeg prints about its input, for places that have ffmpeg without ffprobe. The rate there has
 * two decimals only, so NTSC rates are put right.
 *
 * @param input Which file, for messages.
 * @param lines What ffmpeg printed on stderr.
 * @throws {InputError} If no line tells of a video stream.
 */
export function parseBanner(input: string, lines: readonly string[]): VideoInfo {
  const stream = lines.find((line) => /Stream #.*: Video: /.test(line) && !/\(attached pic\)/.test(line));
  const size = stream?.match(/, (\d+)x(\d+)/);
  if (stream === undefined || !size) throw new InputError(input, "a video must have a video stream", "it has none");
  const rate = Number(stream.match(/, ([\d.]+k?) fps/)?.[1] ?? stream.match(/, ([\d.]+) tbr/)?.[1] ?? 25);
  const ntsc = [24000, 30000, 48000, 60000, 120000].map((over) => over / 1001).find((x) => Math.abs(x - rate) < 0.006);
  const clock = lines.join("\n").match(/Duration: (\d+):(\d+):([\d.]+)/);
  const duration = clock ? Number(clock[1]) * 3600 + Number(clock[2]) * 60 + Number(clock[3]) : 0;
  return {
    fps: ntsc ?? (rate > 0 ? rate : 25),
    width: Number(size[1]),
    height: Number(size[2]),
    codec: stream.match(/: Video: (\w+)/)?.[1] ?? "unknown",
    ...(duration > 0 ? { duration } : {}),
  };
}
