/**
 * A sequence of PoseTrack as a file has it, whichever of the two layouts it is in.
 *
 * @module
 */

import type { Place } from "../fields.ts";

/** What a file is read for. Head boxes are only asked of truth, and scores are only looked at in predictions. */
export type PoseTrackRole = "truth" | "predictions";

/** One person of a file. Joints in the order of the `posetrack15` layout. */
export interface PoseTrackFilePerson {
  /** Where it stands, for messages. */
  readonly place: Place;
  /** Track; null where the file has none. */
  readonly id: number | null;
  /** Width and height of the head box, px; null where the file has none. */
  readonly head: readonly [width: number, height: number] | null;
  /** `[15, 2]`, px. */
  readonly points: Float64Array;
  /** `[15]`: 1 where there is a point. */
  readonly present: Uint8Array;
  /** `[15]`: confidence of the points; null for a person without any. */
  readonly scores: Float64Array | null;
}

/** One frame of a file. */
export interface PoseTrackFileFrame {
  /** Path of the picture, as the file has it. */
  readonly name: string;
  /** Whether the file lists anybody in it, with points or without. */
  readonly annotated: boolean;
  /** Everybody with a list of points. */
  readonly people: readonly PoseTrackFilePerson[];
  /** Ignore regions, `[n, 2]` px. */
  readonly ignore: readonly Float64Array[];
}

/** One sequence. */
export interface PoseTrackFile {
  /** The file, for messages. */
  readonly name: string;
  /** Year of its layout. */
  readonly layout: "2017" | "2018";
  /** Its frames in the order of the file. */
  readonly frames: readonly PoseTrackFileFrame[];
}
