/**
 * Frames as a JSON file has them. The file is read once to learn what is in it and that it keeps the rules, and once more
 * for every pass over the clip, so that memory is that of one frame.
 *
 * @module
 */

import { InputError } from "../core/errors.ts";
import type { ClipFrame, ClipOptions, ClipPerson } from "./clip.ts";
import { at, type Place, refuse } from "./fields.ts";
import { MAX_JSON_BYTES } from "./json/json_text.ts";

/** A person as it stands in a file. */
export interface DraftPerson extends Omit<ClipPerson, "id"> {
  /** Where it stands. */
  readonly place: Place;
  /** Track id as the file has it, at least 0; null without. */
  readonly trackId: number | null;
}

/** A frame, or a part of one, as it stands in a file. */
export interface DraftFrame extends Pick<ClipFrame, "name" | "imageId" | "width" | "height"> {
  /** Where its number stands. */
  readonly place: Place;
  /** Its number, or the id of its picture. */
  readonly number: number;
  /** Everybody in it. */
  readonly people: readonly DraftPerson[];
}

/** A file on its way to a clip. */
export interface Draft {
  /** The file, for messages. */
  readonly name: string;
  /** Reads the frames anew, in the order of the file. */
  readonly open: () => AsyncIterable<DraftFrame>;
  /** Bytes of the file that the last pass went through. */
  readonly bytes: () => number;
  /** `"merge"`: a number may come again, and its people belong together. @default "refuse" */
  readonly repeats?: "merge" | "refuse";
}

/** What the first pass over a file found. */
export interface Survey {
  /** The frames with rising numbers. */
  readonly open: () => AsyncIterable<DraftFrame>;
  /** How many frames the file mentions. */
  readonly count: number;
  /** Lowest number. */
  readonly first: number;
  /** Highest number. */
  readonly last: number;
  /** True when everybody has an identity. */
  readonly tracked: boolean;
  /** What to add to a track id: identities begin at 1, and those of some files at 0. */
  readonly idShift: number;
  /** Whether anybody has points in the picture, and in space. */
  readonly has: { readonly points2d: boolean; readonly points3d: boolean };
}

/** All frames in memory, by number. */
async function sortFrames(draft: Draft, { trackIds, maxBytes = MAX_JSON_BYTES }: ClipOptions): Promise<DraftFrame[]> {
  const byNumber = new Map<number, DraftFrame>();
  for await (const frame of draft.open()) {
    if (draft.bytes() > maxBytes) {
      const rule = `must list its people frame by frame, as it is too large (${maxBytes} bytes) to be sorted`;
      throw new InputError(draft.name, rule, `frame ${frame.number} comes late`);
    }
    const before = byNumber.get(frame.number);
    if (before !== undefined && draft.repeats !== "merge") refuseRepeat(frame);
    const whole = before ? { ...frame, people: [...before.people, ...frame.people] } : frame;
    checkIds(whole, trackIds);
    byNumber.set(frame.number, whole);
  }
  return [...byNumber.values()].sort((a, b) => a.number - b.number);
}

function refuseRepeat(frame: DraftFrame): never {
  refuse(frame.place, "must be unique: every frame once", frame.number);
}

/**
 * Reads a file once.
 *
 * @param draft The file.
 * @param options `trackIds` and `maxBytes`: a file whose frames are out of order is sorted in memory up to that size.
 * @throws {InputError} At the first place that breaks a rule: a frame twice, an identity twice in a frame, identities for
 * some but not for all.
 */
export async function surveyDraft(draft: Draft, options: ClipOptions): Promise<Survey> {
  const { trackIds = "keep" } = options;
  const ids: { without: DraftPerson | null; any: boolean; zero: boolean } = { without: null, any: false, zero: false };
  const has = { points2d: false, points3d: false };
  let rising = true;
  let [count, first, last] = [0, Infinity, -Infinity];
  for await (const frame of draft.open()) {
    if (frame.number === last && draft.repeats !== "merge") refuseRepeat(frame);
    rising &&= frame.number > last;
    count++;
    first = Math.min(first, frame.number);
    last = Math.max(last, frame.number);
    checkIds(frame, trackIds);
    for (const person of frame.people) {
      has.points2d ||= person.points2d !== null;
      has.points3d ||= person.points3d !== null;
      ids.any ||= person.trackId !== null;
      ids.zero ||= person.trackId === 0;
      if (person.trackId === null) ids.without ??= person;
    }
  }
  const sorted = rising ? null : await sortFrames(draft, options);
  const tracked = ids.any && trackIds === "keep";
  if (tracked && ids.without !== null) {
    const rule = "must be there for everybody or for nobody (or ignore them all)";
    refuse(at(ids.without.place, "track_id"), rule, null);
  }
  const open = sorted === null ? draft.open : () => fromMemory(sorted);
  return { open, count: sorted?.length ?? count, first, last, tracked, idShift: ids.zero ? 1 : 0, has };
}

async function* fromMemory(frames: readonly DraftFrame[]): AsyncGenerator<DraftFrame, void, void> {
  yield* frames;
}

function checkIds({ number, people }: DraftFrame, trackIds: ClipOptions["trackIds"]): void {
  if (trackIds === "ignore" || people.length < 2) return;
  const seen = new Set<number>();
  for (const { trackId, place } of people) {
    if (trackId === null) continue;
    if (seen.has(trackId)) refuse(at(place, "track_id"), `must be unique in its frame (${number})`, trackId);
    seen.add(trackId);
  }
}
