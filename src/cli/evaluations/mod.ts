/**
 * Every metric of `diffpose eval`, in the order of the help text.
 *
 * @module
 */
import { EVALUATION as aic } from "./aic.ts";
import { EVALUATION as coco } from "./coco.ts";
import { EVALUATION as crowdpose } from "./crowdpose.ts";
import type { EvaluationCommand } from "./evaluation_command.ts";
import { EVALUATION as posetrack } from "./posetrack.ts";

/** Every metric. */
export const EVALUATIONS: readonly EvaluationCommand[] = [coco, crowdpose, aic, posetrack];
