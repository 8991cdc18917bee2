/**
 * What the JSON formats of other tools have no field for, in fields that their readers pass over:
 *
 * - `keypoint_sigmas`: `[J]` px, `keypoint_derived`: joints, both of the points in the picture;
 * - `pose3d`: `{ layout: "h36m17", keypoints: [J][x, y, z] (m), scores: [J], sigmas?: [J] (m), derived?: joints }`;
 * - `interpolated`: true where it is.
 *
 * @module
 */

import { h36m17 } from "../skeleton/layouts.ts";
import type { ClipPerson, Points } from "./clip.ts";
import { makePoints } from "./clip_points.ts";
import {
  asArray,
  asBoolean,
  asBox,
  asInteger,
  asJoints,
  asNumberIn,
  asObject,
  asString,
  at,
  type Fields,
  isAbsent,
  type Place,
  refuse,
} from "./fields.ts";

/** `count` finite numbers, each at least `low`. */
export function readNumbers(value: unknown, place: Place, count: number, low = -Infinity): Float64Array {
  const numbers = new Float64Array(count);
  fillNumbers(value, place, numbers, 0, count, low);
  return numbers;
}

/** Puts `count` finite numbers, each at least `low`, into `out` from place `from` on. */
export function fillNumbers(
  value: unknown,
  place: Place,
  out: Float64Array,
  from: number,
  count: number,
  low = -Infinity,
): void {
  const list = asArray(value, place, count);
  for (let i = 0; i < count; i++) {
    const one = list[i];
    // The place of an element is only made where it is needed: this runs for every number of a file.
    out[from + i] = typeof one === "number" && Number.isFinite(one) && one >= low
      ? one
      : asNumberIn(one, at(place, i), low, Infinity);
  }
}

/** Joints, rising, each below `joints`; none where the field is absent. */
export function readDerived(value: unknown, place: Place, joints: number): readonly number[] {
  if (isAbsent(value)) return [];
  return asJoints(value, place, joints).sort((a, b) => a - b);
}

/** The spread and the derived joints of the points in the picture. */
export function readSpread(
  person: Fields,
  place: Place,
  joints: number,
): { sigma: Float64Array | null; derived: readonly number[] } {
  const { keypoint_sigmas: sigmas, keypoint_derived: derived } = person;
  return {
    sigma: isAbsent(sigmas) ? null : readNumbers(sigmas, at(place, "keypoint_sigmas"), joints, 0),
    derived: readDerived(derived, at(place, "keypoint_derived"), joints),
  };
}

/** The points in space; null without. */
export function readPose3d(person: Fields, place: Place): Points | null {
  if (isAbsent(person.pose3d)) return null;
  const here = at(place, "pose3d");
  const pose = asObject(person.pose3d, here);
  const layout = asString(pose.layout, at(here, "layout"));
  if (layout !== h36m17.name) refuse(at(here, "layout"), `must be "${h36m17.name}"`, layout);
  const joints = h36m17.joints.length;
  const list = at(here, "keypoints");
  const values = new Float64Array(3 * joints);
  asArray(pose.keypoints, list, joints).forEach((point, j) => fillNumbers(point, at(list, j), values, 3 * j, 3));
  return makePoints({
    values,
    scores: readNumbers(pose.scores, at(here, "scores"), joints),
    sigma: isAbsent(pose.sigmas) ? null : readNumbers(pose.sigmas, at(here, "sigmas"), joints, 0),
    derived: readDerived(pose.derived, at(here, "derived"), joints),
  });
}

/** Whether the points were filled in between two sights. */
export function readInterpolated(person: Fields, place: Place): boolean {
  return isAbsent(person.interpolated) ? false : asBoolean(person.interpolated, at(place, "interpolated"));
}

/** An identity as the file has it, at least 0; null without. */
export function readTrackId(person: Fields, place: Place): number | null {
  return isAbsent(person.track_id) ? null : asInteger(person.track_id, at(place, "track_id"), 0);
}

/** A box of x, y, width and height in the field `name`; null without. */
export function readBox(person: Fields, name: string, place: Place): ClipPerson["box"] {
  return isAbsent(person[name]) ? null : asBox(person[name], at(place, name));
}

/** `{ keypoint_sigmas, keypoint_derived, pose3d, interpolated }`, each where there is something to say. */
export function extraFields({ points2d, points3d, interpolated }: ClipPerson): Fields {
  return {
    ...(points2d?.sigma ? { keypoint_sigmas: [...points2d.sigma] } : {}),
    ...(points2d && points2d.derived.length > 0 ? { keypoint_derived: points2d.derived } : {}),
    ...(points3d === null ? {} : { pose3d: pose3dField(points3d) }),
    ...(interpolated ? { interpolated } : {}),
  };
}

function pose3dField({ values, scores, sigma, derived }: Points): Fields {
  return {
    layout: h36m17.name,
    keypoints: Array.from(scores, (_, j) => [...values.subarray(3 * j, 3 * j + 3)]),
    scores: [...scores],
    ...(sigma === null ? {} : { sigmas: [...sigma] }),
    ...(derived.length === 0 ? {} : { derived }),
  };
}
