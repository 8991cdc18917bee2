/**
 * Writes .npz files of poses, a file a person.
 *
 * An array must be complete before the next begins, and a clip gives frame by frame. So the clip is read several times:
 * once to know who is in it, then once for as many arrays as fit a buffer beside the largest, which is streamed.
 *
 * @module
 */

import { InputError } from "../../core/errors.ts";
import type { ClipFrame, ClipPerson, PoseClip } from "../clip.ts";
import { PEOPLE_A_PASS, personSuffix } from "../motion_people.ts";
import { countOf } from "../numpy/npy_header.ts";
import { NpzWriter } from "../numpy/npz_write.ts";
import { type Column, columnsFor, type ColumnsWanted } from "./peer_npz_columns.ts";
import type { Sink } from "../source.ts";

/** Bytes of arrays that wait in memory while another is streamed. */
const BUFFER_BYTES = 64 * 2 ** 20;
/** Rows of the streamed array that are written at once. */
const ROWS_AT_ONCE = 256;
/** Longest provenance that is written, characters. */
const MAX_PROVENANCE = 200_000;

interface PeopleFound {
  readonly frames: number;
  /** By id; null for the only person of a clip without identities. */
  readonly ids: readonly (number | null)[];
  readonly wanted: ColumnsWanted;
  readonly notes: readonly string[];
}

async function findPeople(clip: PoseClip): Promise<PeopleFound> {
  const ids = new Set<number | null>();
  const wanted = {
    points2d: clip.skeleton2d !== null,
    points3d: clip.skeleton3d !== null,
    sigma2d: false,
    sigma3d: false,
    derived2d: false,
    derived3d: false,
    scores3d: false,
    boxes: false,
    scores: false,
    interpolated: false,
  };
  let frames = 0;
  let nameless = 0;
  for await (const frame of clip.frames()) {
    frames++;
    const without = frame.people.filter(({ id }) => id === null).length;
    if (without > 1) {
      const rule = "people must have identities to be written as a file a person";
      throw new InputError(`${clip.name}, frame ${frame.index}`, rule, `${without} people without`);
    }
    nameless += without;
    for (const { id, points2d, points3d, box, score, interpolated } of frame.people) {
      ids.add(id);
      wanted.sigma2d ||= points2d?.sigma != null;
      wanted.sigma3d ||= points3d?.sigma != null;
      wanted.derived2d ||= (points2d?.derived.length ?? 0) > 0;
      wanted.derived3d ||= (points3d?.derived.length ?? 0) > 0;
      wanted.scores3d ||= points3d?.scores.some((score) => score !== 0 && score !== 1) ?? false;
      wanted.boxes ||= box !== null;
      wanted.scores ||= score !== null;
      wanted.interpolated ||= interpolated;
    }
  }
  const notes: string[] = [];
  if (ids.size > 1 && ids.delete(null)) notes.push(`${nameless} poses of people without identity were left out`);
  if (clip.width === null || clip.height === null) {
    notes.push("width and height are left out, which other readers ask for: give --width and --height");
  }
  if (clip.skeleton3d === null) notes.push("there are no points in space: poses_3d is left out");
  if (clip.skeleton2d === null) notes.push("there are no points in the picture: keypoints_2d is left out");
  return { frames, ids: ids.size === 0 ? [null] : [...ids].sort((a, b) => (a ?? 0) - (b ?? 0)), wanted, notes };
}

function bytesOf(column: Column, rows: number): number {
  return countOf(column.row) * column.type.bytes * rows;
}

/** Columns in groups for one pass each: the first is streamed, the others fit the buffer. */
function passes(columns: readonly Column[], rows: number, bufferBytes: number): Column[][] {
  const groups: Column[][] = [];
  let left = [...columns].sort((a, b) => bytesOf(b, rows) - bytesOf(a, rows));
  while (left.length > 0) {
    const group = [left[0]!];
    let used = 0;
    for (const column of left.slice(1)) {
      if (used + bytesOf(column, rows) > bufferBytes) continue;
      used += bytesOf(column, rows);
      group.push(column);
    }
    groups.push(group);
    left = left.filter((column) => !group.includes(column));
  }
  return groups;
}

type Rows = Float64Array<ArrayBuffer> | Int32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>;

function rowsOf(column: Column, rows: number): Rows {
  const length = rows * countOf(column.row);
  if (column.type.kind === "f") return new Float64Array(length);
  return column.type.bytes === 4 ? new Int32Array(length) : new Uint8Array(length);
}

