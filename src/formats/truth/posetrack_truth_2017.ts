/**
 * The PoseTrack layout of 2017: `annolist`, every value in an array of its own.
 *
 * @module
 */

import { posetrack15 } from "../../skeleton/mod.ts";
import { asArray, asInteger, asNumber, asObject, asString, at, type Fields, type Place, refuse } from "../fields.ts";
import type { PoseTrackFileFrame, PoseTrackFilePerson, PoseTrackRole } from "./posetrack_file.ts";

/** The only element of the array in a field. */
function only(fields: Fields, key: string, place: Place): [value: unknown, place: Place] {
  const here = at(place, key);
  return [asArray(fields[key], here, 1)[0], at(here, 0)];
}

function onlyNumber(fields: Fields, key: string, place: Place): number {
  return asNumber(...only(fields, key, place));
}

function readHead(rect: Fields, place: Place): PoseTrackFilePerson["head"] {
  const keys = ["x1", "y1", "x2", "y2"];
  if (keys.every((key) => rect[key] === undefined)) return null;
  const [x1, y1, x2, y2] = keys.map((key) => onlyNumber(rect, key, place));
  return [Math.abs(x2! - x1!), Math.abs(y2! - y1!)];
}

/** The list of points of a person, which may be absent at three depths. */
function pointList(rect: Fields, place: Place): [points: readonly unknown[], place: Place] | null {
  if (rect.annopoints === undefined) return null;
  const here = at(place, "annopoints");
  const lists = asArray(rect.annopoints, here);
  if (lists.length === 0) return null;
  const holder = Array.isArray(lists[0]) && lists[0].length === 0 ? {} : asObject(lists[0], at(here, 0));
  if (holder.point === undefined) return null;
  const inner = at(at(here, 0), "point");
  return [asArray(holder.point, inner), inner];
}

function readPerson(rect: Fields, place: Place, role: PoseTrackRole): PoseTrackFilePerson | null {
  const list = pointList(rect, place);
  if (list === null) return null;
  const joints = posetrack15.joints.length;
  const points = new Float64Array(2 * joints);
  const present = new Uint8Array(joints);
  const scores = new Float64Array(joints).fill(NaN);
  list[0].forEach((one, i) => {
    const here = at(list[1], i);
    const point = asObject(one, here);
    if (point.id === null) return; // a point that belongs to no joint
    const [id, idPlace] = only(point, "id", here);
    const joint = asInteger(id, idPlace, 0);
    if (joint >= joints) refuse(idPlace, `must be between 0 and ${joints - 1}`, joint);
    if (present[joint] && role === "predictions") refuse(idPlace, "must be unique in its person", joint);
    if (present[joint]) return; // in ground truth the first one counts, as in poseval
    points[2 * joint] = onlyNumber(point, "x", here);
    points[2 * joint + 1] = onlyNumber(point, "y", here);
    present[joint] = 1;
    if (point.score !== undefined && role === "predictions") scores[joint] = onlyNumber(point, "score", here);
  });
  return {
    place,
    id: rect.track_id === undefined ? null : asInteger(...only(rect, "track_id", place), 0),
    head: role === "truth" ? readHead(rect, place) : null,
    points,
    present,
    scores: role === "truth" || scores.every(Number.isNaN) ? null : scores,
  };
}

function readRegions(value: unknown, place: Place): Float64Array[] {
  if (value === undefined) return [];
  return asArray(value, place).map((one, r) => {
    const here = at(at(place, r), "point");
    const corners = asArray(asObject(one, at(place, r)).point, here);
    return Float64Array.from(corners.flatMap((corner, i) => {
      const fields = asObject(corner, at(here, i));
      return [onlyNumber(fields, "x", at(here, i)), onlyNumber(fields, "y", at(here, i))];
    }));
  });
}

/**
 * Reads the frames of a file of 2017. A point without a score, beside others that have one, has NaN.
 *
 * @param root The parsed file.
 * @param place The file.
 * @throws {InputError} If it breaks a rule of the layout.
 */
export function readAnnolist(root: Fields, place: Place, role: PoseTrackRole): PoseTrackFileFrame[] {
  return asArray(root.annolist, at(place, "annolist")).map((one, i) => {
    const here = at(at(place, "annolist"), i);
    const frame = asObject(one, here);
    const [image, imagePlace] = only(frame, "image", here);
    const rects = frame.annorect === undefined ? [] : asArray(frame.annorect, at(here, "annorect"));
    return {
      name: asString(asObject(image, imagePlace).name, at(imagePlace, "name")),
      annotated: rects.length > 0,
      people: rects.flatMap((rect, r) => {
        const rectPlace = at(at(here, "annorect"), r);
        return readPerson(asObject(rect, rectPlace), rectPlace, role) ?? [];
      }),
      ignore: role === "truth" ? readRegions(frame.ignore_regions, at(here, "ignore_regions")) : [],
    };
  });
}
