/**
 * Keypoints of a clip as the systems want them, whatever file they came from.
 *
 * @module
 */

import type { ClipOptions } from "./clip.ts";

/** One person in one frame. */
export interface KeypointsPerson {
  /** Identity, from 1; null in files without identities. */
  readonly id: number | null;
  /** x, y, width, height, px; around the points where the file has none. */
  readonly box: readonly [x: number, y: number, width: number, height: number];
  /** Confidence of the person, 0..1; the mean of its points where the file has none. */
  readonly score: number;
  /** `[17, 3]` in COCO order: x (px), y (px), score (0..1; 0 is missing). */
  readonly keypoints: Float32Array;
  /** `[17]`: standard deviation of each point, px; null in files without it. */
  readonly sigma: Float32Array | null;
  /** True when the file says that the points were not detected but interpolated. */
  readonly interpolated: boolean;
}

/** One frame. */
export interface KeypointsFrame {
  /** Index in the source, rising. */
  readonly index: number;
  /** Seconds from the first frame of the source. */
  readonly time: number;
  /** File name of the picture, where it is known. */
  readonly name?: string;
  /** Width of this picture, px. */
  readonly width: number;
  /** Height of this picture, px. */
  readonly height: number;
  /** Everybody in it who has at least one point. */
  readonly people: readonly KeypointsPerson[];
}

/** An opened file of keypoints. */
export interface KeypointsClip {
  /** Name of the format that was found. */
  readonly format: string;
  /** Frames a second. */
  readonly fps: number;
  /** Width of the first picture, px. */
  readonly width: number;
  /** Height of the first picture, px. */
  readonly height: number;
  /** True when everybody has an identity. False: the people have to be tracked. */
  readonly tracked: boolean;
  /** How many frames will come, where that is known. */
  readonly count?: number;
  /** The frames in order. Every call reads the file anew, and lets go of it when the caller stops early. */
  frames(): AsyncIterable<KeypointsFrame>;
}

/** What the file may not say. What is given here goes before what the file says. */
export interface KeypointsOptions extends ClipOptions {
  /** Name of the format, where it is not to be found by looking at the file. */
  readonly from?: string;
}
