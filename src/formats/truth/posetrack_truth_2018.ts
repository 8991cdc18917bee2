/**
 * The PoseTrack layout of 2018 and 2021: `images`, `annotations`, `categories`, one sequence a file.
 *
 * @module
 */

import { fileNames, posetrack15 } from "../../skeleton/mod.ts";
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
import type { PoseTrackFileFrame, PoseTrackFilePerson, PoseTrackRole } from "./posetrack_file.ts";
import { asTruthTriples } from "./truth_fields.ts";

/** For each slot of a file, its joint of posetrack15, or -1 for a slot that is not scored (ears). */
function readSlots(categories: unknown, place: Place): readonly number[] {
  const scored = fileNames.posetrack15;
  if (isAbsent(categories)) return fileNames.posetrack18.map((name) => scored.indexOf(name));
  const [category] = asArray(categories, place, 1);
  const here = at(at(place, 0), "keypoints");
  const names = asArray(asObject(category, at(place, 0)).keypoints, here).map((name, i) => asString(name, at(here, i)));
  for (const name of scored) {
    const found = names.filter((one) => one === name).length;
    if (found !== 1) refuse(here, `must name ${name} once: the ${scored.length} joints of PoseTrack`, `${found} times`);
  }
  return names.map((name) => scored.indexOf(name));
}

function readPolygons(image: Fields, place: Place): Float64Array[] {
  const [xs, ys] = [image.ignore_regions_x, image.ignore_regions_y];
  if (isAbsent(xs) && isAbsent(ys)) return [];
  const across = asArray(xs, at(place, "ignore_regions_x"));
  const down = asArray(ys, at(place, "ignore_regions_y"), across.length);
  return across.map((one, r) => {
    const [hereX, hereY] = [at(at(place, "ignore_regions_x"), r), at(at(place, "ignore_regions_y"), r)];
    const x = asArray(one, hereX);
    const y = asArray(down[r], hereY, x.length);
    return Float64Array.from(
      { length: 2 * x.length },
      (_, i) => i % 2 === 0 ? asNumber(x[i / 2], at(hereX, i / 2)) : asNumber(y[(i - 1) / 2], at(hereY, (i - 1) / 2)),
    );
  });
}

function readHead(value: unknown, place: Place): PoseTrackFilePerson["head"] {
  if (isAbsent(value)) return null;
  const [, , width, height] = asArray(value, place, 4).map((number, i) => asNumber(number, at(place, i)));
  return [width!, height!];
}

function readPerson(entry: Fields, place: Place, slots: readonly number[], role: PoseTrackRole): PoseTrackFilePerson {
  const joints = posetrack15.joints.length;
  const numbers = asTruthTriples(entry.keypoints, at(place, "keypoints"), slots.length);
  const points = new Float64Array(2 * joints);
  const present = new Uint8Array(joints);
  slots.forEach((joint, slot) => {
    const [x, y, third] = numbers.slice(3 * slot, 3 * slot + 3);
    if (joint < 0 || (x === 0 && y === 0 && third === 0)) return;
    points[2 * joint] = x!;
    points[2 * joint + 1] = y!;
    present[joint] = 1;
  });
  return {
    place,
    id: isAbsent(entry.track_id) ? null : asInteger(entry.track_id, at(place, "track_id"), 0),
    head: role === "truth" ? readHead(entry.bbox_head, at(place, "bbox_head")) : null,
    points,
    present,
    scores: role === "truth" ? null : readScores(entry.scores, at(place, "scores"), slots),
  };
}

/** Confidence of the joints: `scores`, not the third number of the points, is what poseval ranks by. */
function readScores(value: unknown, place: Place, slots: readonly number[]): Float64Array | null {
  if (isAbsent(value) || (Array.isArray(value) && value.length === 0)) return null;
  const scores = new Float64Array(posetrack15.joints.length);
  asArray(value, place, slots.length).forEach((score, slot) => {
    const number = asNumber(score, at(place, slot));
    if (slots[slot]! >= 0) scores[slots[slot]!] = number;
  });
  return scores;
}

/**
 * Reads the frames of a file of 2018 or 2021. `is_labeled` is not asked: a frame is annotated when an annotation refers to
 * it, as in poseval.
 *
 * @param root The parsed file.
 * @param place The file.
 * @throws {InputError} If it breaks a rule of the layout, or holds several sequences.
 */
export function readImagesAndAnnotations(root: Fields, place: Place, role: PoseTrackRole): PoseTrackFileFrame[] {
  const slots = readSlots(root.categories, at(place, "categories"));
  const frameOf = new Map<number, number>();
  let video: unknown;
  const images = asArray(root.images, at(place, "images")).map((one, i) => {
    const here = at(at(place, "images"), i);
    const image = asObject(one, here);
    const id = asInteger(image.id, at(here, "id"), 0);
    if (frameOf.has(id)) refuse(at(here, "id"), "must be unique", id);
    frameOf.set(id, i);
    video ??= image.vid_id;
    if (!isAbsent(image.vid_id) && String(image.vid_id) !== String(video)) {
      refuse(at(here, "vid_id"), `must be that of the first image, ${video}: one sequence a file`, image.vid_id);
    }
    return {
      name: asString(image.file_name, at(here, "file_name")),
      ignore: role === "truth" ? readPolygons(image, here) : [],
    };
  });
  const people: PoseTrackFilePerson[][] = images.map(() => []);
  asArray(root.annotations, at(place, "annotations")).forEach((one, i) => {
    const here = at(at(place, "annotations"), i);
    const entry = asObject(one, here);
    const frame = frameOf.get(asInteger(entry.image_id, at(here, "image_id")));
    if (frame === undefined) refuse(at(here, "image_id"), "must be the id of one of the images", entry.image_id);
    people[frame]!.push(readPerson(entry, here, slots, role));
  });
  return images.map((image, i) => ({ ...image, annotated: people[i]!.length > 0, people: people[i]! }));
}
