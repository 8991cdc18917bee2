/**
 * Which windows cover a person's track. Positions count the frames of one track (or of one phase of it, when a fast clip
 * is interleaved). Windows start every `hop` positions; when the track has ended, one more window is laid flush with its
 * end, so that no window is padded unless the whole track is shorter than a window.
 *
 * @module
 */

/** Sizes of a plan. */
export interface WindowPlan {
  /** Frames of a window. */
  readonly size: number;
  /** Positions between the starts of two windows, 1..size. */
  readonly hop: number;
}

/**
 * Starts of the windows that are certain: those that lie wholly within the known positions, and after the end of the
 * track the flush one.
 *
 * @param plan Sizes.
 * @param length Positions known so far.
 * @param ended True when no more will come.
 * @returns Starts, rising. A track shorter than a window has one window that starts at 0.
 */
export function windowStarts(plan: WindowPlan, length: number, ended: boolean): number[] {
  const { size, hop } = plan;
  const starts: number[] = [];
  for (let start = 0; start + size <= length; start += hop) starts.push(start);
  if (!ended || length === 0) return starts;
  const flush = Math.max(0, length - size);
  if (starts.at(-1) !== flush) starts.push(flush);
  return starts;
}

/**
 * How many positions, from 0, are covered by all the windows that will ever cover them.
 *
 * @param plan Sizes.
 * @param length Positions known so far.
 * @param ended True when no more will come.
 */
export function finalPositions(plan: WindowPlan, length: number, ended: boolean): number {
  // A flush window laid later starts at length' - size with length' > length, so it begins after length - size.
  return ended ? length : Math.max(0, length - plan.size + 1);
}

/**
 * Weight of a window at one of its frames before normalising: 1 at its ends, rising by 1 a frame to the middle. Windows
 * are trusted where they see both past and future, and a window fades in and out, so there is no seam.
 *
 * @param offset Position within the window, 0..size - 1.
 * @param size Frames of the window.
 */
export function blendWeight(offset: number, size: number): number {
  return Math.min(offset + 1, size - offset);
}
