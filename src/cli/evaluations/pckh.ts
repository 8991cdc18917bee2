/**
 * `diffpose eval pckh`.
 *
 * @module
 */
import { evaluatePckhFiles } from "../../pipelines/evaluate_pckh_files.ts";
import { numberFlag, stringFlag } from "../command.ts";
import type { EvaluationCommand } from "./evaluation_command.ts";

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
  run: (gt, pred, args) =>
    evaluatePckhFiles(gt, pred, {
      threshold: numberFlag(args, "threshold", { min: 0.01, max: 10 }) ?? 0.5,
      pairing: stringFlag(args, "pairing") === "order" ? "order" : "best",
    }),
};
