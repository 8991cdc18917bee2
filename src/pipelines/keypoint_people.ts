/**
 * Annotations and results as the people that the keypoint metric counts.
 *
 * @module
 */

import type { CocoTruth, TruthAnnotation } from "../formats/truth/coco_truth.ts";
import { at, type Place, refuse } from "../formats/fields.ts";
import type { KeypointResult } from "../formats/truth/keypoint_results.ts";
import type { ScoredPerson, TruthPerson } from "../metrics/keypoint_ranking.ts";
import { BOX_FILL, type KeypointRules } from "./keypoint_rules.ts";

function hasThirdAboveZero(keypoints: ArrayLike<number>): boolean {
  for (let i = 2; i < keypoints.length; i += 3) if (keypoints[i]! > 0) return true;
  return false;
}

function hasJoints(annotation: TruthAnnotation, rules: KeypointRules): boolean {
  const { labelled, keypoints } = annotation;
  return rules.jointCount === "num_keypoints" && labelled !== null ? labelled > 0 : hasThirdAboveZero(keypoints);
}

/**
 * The annotated people.
 *
 * @param truth The file.
 * @param rules How the data set is scored.
 * @param place The file, for messages.
 * @throws {InputError} If the rules want an area that an annotation does not have.
 */
export function truthPeople(truth: CocoTruth, rules: KeypointRules, place: Place): TruthPerson[] {
  return truth.annotations.map((annotation, i) => {
    const { image, category, keypoints, box, crowd } = annotation;
    const area = rules.area === "box" ? box[2] * box[3] * BOX_FILL : annotation.area;
    if (area === null) {
      const field = at(at(at(place, "annotations"), i), "area");
      refuse(field, "must be the area of the person (px^2), unless areas are taken from boxes", null);
    }
    return { image, category, keypoints, box, area, crowd, ignored: crowd || !hasJoints(annotation, rules) };
  });
}

/** Area of the box around all joints, wherever they are and whatever their scores, px^2. */
function extentArea(keypoints: readonly number[]): number {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i < keypoints.length; i += 3) {
    left = Math.min(left, keypoints[i]!);
    right = Math.max(right, keypoints[i]!);
    top = Math.min(top, keypoints[i + 1]!);
    bottom = Math.max(bottom, keypoints[i + 1]!);
  }
  return (right - left) * (bottom - top);
}

/**
 * The predicted people that count.
 *
 * @param results In the order of their file.
 * @param rules How the data set is scored.
 */
export function scoredPeople(results: readonly KeypointResult[], rules: KeypointRules): ScoredPerson[] {
  const kept = rules.dropUnscored ? results.filter(({ keypoints }) => hasThirdAboveZero(keypoints)) : results;
  return kept.map(({ image, category, keypoints, score, box }) => {
    const area = box === null ? extentArea(keypoints) : box[2] * box[3];
    return { image, category, keypoints, score, area };
  });
}
