/**
 * `diffpose eval pckh`.
 *
 * @module
 */
import { readCocoTruth } from "../../formats/coco_truth.ts";
import { asArray, asObject, at, rootPlace } from "../../formats/fields.ts";
import { readHeadBoxes } from "../../formats/head_boxes.ts";
import { layoutOfNames } from "../../formats/joint_names.ts";
import { readJsonFile } from "../../formats/json_file.ts";
import { readKeypointResults } from "../../formats/keypoint_results.ts";
import type { Source } from "../../formats/source.ts";
import type { Evaluation } from "../../pipelines/evaluation.ts";
import { evaluatePckh } from "../../pipelines/evaluate_pckh.ts";
import { coco17, type Skeleton } from "../../skeleton/mod.ts";
import { numberFlag, type ParsedArgs, stringFlag } from "../command.ts";
import type { EvaluationCommand } from "./evaluation_command.ts";

/** The layout that the first category names; COCO's joints where there is none. */
function layoutOf(value: unknown, name: string): Skeleton {
  const place = at(rootPlace(name), "categories");
  const { categories } = asObject(value, rootPlace(name));
  if (categories === undefined) return coco17;
  const [first] = asArray(categories, place);
  const { keypoints } = asObject(first, at(place, 0));
  return keypoints === undefined ? coco17 : layoutOfNames(keypoints, at(at(place, 0), "keypoints"));
}

async function evaluate(gt: Source, pred: Source, args: ParsedArgs): Promise<Evaluation> {
  const threshold = numberFlag(args, "threshold", { min: 0.01, max: 10 }) ?? 0.5;
  const pairing = stringFlag(args, "pairing") === "order" ? "order" : "best";
  const value = await readJsonFile(gt);
  const skeleton = layoutOf(value, gt.name);
  const place = rootPlace(gt.name);
  const truth = readCocoTruth(value, place, skeleton.joints);
  const images = new Set(truth.images.map(({ id }) => id));
  const predicted = await readJsonFile(pred);
  const results = readKeypointResults(predicted, rootPlace(pred.name), skeleton.joints.length, images);
  const heads = readHeadBoxes(value, place);
  const evaluation = evaluatePckh({ truth, heads, place, results, skeleton }, { threshold, pairing });
  return { ...evaluation, settings: { gt: gt.name, pred: pred.name, ...evaluation.settings } };
}

/** PCKh of MPII. */
export const EVALUATION: EvaluationCommand = {
  name: "pckh",
  summary: "PCKh of COCO results, for ground truth of COCO's form with head boxes (head_bbox or bbox_head)",
  flags: {
    threshold: {
      type: "string",
      placeholder: "N",
      describe: "largest distance that is right, in head sizes, 0.5 if not given",
    },
    pairing: {
      type: "string",
      placeholder: "HOW",
      choices: ["best", "order"],
      describe:
        "predictions go to the people whose joints they meet, or by their order in the picture; best if not given",
    },
  },
  run: evaluate,
};
