/**
 * `diffpose eval crowdpose`.
 *
 * @module
 */

import { crowdposeRules } from "../../pipelines/keypoint_rules.ts";
import type { EvaluationCommand } from "./evaluation_command.ts";
import { keypointEvaluation } from "./keypoint_evaluation.ts";

/** CrowdPose. */
export const EVALUATION: EvaluationCommand = keypointEvaluation(
  crowdposeRules,
  "OKS AP and AR of CrowdPose (14 joints), by crowding of the pictures",
);
