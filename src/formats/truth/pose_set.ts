/**
 * 3D poses as they are evaluated: tracks of rows of frames, whatever file they come from.
 *
 * @module
 */

import type { Skeleton } from "../../skeleton/mod.ts";
import { InputError } from "../../core/errors.ts";
import type { ClipPerson, PoseClip } from "../clip.ts";

/** What a track of a data set is called. */
export interface TrackKey {
  /** Subject or sequence: `S9`, `TS1`. */
  readonly subject: string;
  /** Action as the file names it: `Directions 1`; empty where there are none. */
  readonly action: string;
  /** Camera whose axes the points are in; null for world axes, or where there is only one. */
  readonly camera: string | null;
}

/** Poses of one track. */
export interface PoseRows {
  /** How many frames. */
  readonly frames: number;
  /** How many hypotheses; 1 for a plain answer. */
  readonly hypotheses: number;
  /** `[hypotheses, frames, joints, 3]`, metres; NaN where missing. */
  readonly values: Float64Array;
  /** `[frames]`: rising index in the source; null when rows are simply counted. */
  readonly indices: Int32Array | null;
  /** `[frames, joints]`: standard deviation along one axis, metres; NaN where missing; null without. */
  readonly sigma: Float64Array | null;
}

/** One track. */
export interface PoseTrack {
  /** For messages: `S9, Directions 1, 54138969` or `person 2`. */
  readonly label: string;
  /** Its name in a data set; null for a person of a clip. */
  readonly key: TrackKey | null;
  /** Identity in a clip; null where nobody has one. */
  readonly person: number | null;
  /** Reads its poses. */
  load(): PoseRows;
}

/** All tracks of a file. */
export interface PoseSet {
  /** The file, for messages. */
  readonly name: string;
  /** The layout that was found, in words. */
  readonly layout: string;
  /** Order of the joints. */
  readonly skeleton: Skeleton;
  /** Frames a second; null where unknown. */
  readonly fps: number | null;
  /** Its tracks. */
  readonly tracks: readonly PoseTrack[];
}

/** `S9, Directions 1, 54138969`. */
export function keyLabel({ subject, action, camera }: TrackKey): string {
  return [subject, action, camera].filter((part) => part !== null && part !== "").join(", ");
}

/** Growing rows of a person. */
interface Growing {
  readonly indices: number[];
  readonly values: number[];
  readonly sigma: number[];
}

/** Appends a person's points; points with score 0 become NaN. */
function append(rows: Growing, index: number, person: ClipPerson, label: string, clip: PoseClip): boolean {
  const points = person.points3d!;
  const last = rows.indices.at(-1);
  if (last !== undefined && index <= last) {
    throw new InputError(`${clip.name}, ${label}`, "must be in a frame once, frames in rising order", `frame ${index}`);
  }
  rows.indices.push(index);
  points.scores.forEach((score, joint) => {
    for (let c = 0; c < 3; c++) rows.values.push(score > 0 ? points.values[3 * joint + c]! : NaN);
    rows.sigma.push(score > 0 && points.sigma !== null ? points.sigma[joint]! : NaN);
  });
  return points.sigma !== null;
}

/**
 * Reads all people of a clip into memory. Joints whose 2D input was derived count like all others: what is scored is the 3D
 * answer.
 *
 * @param clip Any format with points in space.
 * @throws {InputError} If nobody has points in space, an untracked clip has two people in a frame, or the file breaks a
 * rule of its format.
 */
export async function clipPoses(clip: PoseClip): Promise<PoseSet> {
  const people = new Map<number | null, Growing>();
  let sigma = false;
  for await (const frame of clip.frames()) {
    const seen = frame.people.filter(({ points3d }) => points3d !== null);
    if (seen.length > 1 && seen.some(({ id }) => id === null)) {
      const rule = "must say who is who (track ids) where several people are in a frame";
      throw new InputError(`${clip.name}, frame ${frame.index}`, rule, `${seen.length} people`);
    }
    for (const person of seen) {
      const rows = people.get(person.id) ?? { indices: [], values: [], sigma: [] };
      people.set(person.id, rows);
      sigma = append(rows, frame.index, person, labelOf(person.id), clip) || sigma;
    }
  }
  const skeleton = clip.skeleton3d;
  if (skeleton === null || people.size === 0) {
    throw new InputError(clip.name, "must hold at least one person with points in space", "nobody");
  }
  const tracks = [...people].map(([id, rows]): PoseTrack => ({
    label: labelOf(id),
    key: null,
    person: id,
    load: () => ({
      frames: rows.indices.length,
      hypotheses: 1,
      values: Float64Array.from(rows.values),
      indices: Int32Array.from(rows.indices),
      sigma: sigma ? Float64Array.from(rows.sigma) : null,
    }),
  }));
  return { name: clip.name, layout: clip.format, skeleton, fps: clip.fps, tracks };
}

function labelOf(id: number | null): string {
  return id === null ? "the only person" : `person ${id}`;
}
