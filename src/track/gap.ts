/**
 * The frames in which somebody was not seen, between two in which they were.
 *
 * @module
 */

import { InputError } from "../core/errors.ts";
import { type Box, JOINTS, type Observation } from "./detection.ts";

/** A person in one frame, seen or filled in. */
export interface TrackedPerson {
  /** Identity, from 1. */
  readonly id: number;
  /** Box, px. */
  readonly box: Box;
  /** Confidence of the person, 0..1. */
  readonly score: number;
  /** `[17, 3]` in COCO order: x (px), y (px), score (0..1). */
  readonly keypoints: Float32Array;
  /** Position of the detection in its frame; null when interpolated. */
  readonly detection: number | null;
  /** True when nobody was detected here. */
  readonly interpolated: boolean;
}

/** A point in time. */
export interface FrameTime {
  /** Index of the frame. */
  readonly index: number;
  /** Time of the frame, seconds. */
  readonly time: number;
}

/** An interpolated score is at most this share of the smaller of its two sides: a detector would never give it. */
export const INTERPOLATED_SCORE = 0.5;

/**
 * Fills in somebody between two sights, linearly in time. Never extrapolates.
 *
 * A score is `0.5 * min(before, after) * (1 - d / gapSeconds)`, with `d` the time to the nearer sight: it falls towards the
 * middle of a gap, and more in a long one. A joint that one side does not show (score 0) stays at score 0.
 *
 * @param id Identity.
 * @param before Last sight.
 * @param after Next sight.
 * @param frame The frame to fill in, strictly between them.
 * @param gapSeconds Longest gap that is filled, seconds.
 * @throws {InputError} If the frame is not between the sights.
 */
export function interpolatePerson(
  id: number,
  before: Observation,
  after: Observation,
  frame: FrameTime,
  gapSeconds: number,
): TrackedPerson {
  if (
    frame.index <= before.index || frame.index >= after.index || frame.time < before.time || frame.time > after.time
  ) {
    throw new InputError(
      `frame ${frame.index} (${frame.time} s)`,
      `must be between frame ${before.index} (${before.time} s) and frame ${after.index} (${after.time} s)`,
      "nobody is extrapolated",
    );
  }
  const span = after.time - before.time;
  // Frames without a clock: their indices tell how far along they are.
  const part = span > 0
    ? (frame.time - before.time) / span
    : (frame.index - before.index) / (after.index - before.index);
  const mix = (from: number, to: number): number => from + part * (to - from);
  const nearest = Math.min(part, 1 - part) * span;
  const trust = INTERPOLATED_SCORE * (gapSeconds > 0 ? Math.max(0, 1 - nearest / gapSeconds) : 1);
  const keypoints = new Float32Array(JOINTS * 3);
  for (let i = 0; i < keypoints.length; i += 3) {
    keypoints[i] = mix(before.keypoints[i]!, after.keypoints[i]!);
    keypoints[i + 1] = mix(before.keypoints[i + 1]!, after.keypoints[i + 1]!);
    keypoints[i + 2] = trust * Math.min(before.keypoints[i + 2]!, after.keypoints[i + 2]!);
  }
  return {
    id,
    box: [
      mix(before.box[0], after.box[0]),
      mix(before.box[1], after.box[1]),
      mix(before.box[2], after.box[2]),
      mix(before.box[3], after.box[3]),
    ],
    score: trust * Math.min(before.score, after.score),
    keypoints,
    detection: null,
    interpolated: true,
  };
}
