/**
 * Keypoints of a clip as the systems want them, whatever file they came from.
 *
 * @module
 */

import { InputError } from "../core/errors.ts";
import { at, type Place, refuse } from "./fields.ts";

/** Layouts of files that hold 2D keypoints. */
export type KeypointsFormat = "diffpose" | "coco" | "coco-results" | "mmpose";

/** One person in one frame. */
export interface KeypointsPerson {
  /** Identity, from 1; null in files without identities. */
  readonly id: number | null;
  /** x, y, width, height, px; around the points where the file has none. */
  readonly box: readonly [x: number, y: number, width: number, height: number];
  /** Confidence of the person, 0..1. */
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
  /** Everybody in it. */
  readonly people: readonly KeypointsPerson[];
}

/** An opened file of keypoints. */
export interface KeypointsClip extends AsyncDisposable {
  /** Layout that was found. */
  readonly format: KeypointsFormat;
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
  /** The frames in order. May be consumed once. */
  frames(): AsyncIterable<KeypointsFrame>;
}

/** What the file may not say. What is given here goes before what the file says. */
export interface KeypointsOptions {
  /** Width of the pictures, px. */
  readonly width?: number;
  /** Height of the pictures, px. */
  readonly height?: number;
  /** Frames a second. */
  readonly fps?: number;
  /** The pictures that COCO results refer to; see `readImageList()`. */
  readonly images?: readonly ImageEntry[];
  /**
   * `"ignore"`: pass over the track ids of the file, so that its people are tracked anew. Some writers put a row number
   * there.
   * @default "keep"
   */
  readonly trackIds?: "keep" | "ignore";
  /**
   * Largest file that is read at once, bytes. Files of diffpose are read line by line and have no limit.
   * @default 256 MiB
   */
  readonly maxBytes?: number;
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

/** A person on the way from a file to a {@link KeypointsClip}. */
export interface PersonDraft {
  /** Where it stands in the file. */
  readonly place: Place;
  /** Frame number, or id of the picture. */
  readonly frame: number;
  /** Track id as the file has it, at least 0; null without. */
  readonly trackId: number | null;
  /** x, y, width, height, px. */
  readonly box: KeypointsPerson["box"];
  /** 0..1. */
  readonly score: number;
  /** `[17, 3]`. */
  readonly keypoints: Float32Array;
}

/** Frame rate of a single picture, where nothing depends on it. */
const STILL_FPS = 25;

/** Frame numbers may leave out this share of the frames, and some more, before they look like ids of pictures. */
const MOST_EMPTY_SHARE = 0.9;
const MOST_EMPTY_FRAMES = 1000;

/** Width, height or frame rate: the option, else what the file says, else an error that names the flag. */
export function need(
  asked: number | undefined,
  said: number | undefined,
  name: string,
  what: string,
  flag: string,
): number {
  const value = asked ?? said;
  if (value === undefined) throw new InputError(name, `does not say ${what}`, `give ${flag}`);
  if (!Number.isFinite(value) || value <= 0) throw new InputError(flag, "must be a number above 0", String(value));
  return value;
}

/** The identity of each draft; all null where the file has none or they are to be ignored. */
function identities(drafts: readonly PersonDraft[], ignore: boolean): (draft: PersonDraft) => number | null {
  const first = drafts.find(({ trackId }) => trackId !== null);
  if (ignore || first === undefined) return () => null;
  const without = drafts.find(({ trackId }) => trackId === null);
  if (without !== undefined) {
    refuse(at(without.place, "track_id"), "must be there for everybody or for nobody (or ignore them all)", null);
  }
  // Identities count from 1 here, and from 0 in PoseTrack.
  const shift = drafts.some(({ trackId }) => trackId === 0) ? 1 : 0;
  const seen = new Set<string>();
  for (const { frame, trackId, place } of drafts) {
    const key = `${frame} ${trackId}`;
    if (seen.has(key)) refuse(at(place, "track_id"), `must be unique in its frame (${frame})`, trackId);
    seen.add(key);
  }
  return ({ trackId }) => trackId! + shift;
}

/** Frames from the first number to the last, those without anybody included. */
function numberedSlots(numbers: readonly number[], name: string): { entry: ImageEntry; index: number }[] {
  if (numbers.length === 0) return [];
  const sorted = [...numbers].sort((a, b) => a - b);
  const first = sorted[0]!;
  const count = sorted.at(-1)! - first + 1;
  const empty = count - sorted.length;
  if (empty > MOST_EMPTY_FRAMES && empty > MOST_EMPTY_SHARE * count) {
    throw new InputError(
      name,
      "must number its frames one by one where no list of images says their order; give --images FILE",
      `${sorted.length} numbers from ${first} to ${sorted.at(-1)}`,
    );
  }
  return Array.from({ length: count }, (_, i) => ({ entry: { id: first + i }, index: first + i }));
}

/**
 * Puts people into frames.
 *
 * @param name The file, for messages.
 * @param format Its layout.
 * @param drafts The people, in the order of the file.
 * @param pictures What the frames are: a list of images (the order of their ids is the order of the frames), or the
 * numbers of the frames that the file mentions.
 * @param options Sizes, frame rate, whether track ids are believed.
 * @throws {InputError} If something is missing or contradicts itself.
 */
export function assembleClip(
  name: string,
  format: KeypointsFormat,
  drafts: readonly PersonDraft[],
  pictures: { readonly images: readonly ImageEntry[] } | { readonly numbers: readonly number[] },
  options: KeypointsOptions,
): KeypointsClip {
  const slots = "images" in pictures
    ? [...pictures.images].sort((a, b) => a.id - b.id).map((entry, index) => ({ entry, index }))
    : numberedSlots(pictures.numbers, name);
  if (slots.length === 0) throw new InputError(name, "must hold at least one frame", "0 frames");
  const idOf = identities(drafts, options.trackIds === "ignore");
  const people = new Map<number, KeypointsPerson[]>(slots.map(({ entry }) => [entry.id, []]));
  for (const draft of drafts) {
    const list = people.get(draft.frame) ??
      refuse(at(draft.place, "image_id"), "must be the id of an image in the list", draft.frame);
    const { box, score, keypoints } = draft;
    list.push({ id: idOf(draft), box, score, keypoints, sigma: null, interpolated: false });
  }
  const fps = need(options.fps, slots.length === 1 ? STILL_FPS : undefined, name, "its frame rate", "--fps");
  const frames = slots.map(({ entry, index }): KeypointsFrame => ({
    index,
    time: index / fps,
    ...(entry.name === undefined ? {} : { name: entry.name }),
    width: need(options.width, entry.width, name, "the width of its pictures", "--width"),
    height: need(options.height, entry.height, name, "the height of its pictures", "--height"),
    people: people.get(entry.id)!,
  }));
  return {
    format,
    fps,
    width: frames[0]!.width,
    height: frames[0]!.height,
    tracked: drafts.length > 0 && idOf(drafts[0]!) !== null,
    count: frames.length,
    async *frames() {
      yield* frames;
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
