/**
 * Every metric of `diffpose eval`, in the order of the help text.
 *
 * @module
 */
import type { EvaluationCommand } from "./evaluation_command.ts";

/** Every metric. */
export const EVALUATIONS: readonly EvaluationCommand[] = [];
