/**
 * `diffpose eval aic`.
 *
 * @module
 */

import { aicRules } from "../../pipelines/keypoint_rules.ts";
import type { EvaluationCommand } from "./evaluation_command.ts";
import { keypointEvaluation } from "./keypoint_evaluation.ts";

/** AI Challenger. */
export const EVALUATION: EvaluationCommand = keypointEvaluation(
  aicRules,
  "OKS AP and AR of AI Challenger keypoints (14 joints, annotations in COCO's form)",
);
