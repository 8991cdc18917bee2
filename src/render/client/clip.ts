/**
 * The data of the page: read once from the blocks that stand in it.
 *
 * @module
 */
/// <reference lib="dom" />

import type { EndRecord, HeaderRecord } from "../../formats/record.ts";
import { type PackedFrame, unpackFrame, type ViewerFrame, type ViewerPerson } from "../payload.ts";
import { spreadOf } from "./spread.ts";

/** One identity over the whole clip. */
export interface Track {
  /** Identity. */
  readonly id: number;
  /** The person at a position of the clip; null while away. */
  readonly at: readonly (ViewerPerson | null)[];
  /** Mean sigma at each position, in {@link Clip.spreadUnit}; NaN while away. */
  readonly spread: Float32Array;
  /** How many frames the person is in, and how many of them are interpolated. */
  readonly count: { readonly present: number; readonly interpolated: number };
}

/** Everything that the file holds, except the pictures. */
export interface Clip {
  /** First line of the run. */
  readonly header: HeaderRecord;
  /** Title of the page. */
  readonly title: string;
  /** Last line of the run; null when it was cut. */
  readonly end: EndRecord | null;
  /** Sentences for the "About" panel. */
  readonly notes: readonly string[];
  /** Licence texts of the programs in the page. */
  readonly licences: string;
  /** Frames in order. A position is an index into this list. */
  readonly frames: readonly ViewerFrame[];
  /** Identities, sorted. */
  readonly tracks: readonly Track[];
  /** True when at least one pose is in 3D. */
  readonly has3d: boolean;
  /** Unit of {@link Track.spread}. */
  readonly spreadUnit: "m" | "%";
}

function blocks(root: ParentNode, kind: string): unknown[] {
  const elements = [...root.querySelectorAll(`script[data-diffpose="${kind}"]`)];
  return elements.map((element) => {
    const value: unknown = JSON.parse(element.textContent ?? "null");
    element.remove(); // the text is not needed twice
    return value;
  });
}

function tracksOf(frames: readonly ViewerFrame[], has3d: boolean): Track[] {
  const people = new Map<number, (ViewerPerson | null)[]>();
  frames.forEach((frame, position) => {
    for (const person of frame.people) {
      let at = people.get(person.id);
      if (at === undefined) people.set(person.id, at = Array.from({ length: frames.length }, () => null));
      at[position] = person;
    }
  });
  return [...people.entries()].sort((a, b) => a[0] - b[0]).map(([id, at]) => ({
    id,
    at,
    spread: Float32Array.from(at, (person) => person === null ? NaN : spreadOf(person, has3d)),
    count: {
      present: at.filter((person) => person !== null).length,
      interpolated: at.filter((person) => person?.interpolated === true).length,
    },
  }));
}

/** Reads the data blocks under `root` and removes them. */
export function readClip(root: ParentNode): Clip {
  const header = blocks(root, "header")[0] as HeaderRecord & { title: string };
  const { end, notes, licences } = blocks(root, "end")[0] as Pick<Clip, "end" | "notes" | "licences">;
  const frames = (blocks(root, "frames") as PackedFrame[][]).flat().map(unpackFrame);
  const has3d = frames.some((frame) => frame.people.some((person) => person.keypoints3d !== null));
  const spreadUnit = has3d ? "m" : "%";
  return {
    header,
    title: header.title,
    end,
    notes,
    licences,
    frames,
    tracks: tracksOf(frames, has3d),
    has3d,
    spreadUnit,
  };
}
