/**
 * Reads an .npz of poses of one person as a stream of frames.
 *
 * @module
 */

import { h36m17 } from "../../skeleton/mod.ts";
import type { ClipFrame, ClipOptions, ClipPerson, Points, PoseClip } from "../clip.ts";
import { at, type Place, refuseAs } from "../fields.ts";
import { asNumbers } from "../numpy/npy_type.ts";
import { type Npz, openNpz } from "../numpy/npz.ts";
import { JOINTS, PRESENT } from "./peer_npz_columns.ts";
import type { FileSource } from "../source.ts";
import { given } from "../surveyed_clip.ts";

/** Arrays with a row a frame, and the sizes of a row. A 2 stands for 2 or 3: the confidence may be missing. */
const ROWS = {
  keypoints_2d: [JOINTS, 2],
  poses_3d: [JOINTS, 3],
  sigma_2d: [JOINTS],
  sigma_3d: [JOINTS],
  derived_2d: [JOINTS],
  derived_3d: [JOINTS],
  scores_3d: [JOINTS],
  boxes: [4],
  person_score: [],
  interpolated: [],
  present: [],
  frame_index: [],
  frame_time: [],
} as const satisfies Readonly<Record<string, readonly number[]>>;

type RowName = keyof typeof ROWS;

/** A row of every array that is there. */
type Row = Partial<Record<RowName, Float64Array>>;

/** The number of frames, which all arrays must agree on, and which arrays there are. */
async function checkShapes(npz: Npz): Promise<{ readonly count: number; readonly names: readonly RowName[] }> {
  const names = (Object.keys(ROWS) as RowName[]).filter((name) => npz.names.includes(name));
  if (!names.includes("keypoints_2d") && !names.includes("poses_3d")) {
    const known = "must have an array keypoints_2d or poses_3d";
    refuseAs(npz.place(names[0] ?? "names"), known, `it has ${npz.names.join(", ") || "none"}`);
  }
  let count: number | null = null;
  let counted = "";
  for (const name of names) {
    const { shape, type } = await npz.header(name);
    const row: readonly number[] = ROWS[name];
    const [rows, ...sizes] = shape;
    const fits = sizes.length === row.length &&
      sizes.every((size, i) => size === row[i] || (row[i] === 2 && size === 3));
    if (rows === undefined || !fits || type.kind === "O" || type.kind === "U" || type.kind === "S") {
      const wanted = ["frames", ...row].join(", ").replace(/, 2$/, ", 2 or 3");
      refuseAs(npz.place(name), `must be numbers of shape (${wanted})`, `shape (${shape.join(", ")})`);
    }
    if (count !== null && rows !== count) {
      refuseAs(npz.place(name), `must have the ${count} rows of ${counted}`, `${rows} rows`);
    }
    count ??= rows;
    counted ||= name;
  }
  return { count: count!, names };
}

/** A single number; null when the array is not there. */
async function scalar(npz: Npz, name: string): Promise<number | null> {
  if (!npz.names.includes(name)) return null;
  const { shape } = await npz.header(name);
  if (shape.some((size) => size !== 1)) {
    refuseAs(npz.place(name), "must be a single number", `shape (${shape.join(", ")})`);
  }
  const value = asNumbers(await npz.array(name), npz.place(name))[0]!;
  if (!(value >= 0 && value < Infinity)) refuseAs(npz.place(name), "must be a number of at least 0", String(value));
  return value;
}

/** The rows of all arrays, side by side. */
async function* rowsOf(npz: Npz, names: readonly RowName[], count: number): AsyncGenerator<Row, void, undefined> {
  const readers = names.map((name) => ({
    name,
    chunks: npz.rows(name),
    width: 0,
    values: new Float64Array(0) as Float64Array,
    end: 0,
    start: 0,
  }));
  try {
    for (let t = 0; t < count; t++) {
      const row: Row = {};
      for (const reader of readers) {
        if (t === reader.end) {
          const chunk = (await reader.chunks.next()).value!;
          reader.values = asNumbers(chunk, npz.place(reader.name));
          reader.width = chunk.values.length / chunk.count;
          reader.start = chunk.start;
          reader.end = chunk.start + chunk.count;
        }
        const from = (t - reader.start) * reader.width;
        row[reader.name] = reader.values.subarray(from, from + reader.width);
      }
      yield row;
    }
  } finally {
    for (const { chunks } of readers) await chunks.return();
  }
}

function checkFinite(values: Float64Array, place: () => Place): void {
  const wrong = values.findIndex((value) => value === Infinity || value === -Infinity);
  if (wrong >= 0) refuseAs(at(place(), wrong), "must be finite, or NaN where nothing is known", String(values[wrong]));
}

/** Deviations: none where all are NaN. */
function sigmaOf(row: Float64Array | undefined, place: () => Place): Float64Array | null {
  if (row === undefined || row.every(Number.isNaN)) return null;
  const wrong = row.findIndex((value) => value < 0);
  if (wrong >= 0) refuseAs(at(place(), wrong), "must be at least 0", String(row[wrong]));
  return row.map((value) => Number.isNaN(value) ? 0 : value);
}

function marked(row: Float64Array | undefined): number[] {
  const joints: number[] = [];
  row?.forEach((mark, joint) => mark !== 0 && joints.push(joint));
  return joints;
}

