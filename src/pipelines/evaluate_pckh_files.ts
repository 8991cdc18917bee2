/**
 * PCKh of two files: ground truth in COCO's form with head boxes, and COCO results.
 *
 * @module
 */

import { readCocoTruth } from "../formats/truth/coco_truth.ts";
import { asArray, asObject, at, type Place, rootPlace } from "../formats/fields.ts";
import { readHeadBoxes } from "../formats/truth/head_boxes.ts";
import { layoutOfNames } from "../formats/joint_names.ts";
import { readJsonFile } from "../formats/json/json_file.ts";
import { readKeypointResults } from "../formats/truth/keypoint_results.ts";
import type { Source } from "../formats/source.ts";
import { coco17, type Skeleton } from "../skeleton/mod.ts";
import type { Evaluation } from "./evaluation.ts";
import { evaluatePckh, type EvaluatePckhOptions } from "./evaluate_pckh.ts";

/** The layout that the first category names; COCO's joints where none does. */
function layoutOf(value: unknown, place: Place): Skeleton {
  const here = at(place, "categories");
  const { categories } = asObject(value, place);
  if (categories === undefined) return coco17;
  const { keypoints } = asObject(asArray(categories, here)[0], at(here, 0));
  return keypoints === undefined ? coco17 : layoutOfNames(keypoints, at(at(here, 0), "keypoints"));
}

/**
 * Reads both files and takes PCKh.
 *
 * @param gt `{ images, annotations, categories? }`, each person with `head_bbox` or `bbox_head`.
 * @param pred A list of results in the same layout.
 * @throws {InputError} If a file breaks a rule of its form, or people cannot be measured or paired.
 */
export async function evaluatePckhFiles(
  gt: Source,
  pred: Source,
  options: EvaluatePckhOptions = {},
): Promise<Evaluation> {
  const value = await readJsonFile(gt);
  const place = rootPlace(gt.name);
  const skeleton = layoutOf(value, place);
  const truth = readCocoTruth(value, place, skeleton.joints);
  const heads = readHeadBoxes(value, place);
  const images = new Set(truth.images.map(({ id }) => id));
  const predicted = await readJsonFile(pred);
  const results = readKeypointResults(predicted, rootPlace(pred.name), skeleton.joints.length, images);
  const evaluation = evaluatePckh({ truth, heads, place, results, skeleton }, options);
  return { ...evaluation, settings: { gt: gt.name, pred: pred.name, ...evaluation.settings } };
}
