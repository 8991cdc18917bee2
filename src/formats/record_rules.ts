/**
 * The rules of the `diffpose/1` lines, held by the writer and the reader alike: what one writes, the other takes.
 *
 * @module
 */

import {
  asArray,
  asBoolean,
  asBox,
  asInteger,
  asJoints,
  asNumber,
  asNumberIn,
  asObject,
  asString,
  at,
  type Fields,
  type Place,
  refuse,
} from "./fields.ts";
import type {
  EndRecord,
  FrameRecord,
  HeaderRecord,
  Keypoint2D,
  Keypoint3D,
  ModelRecord,
  PersonRecord,
  PoseRecord,
} from "./record.ts";

/** Joints in `coco17` and in `h36m17`. */
export const JOINTS = 17;

function checkModel(value: unknown, place: Place): ModelRecord {
  const model = asObject(value, place);
  return {
    name: asString(model.name, at(place, "name")),
    sha256: asString(model.sha256, at(place, "sha256")),
    dtype: asString(model.dtype, at(place, "dtype")),
    device: asString(model.device, at(place, "device")),
  };
}

function checkOptions(value: unknown, place: Place): HeaderRecord["options"] {
  const options = asObject(value, place);
  const checked: Record<string, string | number | boolean | null> = {};
  for (const [key, option] of Object.entries(options)) {
    if (option === null || typeof option === "string" || typeof option === "boolean") checked[key] = option;
    else if (typeof option === "number" && Number.isFinite(option)) checked[key] = option;
    else refuse(at(place, key), "must be a string, a finite number, a boolean or null", option);
  }
  return checked;
}

function exactly<T extends string>(value: unknown, place: Place, allowed: T): T {
  if (value !== allowed) refuse(place, `must be ${JSON.stringify(allowed)}`, value);
  return allowed;
}

function checkHeader(record: Fields, place: Place): HeaderRecord {
  const fps = asNumberIn(record.fps, at(place, "fps"), 0, Infinity);
  if (fps === 0) refuse(at(place, "fps"), "must be more than 0", fps);
  const models = at(place, "models");
  return {
    type: "header",
    format: exactly(record.format, at(place, "format"), "diffpose/1"),
    input: asString(record.input, at(place, "input")),
    fps,
    width: asInteger(record.width, at(place, "width"), 1),
    height: asInteger(record.height, at(place, "height"), 1),
    skeleton2d: exactly(record.skeleton2d, at(place, "skeleton2d"), "coco17"),
    skeleton3d: record.skeleton3d === null ? null : exactly(record.skeleton3d, at(place, "skeleton3d"), "h36m17"),
    camera: asString(record.camera, at(place, "camera")),
    units: exactly(record.units, at(place, "units"), "m"),
    models: asArray(record.models, models).map((model, i) => checkModel(model, at(models, i))),
    options: checkOptions(record.options, at(place, "options")),
    tool: asString(record.tool, at(place, "tool")),
  };
}

function checkKeypoint2d(value: unknown, place: Place): Keypoint2D {
  const point = asArray(value, place, 4);
  return [
    asNumber(point[0], at(place, 0)),
    asNumber(point[1], at(place, 1)),
    asNumberIn(point[2], at(place, 2), 0, 1),
    asNumberIn(point[3], at(place, 3), 0, Infinity),
  ];
}

function checkKeypoint3d(value: unknown, place: Place): Keypoint3D {
  const point = asArray(value, place, 4);
  return [
    asNumber(point[0], at(place, 0)),
    asNumber(point[1], at(place, 1)),
    asNumber(point[2], at(place, 2)),
    asNumberIn(point[3], at(place, 3), 0, Infinity),
  ];
}

function checkPerson(value: unknown, place: Place): PersonRecord {
  const person = asObject(value, place);
  const flat = at(place, "keypoints");
  const deep = at(place, "keypoints3d");
  return {
    id: asInteger(person.id, at(place, "id"), 1),
    box: asBox(person.box, at(place, "box")),
    score: asNumberIn(person.score, at(place, "score"), 0, 1),
    keypoints: asArray(person.keypoints, flat, JOINTS).map((point, i) => checkKeypoint2d(point, at(flat, i))),
    ...(person.keypoints3d === undefined ? {} : {
      keypoints3d: asArray(person.keypoints3d, deep, JOINTS).map((point, i) => checkKeypoint3d(point, at(deep, i))),
    }),
    ...(person.derived === undefined ? {} : { derived: asJoints(person.derived, at(place, "derived"), JOINTS) }),
    interpolated: asBoolean(person.interpolated, at(place, "interpolated")),
  };
}

function checkFrame(record: Fields, place: Place): FrameRecord {
  const list = at(place, "people");
  const people = asArray(record.people, list).map((person, i) => checkPerson(person, at(list, i)));
  const ids = new Set<number>();
  people.forEach((person, i) => {
    if (ids.has(person.id)) refuse(at(at(list, i), "id"), "must be unique in its frame", person.id);
    ids.add(person.id);
  });
  return {
    type: "frame",
    index: asInteger(record.index, at(place, "index"), 0),
    time: asNumberIn(record.time, at(place, "time"), 0, Infinity),
    ...(record.name === undefined ? {} : { name: asString(record.name, at(place, "name")) }),
    ...(record.width === undefined ? {} : { width: asInteger(record.width, at(place, "width"), 1) }),
    ...(record.height === undefined ? {} : { height: asInteger(record.height, at(place, "height"), 1) }),
    people,
  };
}

function checkEnd(record: Fields, place: Place): EndRecord {
  return {
    type: "end",
    frames: asInteger(record.frames, at(place, "frames"), 0),
    seconds: asNumberIn(record.seconds, at(place, "seconds"), 0, Infinity),
  };
}

/**
 * Checks one line and gives a copy with its fields in the order of the format. Fields that the format does not know are
 * left out.
 *
 * @param value What the JSON of the line says.
 * @param place The line, for messages.
 * @returns The record.
 * @throws {InputError} At the first field that breaks a rule.
 */
export function checkRecord(value: unknown, place: Place): PoseRecord {
  const record = asObject(value, place);
  switch (record.type) {
    case "header":
      return checkHeader(record, place);
    case "frame":
      return checkFrame(record, place);
    case "end":
      return checkEnd(record, place);
    default:
      return refuse(at(place, "type"), 'must be "header", "frame" or "end"', record.type);
  }
}
