/**
 * What the metrics `coco`, `crowdpose` and `aic` share on the command line.
 *
 * @module
 */

import { evaluateCocoFiles } from "../../pipelines/evaluate_coco_files.ts";
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

/** The data set's rules with what the user changed. */
function chosenRules(rules: KeypointRules, args: ParsedArgs): KeypointRules {
  const area = stringFlag(args, "area") as AreaRule | undefined;
  const maxDetections = numberFlag(args, "max-people", { min: 1, integer: true });
  return { ...rules, area: area ?? rules.area, maxDetections: maxDetections ?? rules.maxDetections };
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
    run: (gt, pred, args) => evaluateCocoFiles(gt, pred, chosenRules(rules, args)),
  };
}
