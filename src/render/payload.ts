/**
 * How frames stand inside `view.html`: short JSON of whole numbers, written here and read by the page. The scales are
 * those of `poses.ndjson` (px to 2 decimals, scores and metres to 4), so nothing of the file is lost.
 *
 * @module
 */

import type { FrameRecord, PersonRecord } from "../formats/record.ts";

/** Whole numbers a pixel. */
const PX = 100;
/** Whole numbers a unit of score, and a metre. */
const FINE = 10_000;
/** Scale of each of the four numbers of a 2D point. */
const SCALES_2D = [PX, PX, FINE, PX];
/** Scale of each of the four numbers of a 3D point. */
const SCALES_3D = [FINE, FINE, FINE, FINE];

/** A number, or null for one that is not finite. */
type Whole = number | null;

/** A person as packed: id, interpolated (0 or 1), score, box, 2D points, 3D points or 0, derived joints. */
export type PackedPerson = readonly [
  id: number,
  interpolated: 0 | 1,
  score: Whole,
  box: readonly Whole[],
  keypoints: readonly Whole[],
  keypoints3d: readonly Whole[] | 0,
  derived: readonly number[],
];

/** A frame as packed: index, time in units of 0.1 ms, people, and the file name where there is one. */
export type PackedFrame = readonly [index: number, time: Whole, people: readonly PackedPerson[], name?: string];

/** A person as the page reads it. Points that were not finite are NaN. */
export interface ViewerPerson {
  /** Identity. */
  readonly id: number;
  /** True when the 2D points were interpolated between frames. */
  readonly interpolated: boolean;
  /** Confidence, 0..1. */
  readonly score: number;
  /** x, y, width, height, px. */
  readonly box: Float32Array;
  /** `[17, 4]`: x, y, score, sigma (px, px, 0..1, px). */
  readonly keypoints: Float32Array;
  /** `[17, 4]`: x, y, z, sigma (metres); null without 3D. */
  readonly keypoints3d: Float32Array | null;
  /** Indices of 3D joints whose 2D input was derived. */
  readonly derived: readonly number[];
}

/** A frame as the page reads it. */
export interface ViewerFrame {
  /** Index in the source. */
  readonly index: number;
  /** Seconds. */
  readonly time: number;
  /** File name, for pictures. */
  readonly name: string | null;
  /** Everybody in it. */
  readonly people: readonly ViewerPerson[];
}

function whole(value: number, scale: number): Whole {
  const scaled = Math.round(value * scale);
  return Number.isFinite(scaled) ? scaled + 0 : null; // + 0 turns -0 into 0
}

function packPoints(points: readonly (readonly number[])[], scales: readonly number[]): Whole[] {
  return points.flatMap((point) => scales.map((scale, k) => whole(point[k] ?? NaN, scale)));
}

function packPerson(person: PersonRecord): PackedPerson {
  return [
    person.id,
    person.interpolated ? 1 : 0,
    whole(person.score, FINE),
    person.box.map((side) => whole(side, PX)),
    packPoints(person.keypoints, SCALES_2D),
    person.keypoints3d === undefined ? 0 : packPoints(person.keypoints3d, SCALES_3D),
    person.derived ?? [],
  ];
}

/**
 * Packs a frame for the page.
 *
 * @param frame A frame line of `poses.ndjson`.
 * @returns Arrays of whole numbers that JSON can hold.
 */
export function packFrame(frame: FrameRecord): PackedFrame {
  const packed = [frame.index, whole(frame.time, FINE), frame.people.map(packPerson)] as const;
  return frame.name === undefined ? packed : [...packed, frame.name];
}

function unpack(values: readonly Whole[], scales: readonly number[]): Float32Array {
  return Float32Array.from(values, (value, i) => value === null ? NaN : value / scales[i % scales.length]!);
}

function unpackPerson(packed: PackedPerson): ViewerPerson {
  const [id, interpolated, score, box, keypoints, keypoints3d, derived] = packed;
  return {
    id,
    interpolated: interpolated === 1,
    score: score === null ? NaN : score / FINE,
    box: unpack(box, [PX]),
    keypoints: unpack(keypoints, SCALES_2D),
    keypoints3d: keypoints3d === 0 ? null : unpack(keypoints3d, SCALES_3D),
    derived,
  };
}

/**
 * Reads a packed frame.
 *
 * @param packed What {@link packFrame} gave, after JSON.
 * @returns The frame with its points as flat arrays.
 */
export function unpackFrame(packed: PackedFrame): ViewerFrame {
  const [index, time, people, name] = packed;
  return { index, time: time === null ? NaN : time / FINE, name: name ?? null, people: people.map(unpackPerson) };
}
