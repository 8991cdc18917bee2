/**
 * Every metric of `diffpose eval`, in the order of the help text.
 *
 * @module
 */
import { EVALUATION as aic } from "./aic.ts";
import { EVALUATION as coco } from "./coco.ts";
import { EVALUATION as crowdpose } from "./crowdpose.ts";
import type { EvaluationCommand } from "./evaluation_command.ts";
import { EVALUATION as mpjpe } from "./mpjpe.ts";
import { EVALUATION as pckh } from "./pckh.ts";
import { EVALUATION as posetrack } from "./posetrack.ts";
import { EVALUATION as threedhp } from "./threedhp.ts";

/** Every metric. */
export const EVALUATIONS: readonly EvaluationCommand[] = [coco, crowdpose, aic, posetrack, pckh, mpjpe, threedhp];
