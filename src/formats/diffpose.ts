/**
 * `diffpose/1`: one JSON record a line, as `diffpose run` writes it.
 *
 * @module
 */

import { EVERYTHING } from "./carries.ts";
import { InputError } from "../core/errors.ts";
import { VERSION } from "../version.ts";
import { coco17, h36m17 } from "../skeleton/layouts.ts";
import type { ClipFrame, ClipOptions, ClipPerson, Points, PoseClip } from "./clip.ts";
import { boxOf, makePoints, missingPoints, scoreOf } from "./clip_points.ts";
import type { PoseFormat, WriteOptions } from "./format.ts";
import { asFile } from "./json/json_source.ts";
import { readRecords } from "./read_records.ts";
import type { FrameRecord, HeaderRecord, Keypoint2D, Keypoint3D, PersonRecord } from "./record.ts";
import type { FileSource, Sink, Source } from "./source.ts";
import { given } from "./surveyed_clip.ts";
import { TextSink } from "./text_sink.ts";
import { WriterNotes, type WrittenPerson } from "./write_people.ts";
import { writeRecord } from "./write_record.ts";

/** The fourth numbers; null where all are 0, as the format has no other way to say that there is none. */
function sigmaOf(keypoints: readonly (Keypoint2D | Keypoint3D)[]): Float64Array | null {
  return keypoints.some(([, , , sigma]) => sigma > 0) ? Float64Array.from(keypoints, ([, , , sigma]) => sigma) : null;
}

function points2dOf(keypoints: readonly Keypoint2D[]): Points | null {
  return makePoints({
    values: Float64Array.from(keypoints.flatMap(([x, y]) => [x, y])),
    scores: Float64Array.from(keypoints, ([, , score]) => score),
    sigma: sigmaOf(keypoints),
  });
}

function points3dOf(keypoints: readonly Keypoint3D[], derived: readonly number[]): Points | null {
  return makePoints({
    values: Float64Array.from(keypoints.flatMap(([x, y, z]) => [x, y, z])),
    scores: new Float64Array(keypoints.length).fill(1),
    sigma: sigmaOf(keypoints),
    derived: [...derived].sort((a, b) => a - b),
  });
}

function personOf(person: PersonRecord, keepId: boolean): ClipPerson {
  const { id, box, score, keypoints, keypoints3d, derived = [], interpolated } = person;
  return {
    id: keepId ? id : null,
    box,
    score,
    points2d: points2dOf(keypoints),
    points3d: keypoints3d === undefined ? null : points3dOf(keypoints3d, derived),
    interpolated,
  };
}

async function readHeader(file: FileSource): Promise<HeaderRecord> {
  for await (const record of readRecords(await file.open(), file.name)) {
    // readRecords() lets nothing but a header come first.
    if (record.type === "header") return record;
  }
  throw new InputError(file.name, "must begin with a header", "none");
}

async function read(source: Source, options: ClipOptions): Promise<PoseClip> {
  const file = asFile(source);
  const header = await readHeader(file);
  const fps = given(options.fps, header.fps, "--fps")!;
  const keepId = options.trackIds !== "ignore";
  const frameOf = (record: FrameRecord): ClipFrame => ({
    index: record.index,
    time: options.fps === undefined ? record.time : record.index / fps,
    ...(record.name === undefined ? {} : { name: record.name }),
    ...(record.width === undefined ? {} : { width: record.width }),
    ...(record.height === undefined ? {} : { height: record.height }),
    people: record.people.map((person) => personOf(person, keepId)),
  });
  return {
    name: file.name,
    format: diffpose.name,
    fps,
    width: given(options.width, header.width, "--width"),
    height: given(options.height, header.height, "--height"),
    skeleton2d: coco17,
    skeleton3d: header.skeleton3d === null ? null : h36m17,
    tracked: keepId,
    count: null,
    header,
    async *frames() {
      for await (const record of readRecords(await file.open(), file.name)) {
        if (record.type === "frame") yield frameOf(record);
      }
    },
  };
}

const NO_MISSING_3D = "# times a pose in space was left out, as it lacks joints and the format cannot say which";