/** A file on its way, and the rows of the current pass. */
interface PersonFile {
  readonly id: number | null;
  readonly writer: NpzWriter;
  stream: Rows;
  buffers: Rows[];
}

function fill(column: Column, rows: Rows, row: number, frame: ClipFrame, person: ClipPerson | undefined): void {
  const width = countOf(column.row);
  const out = rows.subarray(row * width, (row + 1) * width);
  out.fill(0);
  column.put(out, frame, person);
}

/** Writes one group of arrays for all `files` in one pass over the clip. */
async function writePass(
  clip: PoseClip,
  count: number,
  [first, ...others]: readonly Column[],
  files: readonly PersonFile[],
): Promise<void> {
  const streamed = first!;
  const width = countOf(streamed.row);
  for (const file of files) {
    await file.writer.begin(streamed.name, streamed.type, [count, ...streamed.row]);
    file.stream = rowsOf(streamed, ROWS_AT_ONCE);
    file.buffers = others.map((column) => rowsOf(column, count));
  }
  let row = 0;
  for await (const frame of clip.frames()) {
    if (row === count) changed(clip);
    const people = new Map(frame.people.map((person) => [person.id, person]));
    const slot = row % ROWS_AT_ONCE;
    row++;
    for (const file of files) {
      const person = people.get(file.id);
      fill(streamed, file.stream, slot, frame, person);
      others.forEach((column, i) => fill(column, file.buffers[i]!, row - 1, frame, person));
      if (slot === ROWS_AT_ONCE - 1 || row === count) {
        await file.writer.write(file.stream.subarray(0, (slot + 1) * width));
      }
    }
  }
  if (row !== count) changed(clip);
  for (const { writer, buffers } of files) {
    for (const [i, { name, type, row }] of others.entries()) {
      await writer.add(name, type, [count, ...row], buffers[i]!);
    }
  }
}

function changed(clip: PoseClip): never {
  throw new InputError(clip.name, "must stay as it is while it is read", "another number of frames than before");
}

/** What made the numbers, as JSON text: layouts, axes, and the header of a diffpose file. */
function provenance(clip: PoseClip): string {
  const facts = {
    written_by: "diffpose",
    source: clip.name.replace(/^.*[/\\]/, ""),
    source_format: clip.format,
    layout: "h36m17",
    axes: "metres, camera axes: x right, y down, z forward",
  };
  const text = JSON.stringify({ ...facts, header: clip.header });
  return text.length <= MAX_PROVENANCE ? text : JSON.stringify(facts);
}

/**
 * Writes a clip.
 *
 * @param clip Points in the layout `h36m17`.
 * @param sink Takes a file a person.
 * @param bufferBytes Bytes of arrays that may wait in memory while another is streamed. More makes fewer passes.
 * @returns Sentences on what was left out.
 * @throws {InputError} If a frame has several people without identity, or a file would have 4 GiB or more.
 */
export async function writePeerNpz(
  clip: PoseClip,
  sink: Sink,
  bufferBytes: number = BUFFER_BYTES,
): Promise<readonly string[]> {
  const { frames, ids, wanted, notes } = await findPeople(clip);
  const columns = columnsFor(wanted);
  for (let from = 0; from < ids.length; from += PEOPLE_A_PASS) {
    const files: PersonFile[] = [];
    for (const id of ids.slice(from, from + PEOPLE_A_PASS)) {
      const writer = new NpzWriter(await sink.file(personSuffix(id, ids.length === 1)), clip.name);
      files.push({ id, writer, stream: new Uint8Array(0), buffers: [] });
    }
    for (const group of passes(columns, frames * files.length, bufferBytes)) {
      await writePass(clip, frames, group, files);
    }
    for (const { id, writer } of files) {
      const whole = async (name: string, value: number | null) => {
        if (value !== null) await writer.add(name, { kind: "i", bytes: 4, little: true }, [], Int32Array.of(value));
      };
      await whole("width", clip.width);
      await whole("height", clip.height);
      await whole("person_id", id ?? 0);
      if (clip.fps !== null) {
        await writer.add("fps", { kind: "f", bytes: 8, little: true }, [], Float64Array.of(clip.fps));
      }
      await writer.addText("provenance", provenance(clip));
      await writer.close();
    }
  }
  return notes;
}
