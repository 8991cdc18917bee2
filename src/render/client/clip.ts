/**
 * The data of the page: read once from the blocks that stand in it.
 *
 * @module
 */
/// <reference lib="dom" />

import type { EndRecord } from "../../formats/record.ts";
import { type PackedFrame, unpackFrame, type ViewerFrame, type ViewerPerson } from "../payload.ts";
import { ownId, type TwoRunsHeader } from "../two_runs.ts";
import { spreadOf } from "./spread.ts";

/** One identity over the whole clip. */
export interface Track {
  /** Identity. */
  readonly id: number;
  /** What people call it: the number, and of two runs the letter. */
  readonly name: string;
  /** Which run it is of: 0, or 1 for the second one. */
  readonly side: 0 | 1;
  /** The person at a position of the clip; null while away. */
  readonly at: readonly (ViewerPerson | null)[];
  /** Mean sigma at each position, in {@link Clip.spreadUnit}; NaN while away. */
  readonly spread: Float32Array;
  /** How many frames the person is in, and how many of them are interpolated. */
  readonly count: { readonly present: number; readonly interpolated: number };
}

/** Everything that the file holds, except the pictures. */
export interface Clip {
  /** First line of the run; of two, of the first one. */
  readonly header: TwoRunsHeader;
  /** Names of the two runs; none where there is one. */
  readonly sides: readonly string[];
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

function tracksOf(frames: readonly ViewerFrame[], has3d: boolean, two: boolean): Track[] {
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
    ...nameOf(id, two),
    at,
    spread: Float32Array.from(at, (person) => person === null ? NaN : spreadOf(person, has3d)),
    count: {
      present: at.filter((person) => person !== null).length,
      interpolated: at.filter((person) => person?.interpolated === true).length,
    },
  }));
}

function nameOf(shared: number, two: boolean): Pick<Track, "name" | "side"> {
  if (!two) return { name: String(shared), side: 0 };
  const { id, side } = ownId(shared);
  return { name: `${id}${"ab"[side]}`, side };
}

/**
 * The track of the other run that is most likely the same person: nearest in the picture on average, seen together for at
 * least half of the shorter stay; null where there is one run, or nobody like that.
 *
 * @param clip The clip.
 * @param id Identity.
 */
export function partnerOf(clip: Clip, id: number): Track | null {
  const own = clip.tracks.find((track) => track.id === id);
  if (own === undefined || clip.sides.length < 2) return null;
  let best: { readonly track: Track; readonly distance: number } | null = null;
  for (const track of clip.tracks) {
    if (track.side === own.side) continue;
    let [sum, together] = [0, 0];
    own.at.forEach((person, position) => {
      const other = track.at[position] ?? null;
      if (person === null || other === null) return;
      sum += boxDistance(person.box, other.box);
      together++;
    });
    const distance = sum / together;
    if (together * 2 < Math.min(own.count.present, track.count.present) || !(distance < SAME_PERSON)) continue;
    if (best === null || distance < best.distance) best = { track, distance };
  }
  return best?.track ?? null;
}

/** Two boxes whose middles are farther apart than this share of their size are of two people. */
const SAME_PERSON = 0.5;

/** From middle to middle, over the mean of the longer sides. */
function boxDistance(a: Float32Array, b: Float32Array): number {
  const [dx, dy] = [0, 1].map((k) => a[k]! + a[k + 2]! / 2 - b[k]! - b[k + 2]! / 2) as [number, number];
  return 2 * Math.hypot(dx, dy) / (Math.max(a[2]!, a[3]!) + Math.max(b[2]!, b[3]!));
}

/** Reads the data blocks under `root` and removes them. */
export function readClip(root: ParentNode): Clip {
  const header = blocks(root, "header")[0] as TwoRunsHeader & { title: string };
  const { end, notes, licences } = blocks(root, "end")[0] as Pick<Clip, "end" | "notes" | "licences">;
  const frames = (blocks(root, "frames") as PackedFrame[][]).flat().map(unpackFrame);
  const has3d = frames.some((frame) => frame.people.some((person) => person.keypoints3d !== null));
  const spreadUnit = has3d ? "m" : "%";
  const sides = header.second?.names ?? [];
  return {
    header,
    sides,
    title: header.title,
    end,
    notes,
    licences,
    frames,
    tracks: tracksOf(frames, has3d, sides.length > 0),
    has3d,
    spreadUnit,
  };
}