function recordOf(person: WrittenPerson, notes: WriterNotes): PersonRecord {
  const flat = person.points2d ?? missingPoints(coco17.joints.length, 2);
  const whole = person.points3d?.scores.every((score) => score > 0) ?? false;
  if (person.points3d !== null && !whole) notes.count(NO_MISSING_3D);
  if (flat.derived.length > 0) notes.count("# times derived joints of the picture were written without their mark");
  const deep = whole ? person.points3d : null;
  return {
    id: person.id,
    box: boxOf(person) ?? [0, 0, 0, 0],
    score: scoreOf(person) ?? 0,
    keypoints: Array.from(flat.scores, (score, j): Keypoint2D => [
      flat.values[2 * j]!,
      flat.values[2 * j + 1]!,
      score,
      flat.sigma?.[j] ?? 0,
    ]),
    ...(deep === null ? {} : {
      keypoints3d: Array.from(deep.scores, (_, j): Keypoint3D => [
        deep.values[3 * j]!,
        deep.values[3 * j + 1]!,
        deep.values[3 * j + 2]!,
        deep.sigma?.[j] ?? 0,
      ]),
      ...(deep.derived.length === 0 ? {} : { derived: deep.derived }),
    }),
    interpolated: person.interpolated,
  };
}

function need(value: number | null, clip: PoseClip, what: string, flag: string): number {
  if (value === null) throw new InputError(clip.name, `does not say ${what}`, `give ${flag}`);
  return value;
}

function headerOf(clip: PoseClip, stem: string): HeaderRecord {
  const { header } = clip;
  return {
    type: "header",
    format: "diffpose/1",
    input: header?.input ?? stem,
    fps: need(clip.fps, clip, "its frame rate", "--fps"),
    width: need(clip.width, clip, "the width of its pictures", "--width"),
    height: need(clip.height, clip, "the height of its pictures", "--height"),
    skeleton2d: "coco17",
    skeleton3d: clip.skeleton3d === null ? null : "h36m17",
    camera: header?.camera ?? `as in the ${clip.format} file that this was made of`,
    units: "m",
    models: header?.models ?? [],
    options: header?.options ?? {},
    tool: header?.tool ?? VERSION,
  };
}

async function write(clip: PoseClip, sink: Sink, options: WriteOptions): Promise<readonly string[]> {
  const header = headerOf(clip, options.stem);
  const notes = new WriterNotes();
  const file = new TextSink(await sink.file(""));
  await file.write(writeRecord(header));
  let frames = 0;
  let seconds = 0;
  for await (const { people, ...frame } of clip.frames()) {
    const { index, time, name, width, height } = frame;
    const written = notes.withIds(people).map((person) => recordOf(person, notes));
    await file.write(writeRecord({
      type: "frame",
      index,
      time,
      ...(name === undefined ? {} : { name }),
      ...(width === undefined || width === header.width ? {} : { width }),
      ...(height === undefined || height === header.height ? {} : { height }),
      people: written,
    }));
    frames++;
    seconds = time + 1 / header.fps;
  }
  await file.write(writeRecord({ type: "end", frames, seconds }));
  await file.close();
  return notes.list();
}

const HEADER = /^\s*\{"type":"header","format":"diffpose\//;

/** `diffpose/1`. Points have the precision of `writeRecord()`; what a point lacks is 0. */
export const diffpose: PoseFormat = {
  name: "diffpose",
  summary: "diffpose/1, one JSON record a line",
  ending: ".ndjson",
  files: "one",
  carries: { ...EVERYTHING, decimals: { px: 2, metres: 4 } },
  layouts2d: [coco17],
  layouts3d: [h36m17],
  recognises: (_name, head, kind) => kind === "file" && isRecord(head),
  read,
  write,
};

/** Whether the first line is a record, whatever the order of its fields. */
function isRecord(head: Uint8Array): boolean {
  const text = new TextDecoder().decode(head).replace(/^\uFEFF/, "");
  if (HEADER.test(text)) return true;
  try {
    return ["header", "frame", "end"].includes(JSON.parse(text.split("\n", 1)[0]!)?.type);
  } catch {
    return false;
  }
}
