/**
 * Decodes videos with the ffmpeg program. Runs child processes, so it names `Deno`.
 *
 * @module
 */

import { InputError } from "../core/errors.ts";
import { ExactReader } from "./exact_reader.ts";
import { decodeArguments, inputArguments } from "./ffmpeg_arguments.ts";
import { FfmpegLog, type FrameHeader } from "./ffmpeg_log.ts";
import { checkFrameSize } from "./limits.ts";
import { readLines } from "./lines.ts";
import type { TimingOptions } from "./timing.ts";
import { parseBanner, parseProbe, PROBE_ARGUMENTS, type VideoInfo } from "./video_probe.ts";
import type { VideoDecoder } from "./video_source.ts";

/** An ffmpeg program that can be started. */
export interface FfmpegProgram {
  /** How it is called: a name on PATH, or a path. */
  readonly command: string;
  /** As it prints it: `"5.1.9"`, `"N-115789-g7b2e9f0"`. */
  readonly version: string;
  /** Major version; infinite for builds without a number, which are taken for new. */
  readonly major: number;
  /** Licence that follows from how it was built. */
  readonly licence: string;
}

/**
 * Asks ffmpeg for its version.
 *
 * @param command A name on PATH, or a path.
 * @returns What is there, or `null` if it cannot be started.
 */
export async function findFfmpeg(command = "ffmpeg"): Promise<FfmpegProgram | null> {
  try {
    const output = await new Deno.Command(command, { args: ["-version"], stderr: "null" }).output();
    const text = new TextDecoder().decode(output.stdout);
    const version = text.match(/^ffmpeg version (\S+)/)?.[1];
    if (!output.success || version === undefined) return null;
    const major = Number(version.match(/^n?(\d+)\./)?.[1] ?? Infinity);
    const has = (flag: string) => text.includes(`--enable-${flag}`);
    const number = has("version3") ? "3.0" : has("gpl") ? "2.0" : "2.1";
    const licence = has("nonfree") ? "nonfree" : `${has("gpl") ? "GPL" : "LGPL"}-${number}-or-later`;
    return { command, version: version.replace(/^n(?=\d)/, ""), major, licence };
  } catch {
    return null; // not there, not a program, or no permission to run it
  }
}

/**
 * Starts to decode a file.
 *
 * @param program From {@link findFfmpeg}.
 * @param file The file.
 * @param demuxer ffmpeg's name of its container.
 * @param options The asked clock.
 * @throws {InputError} If it has no video stream, or its header asks for frames above the size limits.
 */
export async function startFfmpegProcess(
  program: FfmpegProgram,
  file: string,
  demuxer: string,
  options: TimingOptions,
): Promise<VideoDecoder> {
  const info = await probe(program, file, demuxer);
  checkFrameSize(file, info.width, info.height);
  const child = new Deno.Command(program.command, {
    args: decodeArguments({ ...options, demuxer, file, output: "pipe:1", major: program.major }),
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const headers: FrameHeader[] = [];
  let wake = () => {};
  let logEnded = false;
  const trimmed = (options.start ?? 0) > 0 || options.end !== undefined;
  const log = new FfmpegLog(trimmed, (header) => headers.push(header));
  const logging = readLines(child.stderr, (line) => {
    log.push(line);
    wake();
  }).finally(() => {
    logEnded = true;
    wake();
  });
  const pixels = new ExactReader(child.stdout);
  const nextHeader = async (): Promise<FrameHeader | undefined> => {
    while (headers.length === 0 && !logEnded) {
      const { promise, resolve } = Promise.withResolvers<void>();
      wake = resolve;
      await promise;
    }
    return headers.shift();
  };
  let closing: Promise<void> | undefined;
  const end = async (): Promise<void> => {
    try {
      child.kill("SIGKILL"); // it holds nothing that must be put away
    } catch {
      // It has ended by itself.
    }
    await pixels.cancel();
    await Promise.all([child.status, logging.catch(() => {})]);
  };
  return {
    decoder: `ffmpeg ${program.version}`,
    info,
    async next() {
      const header = await nextHeader();
      const bytes = header && await pixels.read(header.width * header.height * 4);
      if (header && bytes) return { ...header, data: new Uint8ClampedArray(bytes.buffer) };
      const status = await child.status;
      await logging;
      return { code: status.code, errors: log.errors, sourceFrames: log.sourceFrames };
    },
    // Every caller waits until the process is gone, the one that comes second too.
    close: () => closing ??= end(),
  };
}

async function probe(program: FfmpegProgram, file: string, demuxer: string): Promise<VideoInfo> {
  const beside = program.command.replace(/ffmpeg(?=(\.exe)?$)/i, "ffprobe");
  const args = [...PROBE_ARGUMENTS, ...inputArguments({ demuxer, file })];
  try {
    if (beside === program.command) throw new Deno.errors.NotFound(beside);
    const output = await new Deno.Command(beside, { args }).output();
    if (output.success) return parseProbe(file, new TextDecoder().decode(output.stdout));
    throw unreadable(file, new TextDecoder().decode(output.stderr).trim().split("\n"));
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  // ffmpeg without ffprobe: asked for no output it prints what the input is, and fails.
  const output = await new Deno.Command(program.command, {
    args: ["-hide_banner", "-nostdin", ...inputArguments({ demuxer, file })],
  }).output();
  const lines = new TextDecoder().decode(output.stderr).trim().split("\n");
  if (!lines.some((line) => line.startsWith("Input #0"))) throw unreadable(file, lines);
  return parseBanner(file, lines);
}

function unreadable(file: string, lines: readonly string[]): InputError {
  return new InputError(file, "a video must be readable", `ffmpeg says: ${lines.at(-1) || "nothing"}`);
}
