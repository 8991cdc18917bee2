/**
 * MMPose predictions: those of its inferencer (`[{ frame_id, instances }]` for a video, a list of instances for a picture)
 * and, for reading, those of its demo scripts (`{ meta_info, instance_info }`). The box is nested one level deep, as
 * `split_instances` of `mmpose/structures/utils.py` leaves it.
 *
 * @module
 */

import { EVERYTHING } from "./carries.ts";
import { InputError } from "../core/errors.ts";
import { coco17, h36m17 } from "../skeleton/layouts.ts";
import type { ClipOptions, ClipPerson, PoseClip } from "./clip.ts";
import { boxOf, clampScore, makePoints, missingPoints, scoreOf } from "./clip_points.ts";
import { type DraftFrame, type DraftPerson, surveyDraft } from "./draft_clip.ts";
import { asArray, asInteger, asNumber, asObject, at, type Fields, isAbsent, type Place, refuse } from "./fields.ts";
import type { PoseFormat, WriteOptions } from "./format.ts";
import { layoutOfNames } from "./joint_names.ts";
import { JsonListWriter } from "./json/json_list.ts";
import { jsonOutline, type JsonSource, jsonSource } from "./json/json_source.ts";
import {
  extraFields,
  fillNumbers,
  readInterpolated,
  readNumbers,
  readPose3d,
  readSpread,
  readTrackId,
} from "./person_fields.ts";
import type { Sink, Source } from "./source.ts";
import { surveyedClip } from "./surveyed_clip.ts";
import { TextSink } from "./text_sink.ts";
import { WriterNotes } from "./write_people.ts";

const JOINTS = coco17.joints.length;

/** `[[x1, y1, x2, y2]]`, as MMPose writes it, or the same without the outer list. */
function readCorners(value: unknown, place: Place): ClipPerson["box"] {
  if (isAbsent(value)) return null;
  const outer = asArray(value, place);
  const nested = outer.length === 1 && Array.isArray(outer[0]);
  const here = nested ? at(place, 0) : place;
  const [x1, y1, x2, y2] = readNumbers(nested ? outer[0] : outer, here, 4) as unknown as [
    number,
    number,
    number,
    number,
  ];
  if (x2 < x1 || y2 < y1) refuse(here, "must be x1, y1, x2, y2 with x1 <= x2 and y1 <= y2", [x1, y1, x2, y2]);
  return [x1, y1, x2 - x1, y2 - y1];
}

function readInstance(value: unknown, place: Place): DraftPerson {
  const instance = asObject(value, place);
  const list = at(place, "keypoints");
  const points = asArray(instance.keypoints, list);
  if (points.length !== JOINTS) refuse(list, `must be the ${JOINTS} joints of COCO`, `${points.length} joints`);
  const values = new Float64Array(2 * JOINTS);
  points.forEach((point, j) => fillNumbers(point, at(list, j), values, 2 * j, 2));
  return {
    place,
    trackId: readTrackId(instance, place),
    box: readCorners(instance.bbox, at(place, "bbox")),
    score: isAbsent(instance.bbox_score) ? null : clampScore(asNumber(instance.bbox_score, at(place, "bbox_score"))),
    points2d: makePoints({
      values,
      scores: readNumbers(instance.keypoint_scores, at(place, "keypoint_scores"), JOINTS),
      ...readSpread(instance, place, JOINTS),
    }),
    points3d: readPose3d(instance, place),
    interpolated: readInterpolated(instance, place),
  };
}

function readFrame(frame: Fields, place: Place): DraftFrame {
  const instances = at(place, "instances");
  return {
    place: at(place, "frame_id"),
    number: asInteger(frame.frame_id, at(place, "frame_id"), 0),
    people: asArray(frame.instances, instances).map((one, i) => readInstance(one, at(instances, i))),
  };
}

/** Refuses a data set with other joints than those of COCO, where the file tells which it is. */
function checkMeta(value: unknown, place: Place): void {
  const names = asObject(value, place).keypoint_id2name;
  if (names === undefined) return;
  const here = at(place, "keypoint_id2name");
  const byId = asObject(names, here);
  const skeleton = layoutOfNames(Array.from({ length: Object.keys(byId).length }, (_, id) => byId[id]), here);
  if (skeleton !== coco17) refuse(here, `must be the ${JOINTS} joints of COCO`, skeleton.name);
}

/** Frames of a video one by one; the instances of a picture are its frame 0. */
async function* readFrames(file: JsonSource): AsyncGenerator<DraftFrame, void, void> {
  let picture: DraftFrame & { readonly people: DraftPerson[] } | null = null;
  let video = false;
  for await (const part of file.parts({ lists: ["instance_info"] })) {
    if (part.kind === "field") {
      if (part.field === "meta_info") checkMeta(part.value, part.place);
      else if (part.field === "instance_info") asArray(part.value, part.place);
      else if (part.field === null) asArray(part.value, part.place);
    } else if (part.kind === "element") {
      const entry = asObject(part.value, part.place);
      if (part.index === 0) video = "frame_id" in entry;
      if (video) yield readFrame(entry, part.place);
      else {
        picture ??= { place: part.place, number: 0, people: [] };
        picture.people.push(readInstance(entry, part.place));
      }
    }
  }
  if (picture !== null) yield picture;
  else if (!video) throw new InputError(file.name, "must hold at least one frame or person", "an empty list");
}

async function read(source: Source, options: ClipOptions): Promise<PoseClip> {
  const file = jsonSource(source);
  const survey = await surveyDraft({ name: file.name, open: () => readFrames(file), bytes: file.bytes }, options);
  const facts = { name: file.name, format: mmpose.name, skeleton2d: coco17, skeleton3d: h36m17 };
  return surveyedClip(survey, facts, options);
}

function instanceOf(person: ClipPerson): Fields {
  const points = person.points2d ?? missingPoints(JOINTS, 2);
  const box = boxOf(person);
  return {
    keypoints: Array.from(points.scores, (_, j) => [points.values[2 * j], points.values[2 * j + 1]]),
    keypoint_scores: [...points.scores],
    ...(box === null
      ? {}
      : { bbox: [[box[0], box[1], box[0] + box[2], box[1] + box[3]]], bbox_score: scoreOf(person) }),
    ...(person.id === null ? {} : { track_id: person.id }),
    ...extraFields(person),
  };
}

async function write(clip: PoseClip, sink: Sink, _options: WriteOptions): Promise<readonly string[]> {
  const notes = new WriterNotes();
  const file = new TextSink(await sink.file(""));
  const list = new JsonListWriter(file, null);
  for await (const { index, people } of clip.frames()) {
    await list.add({ frame_id: index, instances: notes.withPoints(people).map(instanceOf) });
  }
  await list.end("\n");
  await file.close();
  return notes.list();
}

/** MMPose predictions of a video. Spread, identities and 3D travel in fields that MMPose's tools pass over. */
export const mmpose: PoseFormat = {
  name: "mmpose",
  summary: "MMPose inferencer predictions",
  ending: ".json",
  files: "one",
  carries: { ...EVERYTHING, fps: false, size: false },
  layouts2d: [coco17],
  layouts3d: [h36m17],
  recognises: (_name, head, kind) => {
    const outline = jsonOutline(head);
    const fields = outline.kind === "list" ? ["frame_id", "keypoint_scores"] : ["instance_info"];
    return kind === "file" && fields.some((field) => outline.fields.includes(field));
  },
  read,
  write,
};
