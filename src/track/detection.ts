/**
 * What a tracker is given, and what it remembers.
 *
 * @module
 */

import { checkShape, InputError } from "../core/errors.ts";

/** x, y (of the upper left corner), width, height, px. */
export type Box = readonly [x: number, y: number, width: number, height: number];

/** The middle of a box, px. */
export function boxMiddle([x, y, width, height]: Box): [x: number, y: number] {
  return [x + width / 2, y + height / 2];
}

/** A person as a detector saw it. */
export interface Detection {
  /** Box, px. */
  readonly box: Box;
  /** Confidence of the person, 0..1. */
  readonly score: number;
  /** `[17, 3]` in COCO order: x (px), y (px), score (0..1). */
  readonly keypoints: Float32Array;
}

/** A detection that belongs to a track, as plain data: it survives JSON without loss. */
export interface Observation {
  /** Index of the frame. */
  readonly index: number;
  /** Time of the frame, seconds. */
  readonly time: number;
  /** Position of the detection in the list of its frame. */
  readonly detection: number;
  /** Box, px. */
  readonly box: Box;
  /** Confidence of the person, 0..1. */
  readonly score: number;
  /** `[17, 3]` in COCO order: x (px), y (px), score (0..1). */
  readonly keypoints: readonly number[];
}

/** Joints of a detection. */
export const JOINTS = 17;

/**
 * Checks that a detection holds 17 joints and only finite numbers: one NaN would make every later distance NaN.
 *
 * @param detection The detection.
 * @param position Its place in its frame, for the message.
 * @throws {ShapeError} If the keypoints do not fill `[17, 3]`.
 * @throws {InputError} If a number is not finite or a size is negative.
 */
export function checkDetection(detection: Detection, position: number): void {
  checkShape("track a person", [JOINTS, 3], detection.keypoints.length);
  const refuse = (field: string, rule: string, value: number): never => {
    throw new InputError(`detections[${position}].${field}`, rule, String(value));
  };
  if (!Number.isFinite(detection.score)) refuse("score", "must be a finite number", detection.score);
  detection.box.forEach((value, i) => {
    if (!Number.isFinite(value)) refuse(`box[${i}]`, "must be a finite number", value);
    if (i > 1 && value < 0) refuse(`box[${i}]`, "must be at least 0", value);
  });
  detection.keypoints.forEach((value, i) => {
    if (!Number.isFinite(value)) refuse(`keypoints[${Math.floor(i / 3)}][${i % 3}]`, "must be a finite number", value);
  });
}

/**
 * A total order of detections that does not know their positions: best score first, then the numbers themselves. Work
 * in this order depends on what was seen, not on how the detector happened to list it.
 */
export function compareDetections(a: Detection, b: Detection): number {
  if (a.score !== b.score) return b.score - a.score;
  for (let i = 0; i < 4; i++) {
    if (a.box[i] !== b.box[i]) return a.box[i]! - b.box[i]!;
  }
  for (let i = 0; i < a.keypoints.length; i++) {
    if (a.keypoints[i] !== b.keypoints[i]) return a.keypoints[i]! - b.keypoints[i]!;
  }
  return 0;
}

/** The detection as an {@link Observation}. */
export function observe(detection: Detection, frame: { index: number; time: number; detection: number }): Observation {
  const { index, time, detection: position } = frame;
  return {
    index,
    time,
    detection: position,
    box: [...detection.box],
    score: detection.score,
    keypoints: Array.from(detection.keypoints),
  };
}
