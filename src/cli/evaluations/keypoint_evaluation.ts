/**
 * What the metrics `coco`, `crowdpose` and `aic` share on the command line.
 *
 * @module
 */

import { InputError } from "../../core/errors.ts";
import { readCocoTruth } from "../../formats/coco_truth.ts";
import { rootPlace } from "../../formats/fields.ts";
import { MAX_JSON_BYTES, parseJsonText, readText } from "../../formats/json_text.ts";
import { readKeypointResults } from "../../formats/keypoint_results.ts";
import type { Source } from "../../formats/source.ts";
import type { Evaluation } from "../../pipelines/evaluation.ts";
import { evaluateCoco } from "../../pipelines/evaluate_coco.ts";
import type { AreaRule, KeypointRules } from "../../pipelines/keypoint_rules.ts";
import { type FlagSpec, numberFlag, type ParsedArgs, stringFlag } from "../command.ts";
import type { EvaluationCommand } from "./evaluation_command.ts";

/** Flags of the keypoint metrics. No defaults here: those are the data set's rules. */
const FLAGS: Readonly<Record<string, FlagSpec>> = {
  area: {
    type: "string",
    choices: ["annotation", "box"],
    describe: "size of a person: area of the annotation (coco) or 0.53 of its box (crowdpose, aic)",
  },
  "max-people": {
    type: "string",
    placeholder: "N",
    describe: "the best N predictions of a picture count, 20 if not given",
  },
};

async function readJson(source: Source): Promise<unknown> {
  if (source.kind !== "file") throw new InputError(source.name, "must be a JSON file", "a folder");
  return parseJsonText(await readText(await source.open(), source.name, MAX_JSON_BYTES), source.name);
}

async function evaluate(rules: KeypointRules, gt: Source, pred: Source, args: ParsedArgs): Promise<Evaluation> {
  const area = stringFlag(args, "area") as AreaRule | undefined;
  const maxDetections = numberFlag(args, "max-people", { min: 1, integer: true });
  const joints = rules.skeleton.joints;
  const place = rootPlace(gt.name);
  const truth = readCocoTruth(await readJson(gt), place, joints);
  const images = new Set(truth.images.map(({ id }) => id));
  const results = readKeypointResults(await readJson(pred), rootPlace(pred.name), joints.length, images);
  const chosen = { ...rules, area: area ?? rules.area, maxDetections: maxDetections ?? rules.maxDetections };
  const evaluation = evaluateCoco(truth, results, chosen, place);
  return { ...evaluation, settings: { gt: gt.name, pred: pred.name, ...evaluation.settings } };
}

/**
 * Makes the metric of a data set.
 *
 * @param rules How it is scored.
 * @param summary One sentence without full stop.
 */
export function keypointEvaluation(rules: KeypointRules, summary: string): EvaluationCommand {
  return {
    name: rules.metric,
    summary,
    flags: FLAGS,
    run: (gt, pred, args) => evaluate(rules, gt, pred, args),
  };
}