/** Points out of a row of coordinates: NaN is a missing point. */
function pointsOf(
  row: Float64Array,
  dimensions: 2 | 3,
  scoreOf: (joint: number) => number,
): Pick<Points, "values" | "scores"> {
  const values = new Float64Array(JOINTS * dimensions);
  const scores = new Float64Array(JOINTS);
  const width = row.length / JOINTS;
  for (let joint = 0; joint < JOINTS; joint++) {
    const point = row.subarray(joint * width, joint * width + dimensions);
    const score = scoreOf(joint);
    if (point.some(Number.isNaN) || !(score > 0)) continue;
    scores[joint] = Math.min(score, 1);
    values.set(point, joint * dimensions);
  }
  return { values, scores };
}

function personOf(row: Row, t: number, id: number | null, npz: Npz): ClipPerson | null {
  const place = (name: RowName) => () => at(npz.place(name), t);
  for (const name of ["keypoints_2d", "poses_3d", "sigma_2d", "sigma_3d", "boxes", "person_score"] as const) {
    if (row[name] !== undefined) checkFinite(row[name], place(name));
  }
  const { keypoints_2d: flat, poses_3d: space, scores_3d, boxes, person_score } = row;
  const flags = row.present?.[0];
  const build = (
    made: Pick<Points, "values" | "scores"> | null,
    flag: number,
    sigma: Float64Array | null,
    derived: number[],
  ) => {
    const any = made?.scores.some((score) => score > 0) ?? false;
    if (made === null || (flags === undefined ? !any : (flags & flag) === 0)) return null;
    return { ...made, sigma, derived };
  };
  const points2d = build(
    flat === undefined ? null : pointsOf(flat, 2, (joint) => flat.length === 2 * JOINTS ? 1 : flat[3 * joint + 2]!),
    PRESENT.points2d,
    sigmaOf(row.sigma_2d, place("sigma_2d")),
    marked(row.derived_2d),
  );
  const points3d = build(
    space === undefined ? null : pointsOf(space, 3, (joint) => scores_3d?.[joint] ?? 1),
    PRESENT.points3d,
    sigmaOf(row.sigma_3d, place("sigma_3d")),
    marked(row.derived_3d),
  );
  const box = boxes === undefined || boxes.some(Number.isNaN) ? null : boxes;
  if (flags === undefined ? points2d === null && points3d === null : (flags & PRESENT.person) === 0) return null;
  const score = person_score === undefined || Number.isNaN(person_score[0]) ? null : person_score[0]!;
  return {
    id,
    box: box === null ? null : [box[0]!, box[1]!, box[2]!, box[3]!],
    score: score === null ? null : Math.min(1, Math.max(0, score)),
    points2d,
    points3d,
    interpolated: row.interpolated?.[0] === 1,
  };
}

/** A clip of one person. */
export interface PersonClip {
  /** The clip. */
  readonly clip: PoseClip;
  /** Identity of the person; null where the file says that there is none. */
  readonly person: number | null;
}

/**
 * Opens the file of one person.
 *
 * @param file The archive.
 * @param options Frame rate and size, where the file does not say them or is wrong.
 * @param id Identity of the person where the file does not say it.
 * @throws {InputError} If the arrays have other shapes, other numbers of rows, or infinite values.
 */
export async function openPeerNpz(file: FileSource, options: ClipOptions, id: number): Promise<PersonClip> {
  const npz = await openNpz(file, options.maxBytes === undefined ? {} : { maxBytes: options.maxBytes });
  const { count, names } = await checkShapes(npz);
  const fps = given(options.fps, await scalar(npz, "fps"), "--fps");
  const width = given(options.width, await scalar(npz, "width"), "--width");
  const height = given(options.height, await scalar(npz, "height"), "--height");
  const said = await scalar(npz, "person_id");
  if (said !== null && !Number.isSafeInteger(said)) {
    refuseAs(npz.place("person_id"), "must be an integer", String(said));
  }
  const identity = said === null ? id : said === 0 ? null : said;
  const clip: PoseClip = {
    name: file.name,
    format: "npz",
    fps,
    width,
    height,
    skeleton2d: names.includes("keypoints_2d") ? h36m17 : null,
    skeleton3d: names.includes("poses_3d") ? h36m17 : null,
    tracked: identity !== null,
    count,
    header: null,
    async *frames(): AsyncGenerator<ClipFrame, void, undefined> {
      let t = 0;
      let last = -1;
      for await (const row of rowsOf(npz, names, count)) {
        const index = row.frame_index?.[0] ?? t;
        if (!Number.isSafeInteger(index) || index <= last) {
          refuseAs(
            at(npz.place("frame_index"), t),
            `must be an integer above ${last}: every frame once`,
            String(index),
          );
        }
        const time = row.frame_time?.[0] ?? (fps === null ? 0 : index / fps);
        if (!(time >= 0 && time < Infinity)) {
          refuseAs(at(npz.place("frame_time"), t), "must be a number of seconds", String(time));
        }
        last = index;
        const person = personOf(row, t, identity, npz);
        t++;
        yield { index, time, people: person === null ? [] : [person] };
      }
    },
  };
  return { clip, person: identity };
}
