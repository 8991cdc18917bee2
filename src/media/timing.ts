/**
 * Frame rates and the choice of a part of a clip.
 *
 * @module
 */

import { InputError } from "../core/errors.ts";

/** Frames a second of pictures that have no clock, unless asked otherwise. */
export const DEFAULT_FPS = 25;

/** The clock of a source. */
export interface TimingOptions {
  /** Frames a second: assumed for pictures, resampled to for videos. */
  readonly fps?: number;
  /**
   * Only frames from this time on, seconds from the first frame.
   *
   * @default {0}
   */
  readonly start?: number;
  /** Only frames before this time, seconds from the first frame; to the last frame if left out. */
  readonly end?: number;
}

/**
 * Refuses times that make no sense.
 *
 * @throws {InputError} If `fps` is not within 0.01 to 1000, or `start` is negative, or `end` is not after `start`.
 */
export function checkTiming(options: TimingOptions): void {
  const { fps, start = 0, end } = options;
  if (fps !== undefined && !(fps >= 0.01 && fps <= 1000)) {
    throw new InputError("fps", "the frame rate must be 0.01 to 1000", `current value is ${fps}`);
  }
  if (!(start >= 0 && Number.isFinite(start))) {
    throw new InputError("start", "the start must be 0 s or later", `current value is ${start}`);
  }
  if (end !== undefined && !(end > start)) {
    throw new InputError("end", `the end must be after the start at ${start} s`, `current value is ${end}`);
  }
}

// A frame at exactly 0.3 s must be found by --start 0.3, whatever 9 / 30 rounds to.
const CLOCK_SLACK = 1e-6;

/**
 * Which of `count` frames lie in `[start, end)`.
 *
 * @param input Which input, for the message.
 * @param count Frames in all.
 * @param fps Frames a second.
 * @param options Start and end in seconds.
 * @returns Index of the first frame, and one past the last.
 * @throws {InputError} If there is no such frame.
 */
export function frameRange(
  input: string,
  count: number,
  fps: number,
  options: TimingOptions,
): { first: number; end: number } {
  const { start = 0, end: stop = Infinity } = options;
  const first = Math.max(0, Math.ceil(start * fps - CLOCK_SLACK)); // never -0
  const end = Math.min(count, Math.ceil(stop * fps - CLOCK_SLACK));
  if (count === 0) throw new InputError(input, "a source must hold at least one frame", "it has none");
  if (first >= end) {
    const value = `${count} frames at ${fps} frames a second end at ${count / fps} s`;
    throw new InputError(input, `a source must have a frame between start ${start} s and end ${stop} s`, value);
  }
  return { first, end };
}
