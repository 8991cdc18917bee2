/**
 * Overlapping windows over a clip, as lists of frame indices. Everything is a pure function of the plan, so any range of
 * frames can be computed alone and comes out the same.
 *
 * @module
 */

/** Which windows a clip has. */
export interface WindowPlan {
  /** Frames of the clip; `Infinity` while its end is unknown. */
  readonly count: number;
  /** Frames of a window. */
  readonly size: number;
  /** Frames from one window to the next, at most `size`. */
  readonly hop: number;
  /** Frames from one entry of a window to the next. Fast clips are interleaved: a stride of 2 makes two clips of it. */
  readonly stride: number;
  /** Weight of each entry of a window before sharing, `[size]`, above 0. */
  readonly taper: Float64Array;
}

/** How windows fade into each other: straight lines, or a raised cosine. */
export type Blend = "triangular" | "cosine";

/** Options of {@link planWindows}. */
export interface PlanWindowsOptions {
  /** Frames of a window. */
  readonly size: number;
  /** Frames of the strided clip from one window to the next, 1..size. */
  readonly hop: number;
  /**
   * Frames from one entry of a window to the next.
   * @default {1}
   */
  readonly stride?: number;
  /**
   * How windows fade into each other.
   * @default {"cosine"}
   */
  readonly blend?: Blend;
}

/** One window. */
export interface Window {
  /** Position among the windows, in the order of time. */
  readonly index: number;
  /** Frame of each entry, `[size]`; beyond the end of the (interleaved) clip its last frame again. */
  readonly frames: readonly number[];
  /** Whether each entry is a frame of its own, `[size]`; false for repeated edge frames. */
  readonly inside: readonly boolean[];
}

/** Part of a frame's result that comes from one window. */
export interface WindowShare {
  /** Position of the window, for {@link windowAt}. */
  readonly window: number;
  /** Entry of the window that is the frame. */
  readonly slot: number;
  /** Weight of that entry; over a frame's shares they sum to 1. */
  readonly weight: number;
}

function checkInteger(name: string, value: number, least: number, most: number): void {
  if (!Number.isSafeInteger(value) || value < least || value > most) {
    throw new RangeError(`Cannot plan windows as ${name} must be an integer from ${least} to ${most}: ${value}`);
  }
}

/**
 * Weights of the entries of a window before sharing: highest in the middle, above 0 at the ends, symmetric.
 *
 * @param size Entries, from 1.
 * @param blend Straight lines, or a raised cosine.
 * @returns `[size]`.
 */
export function windowTaper(size: number, blend: Blend): Float64Array {
  return Float64Array.from({ length: size }, (_, slot) => {
    const place = (slot + 0.5) / size;
    return blend === "cosine" ? Math.sin(Math.PI * place) ** 2 : 1 - Math.abs(2 * place - 1);
  });
}

/**
 * Plans the windows of a clip. The first window of each interleaved clip begins at its first frame, further ones follow
 * at the hop, and the last one reaches the last frame.
 *
 * @param count Frames of the clip, from 1; `Infinity` while its end is unknown.
 * @param options Size, hop, stride, blending.
 * @returns The plan.
 * @throws {RangeError} If a number is no integer in its range.
 */
export function planWindows(count: number, options: PlanWindowsOptions): WindowPlan {
  const { size, hop, stride = 1, blend = "cosine" } = options;
  if (count !== Infinity) checkInteger("count", count, 1, Number.MAX_SAFE_INTEGER);
  checkInteger("size", size, 1, Number.MAX_SAFE_INTEGER);
  checkInteger("hop", hop, 1, size);
  checkInteger("stride", stride, 1, Number.MAX_SAFE_INTEGER);
  return { count, size, hop, stride, taper: windowTaper(size, blend) };
}

/**
 * Stride that lets a window see at most 60 frames a second, the fastest rate that the networks were trained on.
 *
 * @param fps Frames a second, above 0.
 * @returns `ceil(fps / 60)`.
 * @throws {RangeError} If `fps` is not a positive number.
 */
export function strideForRate(fps: number): number {
  if (!(fps > 0 && fps < Infinity)) throw new RangeError(`Cannot plan windows as fps must be above 0: ${fps}`);
  return Math.ceil(fps / 60);
}

/** Frames of the interleaved clip that begins at frame `phase`. */
function phaseCount({ count, stride }: WindowPlan, phase: number): number {
  return Math.ceil((count - phase) / stride);
}

/** How many windows the interleaved clip of that many frames has. */
function windowsOf({ size, hop }: WindowPlan, frames: number): number {
  return frames <= size ? 1 : Math.ceil((frames - size) / hop) + 1;
}

/**
 * How many windows a clip has.
 *
 * @param plan The plan of a clip whose end is known.
 */
export function windowCount(plan: WindowPlan): number {
  let windows = 0;
  for (let phase = 0; phase < Math.min(plan.stride, plan.count); phase++) {
    windows += windowsOf(plan, phaseCount(plan, phase));
  }
  return windows;
}

/**
 * Frames of a window.
 *
 * @param plan The plan.
 * @param index Position of the window, from {@link windowsTouching} or {@link frameShares}.
 * @returns The window.
 */
export function windowAt(plan: WindowPlan, index: number): Window {
  const { count, size, hop, stride } = plan;
  const phase = index % stride;
  const start = phase + ((index - phase) / stride) * hop * stride;
  const wanted = Array.from({ length: size }, (_, slot) => start + slot * stride);
  const last = phase + (phaseCount(plan, phase) - 1) * stride;
  return {
    index,
    frames: wanted.map((frame) => Math.min(frame, last)),
    inside: wanted.map((frame) => frame < count),
  };
}

/**
 * Windows that a frame's result is blended from, with their weights.
 *
 * @param plan The plan.
 * @param frame The frame, 0..count - 1.
 * @returns At least one share, in the order of time; the weights sum to 1.
 * @throws {RangeError} If the clip has no such frame.
 */
export function frameShares(plan: WindowPlan, frame: number): WindowShare[] {
  const { count, size, hop, stride, taper } = plan;
  if (!Number.isSafeInteger(frame) || frame < 0 || frame >= count) {
    throw new RangeError(`Cannot find windows as the frame must be an integer from 0 below ${count}: ${frame}`);
  }
  const phase = frame % stride;
  const position = (frame - phase) / stride;
  const first = Math.max(Math.ceil((position - size + 1) / hop), 0);
  const last = Math.min(Math.floor(position / hop), windowsOf(plan, phaseCount(plan, phase)) - 1);
  const numbers = Array.from({ length: last - first + 1 }, (_, i) => first + i);
  const total = numbers.reduce((sum, number) => sum + taper[position - number * hop]!, 0);
  return numbers.map((number) => ({
    window: number * stride + phase,
    slot: position - number * hop,
    weight: taper[position - number * hop]! / total,
  }));
}

/**
 * Windows that a range of frames needs.
 *
 * @param plan The plan.
 * @param from First frame.
 * @param to Frame behind the last one; finite.
 * @returns Positions of windows, rising. All windows of a clip are those of the range 0..count.
 * @throws {RangeError} If the clip does not hold the range.
 */
export function windowsTouching(plan: WindowPlan, from: number, to: number): number[] {
  if (!Number.isSafeInteger(to) || to < from || to > plan.count) {
    throw new RangeError(`Cannot find windows as the range must end within ${from}..${plan.count}: ${to}`);
  }
  const found = new Set<number>();
  for (let frame = from; frame < to; frame++) for (const { window } of frameShares(plan, frame)) found.add(window);
  return [...found].sort((a, b) => a - b);
}
