/**
 * Writes 2D keypoints as VideoPose3D's loader reads them.
 *
 * @module
 */

import { InputError } from "../../core/errors.ts";
import type { ClipFrame, PoseClip } from "../clip.ts";
import type { WriteOptions } from "../format.ts";
import { npyHeader } from "../numpy/npy_header.ts";
import { NpzWriter } from "../numpy/npz_write.ts";
import { type ArrayOut, objectPickleLength, type PickleOut, writeObjectPickle } from "../numpy/pickle_write.ts";
import type { Sink } from "../source.ts";
import { VIDEOPOSE3D_LAYOUTS } from "./videopose3d_read.ts";

/** Bytes of tracks that wait in memory while another is written. */
const BUFFER_BYTES = 64 * 2 ** 20;
const ROWS_AT_ONCE = 256;
const JOINTS = 17;
const WIDTH = 2 * JOINTS;

interface Found {
  /** By id; null for the only person of a clip without identities. */
  readonly ids: readonly (number | null)[];
  readonly first: number;
  readonly rows: number;
  /** Poses, and points that they lack. */
  readonly seen: number;
  readonly missing: number;
  readonly nameless: number;
}

async function findPeople(clip: PoseClip): Promise<Found> {
  const ids = new Set<number | null>();
  let [first, last, seen, missing, nameless] = [0, -1, 0, 0, 0];
  for await (const frame of clip.frames()) {
    if (last === -1) first = frame.index;
    last = frame.index;
    let without = 0;
    for (const { id, points2d } of frame.people) {
      if (points2d === null) continue;
      ids.add(id);
      seen++;
      missing += points2d.scores.filter((score) => score === 0).length;
      if (id === null && ++without > 1) {
        const rule = "people must have identities to be written as tracks";
        throw new InputError(`${clip.name}, frame ${frame.index}`, rule, "several people without");
      }
    }
    nameless += without;
  }
  if (ids.size > 1) ids.delete(null);
  else nameless = 0;
  return { ids: [...ids].sort((a, b) => (a ?? 0) - (b ?? 0)), first, rows: last - first + 1, seen, missing, nameless };
}

/** Fills the row of a person; it holds NaN. */
function fill(out: Float64Array, frame: ClipFrame, id: number | null): void {
  const points = frame.people.find((person) => person.id === id && person.points2d !== null)?.points2d;
  if (!points) return;
  for (let joint = 0; joint < JOINTS; joint++) {
    if (points.scores[joint]! > 0) out.set(points.values.subarray(2 * joint, 2 * joint + 2), 2 * joint);
  }
}

/** Tracks one after the other, each a stream; as many of the next as fit wait in memory, so that the clip is read less often. */
class Tracks {
  readonly #clip: PoseClip;
  readonly #found: Found;
  readonly #waiting: Map<number, Float64Array> = new Map();

  readonly #bufferBytes: number;

  constructor(clip: PoseClip, found: Found, bufferBytes: number) {
    this.#clip = clip;
    this.#found = found;
    this.#bufferBytes = bufferBytes;
  }

