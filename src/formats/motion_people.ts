/**
 * People of a clip as motion files see them: a file a person, found in a first pass over the clip.
 *
 * @module
 */

import { InputError } from "../core/errors.ts";
import type { ClipFrame, ClipPerson, Points, PoseClip } from "./clip.ts";

/** People who are written in one pass over a clip: each has a file and its buffer open. */
export const PEOPLE_A_PASS = 64;

/** What the first pass found of one person. */
export interface MotionPerson {
  /** Identity; null for the only person of a clip without identities. */
  readonly id: number | null;
  /** Frames with at least one point in space. */
  readonly seen: number;
  /** Whether any frame has standard deviations. */
  readonly sigma: boolean;
}

/** What the first pass found. */
export interface MotionSurvey {
  /** Frames of the clip. */
  readonly frames: number;
  /** Index of the first frame; 0 without frames. */
  readonly firstIndex: number;
  /** Index of the last frame; -1 without frames. */
  readonly lastIndex: number;
  /** Those with points in space, by id. */
  readonly people: readonly MotionPerson[];
  /** Sentences for the user. */
  readonly notes: readonly string[];
}

/** Frames a second, or an error that names the flag: motion files have them in their headers. */
export function rateOfClip({ fps, name }: PoseClip): number {
  if (fps === null) throw new InputError(name, "does not say its frame rate", "give --fps");
  return fps;
}

/** Points in space of a person, or null where none is there. */
export function seenPoints(person: ClipPerson | undefined): Points | null {
  const points = person?.points3d ?? null;
  return points !== null && points.scores.some((score) => score > 0) ? points : null;
}

/** The person of a frame who has this id; the only one there is where the id is null. */
export function personIn(frame: ClipFrame, id: number | null): ClipPerson | undefined {
  return frame.people.find((person) => person.id === id && seenPoints(person) !== null);
}

/** What tells the files of people apart: nothing for person 1 or nobody in particular, `.person7` for the others. */
export function personSuffix(id: number | null, alone: boolean): string {
  return alone && (id ?? 1) === 1 ? "" : `.person${id ?? 1}`;
}

/** Identity in a file name, the reverse of {@link personSuffix}; null where the name has none. */
export function personOfName(name: string): number | null {
  const id = Number(/\.person(\d{1,15})(?:\.[^./\\]*)?$/.exec(name)?.[1] ?? 0);
  return id >= 1 ? id : null;
}

/**
 * Passes over a clip once, to know who is in it.
 *
 * @param clip The clip.
 * @param visit Called for everybody with points in space, in order of frames.
 * @throws {InputError} If a frame has several people and the clip no identities, or the clip itself is at fault.
 */
export async function surveyPeople(
  clip: PoseClip,
  visit: (id: number | null, points: Points) => void = () => {},
): Promise<MotionSurvey> {
  const people = new Map<number | null, { seen: number; sigma: boolean }>();
  let frames = 0;
  let firstIndex = 0;
  let lastIndex = -1;
  let flat = 0;
  let nameless = 0;
  for await (const frame of clip.frames()) {
    if (frames++ === 0) firstIndex = frame.index;
    lastIndex = frame.index;
    let here = 0;
    for (const person of frame.people) {
      const points = seenPoints(person);
      if (points === null) {
        if (person.points2d !== null) flat++;
        continue;
      }
      if (person.id === null) {
        nameless++;
        if (clip.tracked) continue;
        if (++here > 1) {
          const rule = "people must have identities to be written as a file a person";
          throw new InputError(`${clip.name}, frame ${frame.index}`, rule, "several people without");
        }
      }
      const entry = people.get(person.id) ?? { seen: 0, sigma: false };
      entry.seen++;
      entry.sigma ||= points.sigma !== null;
      people.set(person.id, entry);
      visit(person.id, points);
    }
  }
  // Where some people have identities, the others cannot be followed.
  if (people.size > 1) people.delete(null);
  const notes: string[] = [];
  if (people.has(null)) notes.push("the people have no identities: the one of each frame is taken for the same person");
  else if (nameless > 0) notes.push(`${nameless} poses of people without identity were left out`);
  if (flat > 0) notes.push(`${flat} poses without points in space were left out`);
  return {
    frames,
    firstIndex,
    lastIndex,
    people: [...people].map(([id, entry]) => ({ id, ...entry })).sort((a, b) => (a.id ?? 0) - (b.id ?? 0)),
    notes,
  };
}
