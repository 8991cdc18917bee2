/**
 * How ffmpeg is asked for frames. One place, so that the program on PATH and the WebAssembly build do the same.
 *
 * @module
 */

import { MAX_PIXELS } from "./limits.ts";
import type { TimingOptions } from "./timing.ts";

/** Name of the filter that logs each frame of the source. */
export const SOURCE_FILTER = "showinfo@source";

/** Name of the filter that logs each frame that is put out. */
export const OUTPUT_FILTER = "showinfo@output";

/** What {@link decodeArguments} needs to know. */
export interface DecodeRequest extends TimingOptions {
  /** ffmpeg's name of the container, from the file's first bytes. */
  readonly demuxer: string;
  /** The file, as ffmpeg shall open it. */
  readonly file: string;
  /** Where the raw frames go. */
  readonly output: string;
  /** Major version of ffmpeg; infinite for unnumbered builds. */
  readonly major: number;
}

/**
 * Arguments that only allow local files and name the demuxer, so that content cannot pull in other files or hosts.
 *
 * @param request The file, and ffmpeg's name of its container.
 */
export function inputArguments(request: { demuxer: string; file: string }): string[] {
  return ["-protocol_whitelist", "file", "-f", request.demuxer, "-i", `file:${request.file}`];
}

/**
 * Arguments for ffmpeg: raw RGBA frames, each as it is decoded (no duplication, no dropping), turned upright, with
 * their number, time and size logged. The filters in turn: begin the clock at 0, resample if asked, log the frames of
 * the source, keep the asked part, log those that are kept.
 *
 * @param request What to decode.
 */
export function decodeArguments(request: DecodeRequest): string[] {
  const { fps, start = 0, end, major, output } = request;
  // Checksums of every frame are showinfo's default; the switch came with ffmpeg 4.4.
  const quiet = major >= 5 ? "=checksum=0" : "";
  const trim = [...(start > 0 ? [`start=${start}`] : []), ...(end === undefined ? [] : [`end=${end}`])].join(":");
  const filters = [
    "setpts=PTS-STARTPTS",
    ...(fps === undefined ? [] : [`fps=${fps}`]),
    `${SOURCE_FILTER}${quiet}`,
    ...(trim === "" ? [] : [`trim=${trim}`, `${OUTPUT_FILTER}${quiet}`]),
  ];
  return [
    ...["-hide_banner", "-nostdin", "-nostats", "-loglevel", "level+info"],
    ...["-max_pixels", String(MAX_PIXELS)], // a clip may change its size in the middle
    ...inputArguments(request),
    ...["-map", "0:V:0", "-an", "-sn", "-dn", "-vf", filters.join(",")],
    ...(major >= 6 ? ["-fps_mode", "passthrough"] : ["-vsync", "0"]),
    ...["-pix_fmt", "rgba", "-f", "rawvideo", output],
  ];
}
