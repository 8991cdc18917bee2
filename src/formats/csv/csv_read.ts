/**
 * Our CSV files as clips.
 *
 * @module
 */

import { InputError } from "../../core/errors.ts";
import type { ClipFrame, ClipOptions, ClipPerson, PoseClip } from "../clip.ts";
import { type CsvHeader, parseCsvHeader } from "./csv_columns.ts";
import { personOf, PersonRow } from "./csv_person.ts";
import { readCsvRows } from "./csv_rows.ts";
import { at, refuse } from "../fields.ts";
import { rateOfTime } from "../frame_rate.ts";
import type { FileSource } from "../source.ts";
import { given } from "../surveyed_clip.ts";

/** Times may have six decimals; the difference of two is off by as much. */
const TIME_ROUNDING = 1e-6;

/** What goes for all rows. */
interface Facts {
  readonly fps: number | null;
  readonly width: number | null;
  readonly height: number | null;
  /** Null while nobody was seen. */
  readonly tracked: boolean | null;
}

type Draft = { -readonly [K in keyof ClipFrame]: ClipFrame[K] } & { people: ClipPerson[]; empty: boolean };

function beginFrame(row: PersonRow, index: number, facts: Facts): Draft {
  const image = row.text("image");
  const imageId = row.numberFrom("image_id", 0, true);
  const width = row.numberFrom("width", 1, true);
  const height = row.numberFrom("height", 1, true);
  return {
    index,
    time: row.number("time") ?? (facts.fps === null ? 0 : index / facts.fps),
    ...(image === "" ? {} : { name: image }),
    ...(imageId === null ? {} : { imageId }),
    ...(width === null || width === facts.width ? {} : { width }),
    ...(height === null || height === facts.height ? {} : { height }),
    people: [],
    empty: false,
  };
}

async function* readFrames(source: FileSource, facts: Facts): AsyncGenerator<ClipFrame, void, undefined> {
  let header: CsvHeader | null = null;
  let frame: Draft | null = null;
  const done = ({ empty: _empty, ...frame }: Draft): ClipFrame => frame;
  for await (const line of readCsvRows(source)) {
    if (header === null) {
      header = parseCsvHeader(line.cells, source.name);
      continue;
    }
    const row = new PersonRow(line, header, source.name);
    const index = row.numberFrom("frame", 0, true);
    if (index === null) refuse(at(row.place, "frame"), "must be an integer of at least 0", "");
    if (frame !== null && index < frame.index) {
      refuse(at(row.place, "frame"), `must not be below that of the row before, ${frame.index}`, index);
    }
    if (frame === null || index > frame.index) {
      if (frame !== null) yield done(frame);
      frame = beginFrame(row, index, facts);
    }
    const person = personOf(row, header);
    if (frame.empty || (person === null && frame.people.length > 0)) {
      refuse(at(row.place, "person"), "a frame without anybody must have one row", `frame ${index}`);
    }
    if (person === null) {
      frame.empty = true;
      continue;
    }
    if (facts.tracked !== null && (person.id !== null) !== facts.tracked) {
      refuse(at(row.place, "person"), "must be there for everybody or for nobody", person.id);
    }
    if (person.id !== null && frame.people.some(({ id }) => id === person.id)) {
      refuse(at(row.place, "person"), `must be unique in its frame (${index})`, person.id);
    }
    frame.people.push(person);
  }
  if (header === null) throw new InputError(source.name, "must have a header row", "an empty file");
  if (frame !== null) yield done(frame);
}

/** Reads the header row, and what the first data row says of the clip. */
async function firstRow(source: FileSource): Promise<{ header: CsvHeader; row: PersonRow | null }> {
  let header: CsvHeader | null = null;
  for await (const line of readCsvRows(source)) {
    if (header !== null) return { header, row: new PersonRow(line, header, source.name) };
    header = parseCsvHeader(line.cells, source.name);
  }
  if (header === null) throw new InputError(source.name, "must have a header row", "an empty file");
  return { header, row: null };
}

/** Rows a second, from the first two frames whose times differ; null where there are none. And whether people have ids. */
async function look(source: FileSource, facts: Facts): Promise<Facts> {
  let first: ClipFrame | null = null;
  let { fps, tracked } = facts;
  let seconds = 0;
  for await (const frame of readFrames(source, { ...facts, tracked: null })) {
    first ??= frame;
    if (fps === null && frame !== first) {
      seconds = (frame.time - first.time) / (frame.index - first.index);
      fps = seconds > 0 ? rateOfTime(seconds, TIME_ROUNDING) : null;
    }
    if (tracked === null && frame.people.length > 0) tracked = frame.people[0]!.id !== null;
    if (tracked !== null && (fps !== null || (frame !== first && seconds <= 0))) break;
  }
  return { ...facts, fps, tracked: tracked ?? false };
}

/**
 * Opens a CSV file of poses.
 *
 * @param source The file.
 * @param options What goes before the file's own words.
 * @throws {InputError} If the header breaks a rule, or an early row does.
 */
export async function openCsv(source: FileSource, options: ClipOptions): Promise<PoseClip> {
  const { header, row } = await firstRow(source);
  const facts = await look(source, {
    fps: given(options.fps, row?.number("fps"), "--fps"),
    width: given(options.width, row?.numberFrom("width", 1, true), "--width"),
    height: given(options.height, row?.numberFrom("height", 1, true), "--height"),
    tracked: null,
  });
  return {
    name: source.name,
    format: "csv",
    fps: facts.fps,
    width: facts.width,
    height: facts.height,
    skeleton2d: header.points2d?.skeleton ?? null,
    skeleton3d: header.points3d?.skeleton ?? null,
    tracked: facts.tracked!,
    count: null,
    header: null,
    frames: () => readFrames(source, facts),
  };
}
