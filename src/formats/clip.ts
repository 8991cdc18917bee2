/**
 * Poses of a clip, whatever file they come from or go to: what all formats share. A format reads a file into a
 * {@link PoseClip} and writes one out of it; converting is reading, changing the joint layout, and writing.
 *
 * @module
 */

import type { Skeleton } from "../skeleton/mod.ts";
import type { HeaderRecord } from "./record.ts";

/** Points of one person in one frame. Index `j` is joint `j` of the clip's layout in every array. */
export interface Points {
  /** `[J, 2]` px of the picture, or `[J, 3]` metres, camera axes (x right, y down, z forward). 0 where missing. */
  readonly values: Float64Array;
  /** `[J]`: confidence, 0..1; 0 is a missing point, 1 where the format has no scores. */
  readonly scores: Float64Array;
  /** `[J]`: standard deviation along one axis, in the unit of the values; null where the format has none. */
  readonly sigma: Float64Array | null;
  /** Joints that no detector gave: computed from others, here or before. Rising. */
  readonly derived: readonly number[];
}

/** One person in one frame. */
export interface ClipPerson {
  /** Identity, at least 1, the same in all frames; null in a clip that is not tracked. */
  readonly id: number | null;
  /** x, y, width, height, px; null where the format has none. */
  readonly box: readonly [x: number, y: number, width: number, height: number] | null;
  /** Confidence of the person, 0..1; null where the format has none. */
  readonly score: number | null;
  /** Points in the picture, layout `skeleton2d`; null without. */
  readonly points2d: Points | null;
  /** Points in space, layout `skeleton3d`; null without. */
  readonly points3d: Points | null;
  /** True when the file says that the points were filled in between two sights. */
  readonly interpolated: boolean;
}

/** One frame. */
export interface ClipFrame {
  /** Index in the source, rising. */
  readonly index: number;
  /** Seconds from the first frame of the source. */
  readonly time: number;
  /** File name of the picture, where it is known. */
  readonly name?: string;
  /** Id of the picture in a COCO list, where it is known. */
  readonly imageId?: number;
  /** Width of this picture, px, where it is known. */
  readonly width?: number;
  /** Height of this picture, px, where it is known. */
  readonly height?: number;
  /** Everybody in it. */
  readonly people: readonly ClipPerson[];
}

/** An opened file of poses. */
export interface PoseClip {
  /** The file, for messages. */
  readonly name: string;
  /** Name of the format that it was read as. */
  readonly format: string;
  /** Frames a second; null where neither the file nor an option says. */
  readonly fps: number | null;
  /** Width of the pictures, px; null where unknown. */
  readonly width: number | null;
  /** Height of the pictures, px; null where unknown. */
  readonly height: number | null;
  /** Layout of `points2d`; null when nobody has any. */
  readonly skeleton2d: Skeleton | null;
  /** Layout of `points3d`; null when nobody has any. */
  readonly skeleton3d: Skeleton | null;
  /** True when everybody has an identity. */
  readonly tracked: boolean;
  /** How many frames will come, where that is known before reading them. */
  readonly count: number | null;
  /** Sentences on what the reader guessed or passed over, where there is something to say. */
  readonly notes?: readonly string[];
  /** The header of a diffpose file: models, options, camera. Null for other formats. */
  readonly header: HeaderRecord | null;
  /**
   * The frames in order. Every call reads the source anew, so a writer may pass twice; only one frame has to be in memory
   * at a time, where the format allows it.
   *
   * @throws {InputError} While iterating, at the first place in the file that breaks a rule.
   */
  frames(): AsyncIterable<ClipFrame>;
}

/** A picture in a COCO list. */
export interface ImageEntry {
  /** Id that annotations refer to. */
  readonly id: number;
  /** File name, where it is known. */
  readonly name?: string;
  /** Width, px, where it is known. */
  readonly width?: number;
  /** Height, px, where it is known. */
  readonly height?: number;
}

/** What a file may not say. What is given here goes before what the file says. */
export interface ClipOptions {
  /** Frames a second. */
  readonly fps?: number;
  /** Width of the pictures, px. */
  readonly width?: number;
  /** Height of the pictures, px. */
  readonly height?: number;
  /** Largest file that is read at once by formats that cannot be streamed, bytes. @default 256 MiB */
  readonly maxBytes?: number;
  /** The pictures that COCO results refer to; see `readImageList()`. Other formats pass over it. */
  readonly images?: readonly ImageEntry[];
  /**
   * `"ignore"`: pass over the identities of the file. Some writers put a row number there.
   * @default "keep"
   */
  readonly trackIds?: "keep" | "ignore";
  /** Which video, for files that hold several. Other formats pass over it. */
  readonly video?: string;
}
