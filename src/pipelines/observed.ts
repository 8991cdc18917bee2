/**
 * What the 2D stage hands to the 3D stage: frames with people who have an identity.
 *
 * @module
 */

/** One person in one frame, seen or interpolated. */
export interface ObservedPerson {
  /** Identity, from 1. */
  readonly id: number;
  /** x, y, width, height, px. */
  readonly box: readonly [x: number, y: number, width: number, height: number];
  /** Confidence of the person, 0..1. */
  readonly score: number;
  /** COCO-17, `[17, 3]`: x and y (px), score (0..1). */
  readonly keypoints: Float32Array;
  /** Standard deviation of each point along one axis, `[17]` px. */
  readonly sigma: Float32Array;
  /** Kernels of the heatmaps, `[17, M, 5]`, relative to the points, px; absent without heatmaps. */
  readonly heatmaps?: Float32Array;
  /** True when the points were interpolated between two frames. */
  readonly interpolated: boolean;
}

/** One frame. */
export interface ObservedFrame {
  /** Index in the source. */
  readonly index: number;
  /** Seconds from the first frame of the source. */
  readonly time: number;
  /** File name, for pictures. */
  readonly name?: string;
  /** Size of the picture, px, for stills: each has its own. */
  readonly size?: { readonly width: number; readonly height: number };
  /** Everybody in it. */
  readonly people: readonly ObservedPerson[];
}
