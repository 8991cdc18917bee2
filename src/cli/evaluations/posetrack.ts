/**
 * `diffpose eval posetrack`.
 *
 * @module
 */
import { evaluatePosetrack } from "../../pipelines/evaluate_posetrack.ts";
import { stringFlag } from "../command.ts";
import type { EvaluationCommand } from "./evaluation_command.ts";

/** PoseTrack, of poses and of tracks. */
export const EVALUATION: EvaluationCommand = {
  name: "posetrack",
  summary: "PoseTrack mAP and MOTA of files or folders in its layouts of 2017, 2018 and 2021",
  flags: {
    "mot-rules": {
      type: "string",
      placeholder: "RULES",
      default: "poseval",
      choices: ["poseval", "clear"],
      describe: "which frames MOTA counts: those of the official evaluator, or every annotated frame",
    },
  },
  run: (gt, pred, args) =>
    evaluatePosetrack(gt, pred, { motRules: stringFlag(args, "mot-rules") === "clear" ? "clear" : "poseval" }),
};
