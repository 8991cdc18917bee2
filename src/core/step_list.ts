/**
 * Which steps of a schedule a sampler visits. The network sees the raw index, so the list can change without training.
 *
 * @module
 */

import type { Schedule } from "./schedule.ts";

function checkCount(action: string, count: number, limit: number): void {
  if (!Number.isSafeInteger(count) || count < 1 || count > limit) {
    throw new RangeError(`Cannot ${action} as steps must be an integer from 1 to ${limit}: ${count}`);
  }
}

/** Options of {@link stepIndices}. */
export interface StepIndicesOptions {
  /** How many steps count, the least noisy ones: for a start that is less than pure noise. Default: the whole schedule. */
  readonly start?: number;
}

/**
 * Evenly spaced steps from the noisiest one down: the integer parts of `steps + 1` even points from `K - 1` to -1,
 * without the last, which is the end. 5 of 50 are 49, 39, 29, 19, 9 (paper file, section 7).
 *
 * @param schedule The schedule, of K steps.
 * @param steps How many steps to visit, 1..K.
 * @param options K, where it is not the whole schedule.
 * @returns Indices into `schedule.alphaBar`, falling.
 * @throws {RangeError} If `steps` is not an integer from 1 to K, or K is not within the schedule.
 */
export function stepIndices(schedule: Schedule, steps: number, options: StepIndicesOptions = {}): number[] {
  const { start: count = schedule.alphaBar.length } = options;
  if (!Number.isSafeInteger(count) || count < 1 || count > schedule.alphaBar.length) {
    throw new RangeError(
      `Cannot choose steps as their start must be an integer from 1 to ${schedule.alphaBar.length}: ${count}`,
    );
  }
  checkCount("choose steps", steps, count);
  // One division of integers, so that points which fall on an integer are exact.
  return Array.from({ length: steps }, (_, i) => Math.floor((count * (steps - i)) / steps) - 1);
}

/**
 * The step list of the authors' released code: `range(0, start, floor(start / steps))`, reversed. It visits step 0 last
 * and may hold more than `steps` entries, e.g. 8, 6, 4, 2, 0 for `start` 9 and 4 steps (paper file, sections 7 and 8.7).
 *
 * @param start First index beyond the list (their `test_num_diffusion_timesteps`), from 1.
 * @param steps Divisor of `start` (their `test_timesteps`), 1..start.
 * @returns Indices, falling, the last one 0.
 * @throws {RangeError} If `start` is not a positive integer or `steps` is not an integer from 1 to `start`.
 */
export function officialStepIndices(start: number, steps: number): number[] {
  checkCount("choose steps", start, Number.MAX_SAFE_INTEGER);
  checkCount("choose steps", steps, start);
  const stride = Math.floor(start / steps);
  const count = Math.ceil(start / stride);
  return Array.from({ length: count }, (_, i) => (count - 1 - i) * stride);
}

/**
 * Checks a list of steps that a caller wrote.
 *
 * @param schedule The schedule that the list indexes.
 * @param list Indices, noisiest first.
 * @returns A copy of the list.
 * @throws {RangeError} If the list is empty, leaves the schedule, or does not fall strictly.
 */
export function checkStepList(schedule: Schedule, list: readonly number[]): number[] {
  const count = schedule.alphaBar.length;
  const falls = list.every((index, i) =>
    Number.isInteger(index) && index >= 0 && index < (i === 0 ? count : list[i - 1]!)
  );
  if (list.length === 0 || !falls) {
    throw new RangeError(
      `Cannot sample as the step list must fall strictly from at most ${count - 1} to at least 0: ${list.join(", ")}`,
    );
  }
  return [...list];
}
