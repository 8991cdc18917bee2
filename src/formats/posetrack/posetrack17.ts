/**
 * PoseTrack files of 2017: `{ annolist: [{ image, annorect: [{ track_id, score, annopoints }] }] }`, every value wrapped in an
 * array (poseval `README.md` and `py/convert.py`). Point ids are joints in the order of the evaluator.
 *
 * @module
 */

import { EVERYTHING } from "../carries.ts";
import { h36m17, posetrack15 as layout } from "../../skeleton/layouts.ts";
import type { ClipOptions, ClipPerson, PoseClip } from "../clip.ts";
import { clampScore, makePoints, scoreOf } from "../clip_points.ts";
import { OCCLUDED_SCORE } from "../coco/coco_people.ts";
import { type DraftFrame, type DraftPerson, surveyDraft } from "../draft_clip.ts";
import {
  asArray,
  asInteger,
  asNumber,
  asObject,
  asString,
  at,
  type Fields,
  isAbsent,
  type Place,
  refuse,
} from "../fields.ts";
import type { PoseFormat, WriteOptions } from "../format.ts";
import { JsonListWriter } from "../json/json_list.ts";
import { jsonOutline, type JsonSource, jsonSource } from "../json/json_source.ts";
import { extraFields, readBox, readInterpolated, readPose3d, readSpread } from "../person_fields.ts";
import { framePath, RENUMBERED, surveyTracks } from "./posetrack18.ts";
import type { Sink, Source } from "../source.ts";
import { surveyedClip } from "../surveyed_clip.ts";
import { TextSink } from "../text_sink.ts";
import { WriterNotes } from "../write_people.ts";

const JOINTS = layout.joints.length;

/** The only element of an array; undefined for an absent field and an empty array, as exports from Matlab leave it. */
function unwrap(fields: Fields, field: string, place: Place): unknown {
  const value = fields[field];
  if (isAbsent(value) || (Array.isArray(value) && value.length === 0)) return undefined;
  return asArray(value, at(place, field), 1)[0];
}

/** The score in its array; null without. */
function readScore(fields: Fields, place: Place): number | null {
  const score = unwrap(fields, "score", place);
  return score === undefined ? null : asNumber(score, at(at(place, "score"), 0));
}

function readPoints(rect: Fields, place: Place): DraftPerson["points2d"] {
  const outer = unwrap(rect, "annopoints", place);
  if (outer === undefined) return null;
  const holder = at(at(place, "annopoints"), 0);
  const { point = [] } = asObject(outer, holder);
  const list = at(holder, "point");
  const values = new Float64Array(2 * JOINTS);
  const scores = new Float64Array(JOINTS);
  const seen = new Set<number>();
  asArray(point, list).forEach((one, i) => {
    const here = at(list, i);
    const fields = asObject(one, here);
    const idPlace = at(at(here, "id"), 0);
    const id = asInteger(unwrap(fields, "id", here), idPlace, 0);
    if (id >= JOINTS) refuse(idPlace, `must be a joint of PoseTrack, below ${JOINTS}`, id);
    if (seen.has(id)) refuse(idPlace, "must be unique: every joint once", id);
    seen.add(id);
    values[2 * id] = asNumber(unwrap(fields, "x", here), at(at(here, "x"), 0));
    values[2 * id + 1] = asNumber(unwrap(fields, "y", here), at(at(here, "y"), 0));
    // Annotations have no scores, and tell hidden points apart.
    scores[id] = readScore(fields, here) ?? (unwrap(fields, "is_visible", here) === 0 ? OCCLUDED_SCORE : 1);
  });
  return makePoints({ values, scores, ...readSpread(rect, place, JOINTS) });
}

function readRect(value: unknown, place: Place): DraftPerson {
  const rect = asObject(value, place);
  const trackId = unwrap(rect, "track_id", place);
  const score = readScore(rect, place);
  return {
    place,
    trackId: trackId === undefined ? null : asInteger(trackId, at(at(place, "track_id"), 0), 0),
    box: readBox(rect, "box", place),
    score: score === null ? null : clampScore(score),
    points2d: readPoints(rect, place),
    points3d: readPose3d(rect, place),
    interpolated: readInterpolated(rect, place),
  };
}

async function* readFrames(file: JsonSource): AsyncGenerator<DraftFrame, void, void> {
  for await (const part of file.parts({ lists: ["annolist"], fields: ["annolist"] })) {
    if (part.kind === "field") asArray(part.value, part.place);
    if (part.kind !== "element") continue;
    const { value, place, index } = part;
    const frame = asObject(value, place);
    const imagePlace = at(at(place, "image"), 0);
    const image = asObject(unwrap(frame, "image", place), imagePlace);
    const list = at(place, "annorect");
    yield {
      place,
      number: index,
      name: asString(image.name, at(imagePlace, "name")),
      people: asArray(frame.annorect ?? [], list).map((rect, i) => readRect(rect, at(list, i))),
    };
  }
}

async function read(source: Source, options: ClipOptions): Promise<PoseClip> {
  const file = jsonSource(source);
  const survey = await surveyDraft({ name: file.name, open: () => readFrames(file), bytes: file.bytes }, options);
  const facts = { name: file.name, format: posetrack17.name, skeleton2d: layout, skeleton3d: h36m17 };
  return surveyedClip(survey, facts, options);
}

function rectOf(person: ClipPerson, trackId: number): Fields {
  const { points2d, box } = person;
  const point = Array.from(points2d?.scores ?? [], (score, id) => ({
    id: [id],
    x: [points2d!.values[2 * id]],
    y: [points2d!.values[2 * id + 1]],
    score: [score],
  })).filter(({ score: [score] }) => score! > 0);
  return {
    track_id: [trackId],
    score: [scoreOf(person) ?? 0],
    annopoints: [{ point }],
    ...(box === null ? {} : { box }),
    ...extraFields(person),
  };
}

async function write(clip: PoseClip, sink: Sink, options: WriteOptions): Promise<readonly string[]> {
  const tracks = await surveyTracks(clip);
  const notes = new WriterNotes();
  const file = new TextSink(await sink.file(""));
  await file.write("{");
  const list = new JsonListWriter(file, "annolist");
  for await (const { index, name = framePath(options.stem, index), people } of clip.frames()) {
    const written = notes.withIds(notes.withPoints(people));
    await list.add({
      image: [{ name }],
      imgnum: [index + 1],
      annorect: written.map((person) => rectOf(person, tracks.trackId(person.id))),
    });
  }
  await list.end("}\n");
  await file.close();
  return [...notes.list(), ...(tracks.renumbered ? [RENUMBERED] : [])];
}

/**
 * PoseTrack of 2017. `x1` to `y2` of its rectangles are heads, which a clip does not have: they are passed over, and not
 * written. Box, spread and 3D travel in fields that its evaluator passes over.
 */
export const posetrack17: PoseFormat = {
  name: "posetrack17",
  summary: "PoseTrack annolist of 2017, 15 joints and tracks",
  ending: ".json",
  files: "one",
  carries: { ...EVERYTHING, fps: false, size: false },
  layouts2d: [layout],
  layouts3d: [h36m17],
  recognises: (_name, head, kind) => kind === "file" && jsonOutline(head).fields.includes("annolist"),
  read,
  write,
};
