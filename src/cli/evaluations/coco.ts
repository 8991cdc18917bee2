/**
 * `diffpose eval coco`.
 *
 * @module
 */

import { cocoRules } from "../../pipelines/keypoint_rules.ts";
import type { EvaluationCommand } from "./evaluation_command.ts";
import { keypointEvaluation } from "./keypoint_evaluation.ts";

/** COCO keypoints. */
export const EVALUATION: EvaluationCommand = keypointEvaluation(
  cocoRules,
  "OKS AP and AR of COCO keypoints (17 joints), by size of the people",
);
