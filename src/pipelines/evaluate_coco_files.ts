/**
 * Files of predicted and annotated people, read and scored.
 *
 * @module
 */

import { readCocoTruth } from "../formats/coco_truth.ts";
import { rootPlace } from "../formats/fields.ts";
import { readJsonFile } from "../formats/json_file.ts";
import { readKeypointResults } from "../formats/keypoint_results.ts";
import type { Source } from "../formats/source.ts";
import { evaluateCoco } from "./evaluate_coco.ts";
import type { Evaluation } from "./evaluation.ts";
import type { KeypointRules } from "./keypoint_rules.ts";

/**
 * Scores a file of COCO results.
 *
 * @param gt Annotations in COCO's form.
 * @param pred A list of results.
 * @param rules How the data set is scored.
 * @returns The evaluation, with the names of the files among its settings.
 * @throws {InputError} If a file breaks a rule of its form, or predictions are of pictures that the ground truth does not
 * have.
 */
export async function evaluateCocoFiles(gt: Source, pred: Source, rules: KeypointRules): Promise<Evaluation> {
  const { joints } = rules.skeleton;
  const place = rootPlace(gt.name);
  const truth = readCocoTruth(await readJsonFile(gt), place, joints);
  const images = new Set(truth.images.map(({ id }) => id));
  const results = readKeypointResults(await readJsonFile(pred), rootPlace(pred.name), joints.length, images);
  const evaluation = evaluateCoco(truth, results, rules, place);
  return { ...evaluation, settings: { gt: gt.name, pred: pred.name, ...evaluation.settings } };
}
