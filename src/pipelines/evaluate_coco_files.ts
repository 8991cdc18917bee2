/**
 * Files of predicted and annotated people, read and scored.
 *
 * @module
 */

import { readCocoTruth } from "../formats/truth/coco_truth.ts";
import { rootPlace } from "../formats/fields.ts";
import { readJsonFile } from "../formats/json/json_file.ts";
import { readKeypointResults } from "../formats/truth/keypoint_results.ts";
import type { Source } from "../formats/source.ts";
import { evaluateCoco } from "./evaluate_coco.ts";
import type { Evaluation } from "./evaluation.ts";
import { isResultList, resultsOfPoses } from "./keypoint_results_of_poses.ts";
import type { KeypointRules } from "./keypoint_rules.ts";

/**
 * Scores a file of COCO results, or of any other pose format whose frames are pictures of the ground truth.
 *
 * @param gt Annotations in COCO's form.
 * @param pred A list of results, or poses in another format.
 * @param rules How the data set is scored.
 * @returns The evaluation, with the names of the files among its settings.
 * @throws {InputError} If a file breaks a rule of its form, or predictions are of pictures that the ground truth does not
 * have.
 */
export async function evaluateCocoFiles(gt: Source, pred: Source, rules: KeypointRules): Promise<Evaluation> {
  const { joints } = rules.skeleton;
  const place = rootPlace(gt.name);
  const truth = readCocoTruth(await readJsonFile(gt), place, joints);
  const results = await isResultList(pred)
    ? readKeypointResults(
      await readJsonFile(pred),
      rootPlace(pred.name),
      joints.length,
      new Set(truth.images.map(({ id }) => id)),
    )
    : await resultsOfPoses(
      pred,
      rules.skeleton,
      truth.images,
      truth.annotations[0]?.category ?? truth.categories[0] ?? 1,
    );
  const evaluation = evaluateCoco(truth, results, rules, place);
  return { ...evaluation, settings: { gt: gt.name, pred: pred.name, ...evaluation.settings } };
}
