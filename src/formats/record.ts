/**
 * The lines of `poses.ndjson`, format `diffpose/1`. One JSON value a line: a header, frames, an end.
 *
 * @module
 */

/** Which model made the numbers. */
export interface ModelRecord {
  /** Name of the pack. */
  readonly name: string;
  /** SHA-256 of the pack's manifest, hexadecimal. */
  readonly sha256: string;
  /** Variant of the weights. */
  readonly dtype: string;
  /** Where it ran. */
  readonly device: string;
}

/** First line. */
export interface HeaderRecord {
  /** Discriminator. */
  readonly type: "header";
  /** Name and version of the format. */
  readonly format: "diffpose/1";
  /** The input as the user named it. */
  readonly input: string;
  /** Frames a second. */
  readonly fps: number;
  /** Width of the source, px. */
  readonly width: number;
  /** Height of the source, px. */
  readonly height: number;
  /** Layout of `keypoints`. */
  readonly skeleton2d: "coco17";
  /** Layout of `keypoints3d`; null when no 3D was asked for. */
  readonly skeleton3d: "h36m17" | null;
  /** Words on the camera: axes and the focal length that was assumed. */
  readonly camera: string;
  /** Unit of the 3D points. */
  readonly units: "m";
  /** The packs that made the numbers. */
  readonly models: readonly ModelRecord[];
  /** The options that change the numbers. */
  readonly options: Readonly<Record<string, string | number | boolean | null>>;
  /** Version of diffpose. */
  readonly tool: string;
}

/** x, y (px), score (0..1), sigma (px). */
export type Keypoint2D = readonly [x: number, y: number, score: number, sigma: number];

/** x, y, z (metres, camera axes, relative to the pelvis), sigma (metres). */
export type Keypoint3D = readonly [x: number, y: number, z: number, sigma: number];

/** One person in one frame. */
export interface PersonRecord {
  /** Identity, the same in all frames, from 1. */
  readonly id: number;
  /** x, y, width, height, px. */
  readonly box: readonly [x: number, y: number, width: number, height: number];
  /** Confidence of the person, 0..1. */
  readonly score: number;
  /** 17 points in the order of `skeleton2d`. */
  readonly keypoints: readonly Keypoint2D[];
  /** 17 points in the order of `skeleton3d`; absent without 3D. */
  readonly keypoints3d?: readonly Keypoint3D[];
  /** Indices of the 3D joints whose 2D input was derived, not detected. */
  readonly derived?: readonly number[];
  /** True when nobody was detected here and the 2D points were interpolated between frames. */
  readonly interpolated: boolean;
}

/** One frame. */
export interface FrameRecord {
  /** Discriminator. */
  readonly type: "frame";
  /** Index in the source, from 0. */
  readonly index: number;
  /** Seconds from the first frame of the source. */
  readonly time: number;
  /** File name, for folders and archives of pictures. */
  readonly name?: string;
  /** Width of this picture, px; absent where it is the header's. */
  readonly width?: number;
  /** Height of this picture, px; absent where it is the header's. */
  readonly height?: number;
  /** Everybody in it; empty when nobody was found. */
  readonly people: readonly PersonRecord[];
}

/** Last line. Its absence means that the run was cut. */
export interface EndRecord {
  /** Discriminator. */
  readonly type: "end";
  /** How many frame lines came before. */
  readonly frames: number;
  /** Duration of the input that they cover, seconds. */
  readonly seconds: number;
}

/** Any line. */
export type PoseRecord = HeaderRecord | FrameRecord | EndRecord;
