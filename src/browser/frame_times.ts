/**
 * Which times of a video are looked at so that each frame is seen once.
 *
 * @module
 */

/** A plan for reading a video by seeking. */
export interface FrameTimes {
  /** Frames a second; of a varying rate, the mean. */
  readonly fps: number;
  /** How the rate is known, in words. */
  readonly note: string;
  /** When each frame begins, seconds; ascending. */
  readonly times: Float64Array;
}

/** Rates of cameras and of film. */
const COMMON_RATES: readonly number[] = [
  ...[10, 12, 12.5, 15, 20, 24000 / 1001, 24, 25, 30000 / 1001, 30, 48, 50, 60000 / 1001, 60, 90, 100, 120, 240],
];
/** A measured rate this near to a common one is that one. */
const SNAP = 0.004;
/** Steps that differ less than this are equal: containers round times to milliseconds. */
const EVEN_SECONDS = 0.0021;
/** With this share of equal steps a video has a rate. */
const EVEN_SHARE = 0.9;
/** The rate of a video that does not tell. */
const USUAL_RATE = 30;

/** The common rate nearest to a measured one, or the measured one. */
export function snapRate(rate: number): number {
  const nearest = COMMON_RATES.reduce((best, each) => Math.abs(each - rate) < Math.abs(best - rate) ? each : best);
  return Math.abs(nearest - rate) <= SNAP * nearest ? nearest : rate;
}

/** The plan where the file itself lists its frames. */
export function listedTimes(times: Float64Array): FrameTimes {
  const count = times.length;
  if (count < 2) return { fps: USUAL_RATE, note: "a single frame", times };
  const mean = (times[count - 1]! - times[0]!) / (count - 1);
  const steps = times.slice(1).map((time, i) => time - times[i]!).sort();
  const usual = steps[count >> 1 < steps.length ? count >> 1 : 0]!;
  const even = steps.filter((step) => Math.abs(step - usual) <= EVEN_SECONDS);
  // A few steps that are longer are frames that a cut or a recorder left out; the rate is that of the others.
  if (even.length < EVEN_SHARE * steps.length) return { fps: 1 / mean, note: "mean of a varying rate", times };
  return { fps: snapRate(even.length / even.reduce((sum, step) => sum + step, 0)), note: "stated by the file", times };
}

/**
 * The plan where only playing tells.
 *
 * @param seen Times of frames as the browser presented them, seconds; some may have been skipped.
 * @param duration Length of the video, seconds.
 */
export function measuredTimes(seen: readonly number[], duration: number): FrameTimes {
  const sorted = [...new Set(seen)].sort((a, b) => a - b);
  const steps = sorted.slice(1).map((time, i) => time - sorted[i]!).filter((step) => step > 1 / 480);
  const least = Math.min(...steps);
  // A step that skipped frames is a multiple of the least one; each gives the length of a frame with less rounding.
  const single = steps.map((step) => step / Math.round(step / least));
  const rate = steps.length < 3 ? null : snapRate(single.length / single.reduce((sum, step) => sum + step, 0));
  const fps = rate ?? USUAL_RATE;
  const first = Math.min(0, ...sorted);
  const count = Math.max(1, Math.round((duration - first) * fps));
  return {
    fps,
    note: rate === null ? `assumed, as this browser does not tell` : "measured by playing it",
    times: Float64Array.from({ length: count }, (_, i) => first + i / fps),
  };
}

/** Where to seek for a frame: well inside of it, so that no rounding shows a neighbour. */
export function seekTime({ times, fps }: FrameTimes, at: number): number {
  const next = times[at + 1] ?? times[at]! + 1 / fps;
  return times[at]! + Math.min((next - times[at]!) / 2, 0.5 / fps);
}