  async *values(track: number): AsyncGenerator<Float64Array, void, undefined> {
    const { ids, first, rows } = this.#found;
    const ready = this.#waiting.get(track);
    if (ready !== undefined) {
      this.#waiting.delete(track);
      yield ready;
      return;
    }
    const fit = Math.floor(this.#bufferBytes / (rows * WIDTH * 8));
    const others = ids.map((_, i) => i).slice(track + 1, track + 1 + fit);
    for (const other of others) this.#waiting.set(other, new Float64Array(rows * WIDTH).fill(NaN));
    const chunk = new Float64Array(ROWS_AT_ONCE * WIDTH).fill(NaN);
    let row = 0;
    const rowsUntil = function* (end: number) {
      while (row < end) {
        row++;
        if (row % ROWS_AT_ONCE !== 0) continue;
        yield chunk;
        chunk.fill(NaN);
      }
    };
    for await (const frame of this.#clip.frames()) {
      const here = frame.index - first;
      if (here < row || here >= rows) {
        throw new InputError(this.#clip.name, "must stay as it is while it is read", "other frames than before");
      }
      yield* rowsUntil(here); // frames that the numbers leave out are frames without anybody
      fill(chunk.subarray((here % ROWS_AT_ONCE) * WIDTH, (here % ROWS_AT_ONCE + 1) * WIDTH), frame, ids[track]!);
      for (const other of others) {
        fill(this.#waiting.get(other)!.subarray(here * WIDTH, (here + 1) * WIDTH), frame, ids[other]!);
      }
      yield* rowsUntil(here + 1);
    }
    if (row % ROWS_AT_ONCE !== 0) yield chunk.subarray(0, (row % ROWS_AT_ONCE) * WIDTH);
  }
}

function notesOn({ ids, rows, seen, missing, nameless }: Found): string[] {
  const notes: string[] = [];
  if (nameless > 0) notes.push(`${nameless} poses of people without identity were left out`);
  const empty = ids.length * rows - (seen - nameless);
  if (empty > 0) {
    notes.push(
      `${empty} of ${ids.length * rows} rows are NaN, as the person is not in the frame: VideoPose3D wants them filled`,
    );
  }
  if (missing > 0) notes.push(`${missing} missing points are NaN: VideoPose3D wants them filled`);
  return notes;
}

/**
 * Writes a clip as a data set with one video, whose name is the stem of the clip. Every person is a track of all frames.
 *
 * @param clip Points in the picture in the layout `coco17` or `h36m17`.
 * @param sink Takes one file.
 * @param options `stem`.
 * @param bufferBytes Bytes of tracks that may wait in memory while another is written. More makes fewer passes.
 * @returns Sentences on what was left out or is missing.
 * @throws {InputError} If the clip has no points in the picture, no size, or several people without identity in a frame.
 */
export async function writeVideoPose3d(
  clip: PoseClip,
  sink: Sink,
  options: WriteOptions,
  bufferBytes: number = BUFFER_BYTES,
): Promise<readonly string[]> {
  const { skeleton2d: skeleton, width, height, fps } = clip;
  const layout = [...VIDEOPOSE3D_LAYOUTS].find(([, { name }]) => name === skeleton?.name)?.[0];
  if (skeleton === null || layout === undefined) {
    throw new InputError(
      clip.name,
      "must have points in the picture, in the order of COCO or Human3.6M",
      skeleton?.name ?? "none",
    );
  }
  if (width === null || height === null) {
    throw new InputError(clip.name, "must say the size of its pictures, or be given --width and --height", "no size");
  }
  const left = skeleton.joints.flatMap((name, joint) => name.startsWith("left_") ? [joint] : []);
  const found = await findPeople(clip);
  const { ids, first, rows } = found;
  const tracks = new Tracks(clip, found, bufferBytes);
  const arrays = ids.map((_, i): ArrayOut => ({
    kind: "array",
    shape: [rows, JOINTS, 2],
    values: () => tracks.values(i),
  }));
  const metadata = new Map<string, PickleOut>([
    ["layout_name", layout],
    ["num_joints", JOINTS],
    ["keypoints_symmetry", [left, left.map((joint) => skeleton.mirror[joint]!)]],
    [
      "video_metadata",
      new Map([[
        options.stem,
        new Map<string, PickleOut>([
          ["w", width],
          ["h", height],
          ...(fps === null ? [] : [["fps", fps] as const]),
          // For us; VideoPose3D looks at w and h only.
          ["person_ids", ids.map((id) => id ?? 0)],
          ["first_frame", first],
          ["frames", rows],
        ]),
      ]]),
    ],
  ]);
  const writer = new NpzWriter(await sink.file(""), clip.name);
  const parts: readonly (readonly [string, PickleOut])[] = [
    ["positions_2d", new Map([[options.stem, new Map([["custom", arrays]])]])],
    ["metadata", metadata],
  ];
  for (const [name, value] of parts) {
    const header = npyHeader({ kind: "O", bytes: 0, little: true }, []);
    await writer.beginBytes(name, header, await objectPickleLength(value));
    await writeObjectPickle(value, (bytes) => writer.writeBytes(bytes));
  }
  await writer.close();
  return notesOn(found);
}
