/**
 * One person of a COCO file, in and out: results and annotations have the same fields.
 *
 * @module
 */

import type { Skeleton } from "../../skeleton/mod.ts";
import type { ClipPerson, Points } from "../clip.ts";
import { boxAround, clampScore, makePoints, meanScore, missingPoints } from "../clip_points.ts";
import type { DraftPerson } from "../draft_clip.ts";
import { asArray, asInteger, asNumber, asObject, at, type Fields, isAbsent, type Place, refuse } from "../fields.ts";
import {
  extraFields,
  readBox,
  readInterpolated,
  readNumbers,
  readPose3d,
  readSpread,
  readTrackId,
} from "../person_fields.ts";

/** Score of a point that an annotator placed without seeing it. */
export const OCCLUDED_SCORE = 0.5;

/** What the third number of a point means. */
export type ThirdNumber = "score" | "visibility";

/** Finds out what the third number of the points of a file means. */
export class ThirdNumberGuess {
  #two = false;
  #score = false;

  /** Looks at `[x, y, third]` triples. */
  look(triples: Float64Array): void {
    for (let i = 2; i < triples.length && !this.#score; i += 3) {
      if (triples[i] === 2) this.#two = true;
      else if (triples[i] !== 0 && triples[i] !== 1) this.#score = true;
    }
  }

  /**
   * Annotations have 0 missing, 1 placed but hidden, 2 seen; predictions in the same form have scores. A file that says 2
   * and nothing in between is taken for annotations.
   */
  get answer(): ThirdNumber {
    return this.#two && !this.#score ? "visibility" : "score";
  }
}

/** The triples of a person, checked. */
export function readTriples(person: Fields, place: Place, skeleton: Skeleton): Float64Array {
  const here = at(place, "keypoints");
  const joints = skeleton.joints.length;
  const flat = asArray(person.keypoints, here);
  if (flat.length !== 3 * joints) {
    const rule = `must be ${3 * joints} numbers, x, y and score of the ${joints} joints of ${skeleton.name}`;
    refuse(here, rule, `${flat.length} numbers`);
  }
  return readNumbers(flat, here, flat.length);
}

function scoreOfVisibility(visibility: number): number {
  return visibility === 2 ? 1 : visibility === 1 ? OCCLUDED_SCORE : 0;
}

/**
 * The score of each joint. A list of its own goes before the third numbers: PoseTrack predictions have one and may leave
 * the others at 0.
 */
function readScores(person: Fields, place: Place, triples: Float64Array, third: ThirdNumber): Float64Array {
  const joints = triples.length / 3;
  for (const field of ["keypoint_scores", "scores"]) {
    const scores = person[field];
    if (isAbsent(scores) || (Array.isArray(scores) && scores.length === 0)) continue;
    return readNumbers(scores, at(place, field), joints);
  }
  const turned = third === "visibility" ? scoreOfVisibility : (value: number) => value;
  return Float64Array.from({ length: joints }, (_, j) => turned(triples[3 * j + 2]!));
}

/**
 * Reads a person.
 *
 * @param value The entry of the list.
 * @param place Where it stands.
 * @param skeleton Its joints.
 * @param third What the third numbers mean, or a guess that is to be fed with them.
 * @returns The person and the id of its picture.
 */
export function readCocoPerson(
  value: unknown,
  place: Place,
  skeleton: Skeleton,
  third: ThirdNumber | ThirdNumberGuess,
): { readonly imageId: number; readonly person: DraftPerson } {
  const entry = asObject(value, place);
  const imageId = asInteger(entry.image_id, at(place, "image_id"), 0);
  const triples = readTriples(entry, place, skeleton);
  if (third instanceof ThirdNumberGuess) third.look(triples);
  const meaning = third instanceof ThirdNumberGuess ? third.answer : third;
  const joints = skeleton.joints.length;
  const points2d = makePoints({
    values: Float64Array.from({ length: 2 * joints }, (_, i) => triples[3 * (i >> 1) + (i & 1)]!),
    scores: readScores(entry, place, triples, meaning),
    ...readSpread(entry, place, joints),
  });
  const score = isAbsent(entry.score) ? null : clampScore(asNumber(entry.score, at(place, "score")));
  return {
    imageId,
    person: {
      place,
      trackId: readTrackId(entry, place),
      box: readBox(entry, "bbox", place),
      // Annotations are certain; for predictions without a score the reader's user takes the mean of the points.
      score: score ?? (meaning === "visibility" ? 1 : null),
      points2d,
      points3d: readPose3d(entry, place),
      interpolated: readInterpolated(entry, place),
    },
  };
}

/** Points as a flat list: x, y and what `third` makes of the score. */
export function flatTriples({ values, scores }: Points, third: (score: number) => number): number[] {
  const flat: number[] = [];
  scores.forEach((score, j) => flat.push(values[2 * j]!, values[2 * j + 1]!, third(score)));
  return flat;
}

/** `{ keypoints, bbox, … }`: what all COCO files say of a person. `score` is that of the person, or the mean of its points. */
export function cocoFields(
  person: ClipPerson,
  skeleton: Skeleton,
  third: (score: number) => number,
): { readonly keypoints: number[]; readonly score: number; readonly bbox?: readonly number[]; readonly extra: Fields } {
  const points = person.points2d ?? missingPoints(skeleton.joints.length, 2);
  const box = person.box ?? boxAround(points);
  return {
    keypoints: flatTriples(points, third),
    score: person.score ?? meanScore(points),
    ...(box === null ? {} : { bbox: box }),
    extra: { ...(person.id === null ? {} : { track_id: person.id }), ...extraFields(person) },
  };
}
