/**
 * Predicted people to be scored: COCO's list of results, as it stands.
 *
 * @module
 */

import { asArray, asBox, asInteger, asNumber, asObject, at, isAbsent, type Place, refuse } from "../fields.ts";
import { asTruthTriples, type TruthBox } from "./truth_fields.ts";

/** A predicted person. */
export interface KeypointResult {
  /** Id of the picture. */
  readonly image: number;
  /** Id of the category. */
  readonly category: number;
  /** `[J, 3]`: x, y (px), score of the joint. */
  readonly keypoints: readonly number[];
  /** Ranks the predictions; any finite number. */
  readonly score: number;
  /** Left, top, width, height, px; null where the file has none. */
  readonly box: TruthBox | null;
}

/** A box, or null for what means that there is none: absent, null, an empty list. */
function readBox(value: unknown, place: Place): TruthBox | null {
  return isAbsent(value) || (Array.isArray(value) && value.length === 0) ? null : asBox(value, place);
}

/**
 * Reads COCO results: `[{ image_id, category_id, keypoints, score, bbox? }]`. As the evaluators do, boxes are used where
 * the first result has one, and then all must have one.
 *
 * @param value The JSON.
 * @param place The file.
 * @param joints How many joints a person has.
 * @param images Ids of the pictures of the ground truth.
 * @throws {InputError} If a field is missing or no number, a person has other joints, or a picture is not in the ground
 * truth.
 */
export function readKeypointResults(
  value: unknown,
  place: Place,
  joints: number,
  images: ReadonlySet<number>,
): KeypointResult[] {
  let boxes = false;
  return asArray(value, place).map((one, i) => {
    const here = at(place, i);
    const fields = asObject(one, here);
    const image = asInteger(fields.image_id, at(here, "image_id"), 0);
    if (!images.has(image)) refuse(at(here, "image_id"), "must be the id of an image of the ground truth", image);
    const box = readBox(fields.bbox, at(here, "bbox"));
    if (i === 0) boxes = box !== null;
    if (boxes && box === null) refuse(at(here, "bbox"), "must be a box, as the first result has one", fields.bbox);
    return {
      image,
      category: asInteger(fields.category_id, at(here, "category_id"), 0),
      keypoints: asTruthTriples(fields.keypoints, at(here, "keypoints"), joints),
      score: asNumber(fields.score, at(here, "score")),
      box: boxes ? box : null,
    };
  });
}
