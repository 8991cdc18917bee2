/**
 * Reads what ffmpeg logs while it decodes: a line for each frame, and what went wrong.
 *
 * @module
 */

import { OUTPUT_FILTER, SOURCE_FILTER } from "./ffmpeg_arguments.ts";

/** What ffmpeg logged about a frame that is put out. */
export interface FrameHeader {
  /** Number of the frame in its source, from 0. */
  readonly index: number;
  /** Seconds from the first frame, or `null` where the container has no time stamps. */
  readonly time: number | null;
  /** Pixels a row, upright. */
  readonly width: number;
  /** Rows, upright. */
  readonly height: number;
}

const FRAME_LINE = /\bn:\s*\d+\s+pts:\s*(\S+)\s+pts_time:.*?\ss:(\d+)x(\d+)/;
const CONFIG_LINE = /config in time_base: (\d+)\/(\d+)/;
const KEPT_LINES = 40;
// Frames that filters may hold between the two loggers; far more than any does.
const KEPT_TIMES = 256;

/** Collects ffmpeg's log lines. One for each run. */
export class FfmpegLog {
  readonly #trimmed: boolean;
  readonly #onFrame: (header: FrameHeader) => void;
  readonly #indexOfStamp = new Map<string, number>();
  readonly #errors: string[] = [];
  readonly #banner: string[] = [];
  #frames = 0;
  #timeBase = { over: 0, under: 1 };
  #lastTime = 0;
  #clockOffset = 0;

  /**
   * @param trimmed True if the arguments have a start or an end.
   * @param onFrame Called for each frame that is put out, before its pixels are.
   */
  constructor(trimmed: boolean, onFrame: (header: FrameHeader) => void) {
    this.#trimmed = trimmed;
    this.#onFrame = onFrame;
  }

  /** Frames that the source gave, kept or not. */
  get sourceFrames(): number {
    return this.#frames;
  }

  /** Lines of level error and worse: the first ones and the last. */
  get errors(): readonly string[] {
    return this.#errors;
  }

  /** The lines before the first frame, in which ffmpeg tells about its input. */
  get banner(): readonly string[] {
    return this.#banner;
  }

  /** Takes one line of the log. */
  push(line: string): void {
    const isSource = line.includes(SOURCE_FILTER);
    const isOutput = !isSource && line.includes(OUTPUT_FILTER);
    if (isSource || isOutput) this.#pushFilter(line, isSource);
    else if (/\[(error|fatal|panic)\]/.test(line)) this.#pushError(line);
    else if (this.#frames === 0 && this.#banner.length < KEPT_LINES) this.#banner.push(line);
  }

  #pushFilter(line: string, isSource: boolean): void {
    const config = isSource ? line.match(CONFIG_LINE) : null;
    if (config) {
      this.#timeBase = { over: Number(config[1]), under: Number(config[2]) };
      this.#clockOffset = this.#lastTime; // a clip that changes its size begins a new clock there
      return;
    }
    const found = line.match(FRAME_LINE);
    if (!found) return; // side data
    const stamp = found[1]!;
    const width = Number(found[2]);
    const height = Number(found[3]);
    const ticks = stamp === "NOPTS" ? NaN : Number(stamp);
    const { over, under } = this.#timeBase; // in this order 3072 / 10240 is exactly 0.3
    const time = Number.isFinite(ticks) ? this.#clockOffset + (ticks * over) / under : null;
    let index = this.#frames;
    if (isSource) {
      this.#frames++;
      if (time !== null) this.#lastTime = time;
      if (this.#trimmed) return this.#remember(stamp, index);
    } else {
      index = this.#indexOfStamp.get(stamp) ?? index - 1;
      this.#indexOfStamp.delete(stamp);
    }
    this.#onFrame({ index, time, width, height });
  }

  #remember(stamp: string, index: number): void {
    this.#indexOfStamp.set(stamp, index);
    if (this.#indexOfStamp.size <= KEPT_TIMES) return;
    for (const oldest of this.#indexOfStamp.keys()) {
      this.#indexOfStamp.delete(oldest);
      return;
    }
  }

  #pushError(line: string): void {
    if (this.#errors.length >= KEPT_LINES) this.#errors.pop();
    this.#errors.push(line.replace(/^(\[[^\]]* @ [^\]]*\] )?\[\w+\] /, "").trim());
  }
}
