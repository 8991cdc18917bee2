/**
 * Checked keypoints of one person out of JSON.
 *
 * @module
 */

import { coco17 } from "../skeleton/layouts.ts";
import { asArray, asNumber, asString, at, type Place, refuse } from "./fields.ts";
import type { KeypointsPerson } from "./keypoints_clip.ts";
import { JOINTS } from "./record_rules.ts";

/** A score from elsewhere: some writers go a little past 1 (MMPose says so of its own), and below 0 means unseen. */
export function clampScore(value: number): number {
  return Math.min(1, Math.max(0, value));
}

/**
 * Refuses names that are not those of COCO-17 in order: PoseTrack has 17 joints too, but others, and nobody would see it.
 *
 * @param value The list of names.
 * @param place Where it stands.
 */
export function checkJointNames(value: unknown, place: Place): void {
  const names = asArray(value, place);
  if (names.length !== JOINTS) refuse(place, `must be the ${JOINTS} joints of COCO`, `${names.length} joints`);
  names.forEach((name, joint) => {
    if (asString(name, at(place, joint)) !== coco17.joints[joint]) {
      refuse(at(place, joint), `must be the joint of COCO, "${coco17.joints[joint]}"`, name);
    }
  });
}

/** 51 finite numbers `[17, 3]`, or an `InputError` that names the field. */
export function asTriples(value: unknown, place: Place): Float32Array {
  const flat = asArray(value, place);
  if (flat.length !== JOINTS * 3) {
    refuse(place, `must be 51 numbers, x, y and score of the ${JOINTS} joints of COCO`, `${flat.length} numbers`);
  }
  return Float32Array.from(flat, (number, i) => asNumber(number, at(place, i)));
}

/** The box around all points that are there; null where none is. */
export function boxAround(keypoints: Float32Array): KeypointsPerson["box"] | null {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i < keypoints.length; i += 3) {
    if (keypoints[i + 2]! <= 0) continue;
    left = Math.min(left, keypoints[i]!);
    right = Math.max(right, keypoints[i]!);
    top = Math.min(top, keypoints[i + 1]!);
    bottom = Math.max(bottom, keypoints[i + 1]!);
  }
  return left === Infinity ? null : [left, top, right - left, bottom - top];
}

/** Mean score of the points that are there; 0 where none is. */
export function meanScore(keypoints: Float32Array): number {
  const scores = Array.from({ length: JOINTS }, (_, j) => keypoints[3 * j + 2]!).filter((score) => score > 0);
  return scores.length === 0 ? 0 : scores.reduce((sum, score) => sum + score, 0) / scores.length;
}
