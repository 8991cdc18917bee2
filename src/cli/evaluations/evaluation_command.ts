/**
 * What a metric of `diffpose eval` is on the command line.
 *
 * @module
 */
import type { Source } from "../../formats/source.ts";
import type { Evaluation } from "../../pipelines/evaluation.ts";
import type { FlagSpec, ParsedArgs } from "../command.ts";

/** One metric: `diffpose eval NAME --gt FILE --pred FILE`. */
export interface EvaluationCommand {
  /** The word after `eval`. */
  readonly name: string;
  /** One sentence without full stop, for the help text. */
  readonly summary: string;
  /** Flags that only this metric has. One flag name means the same in every metric that has it. */
  readonly flags: Readonly<Record<string, FlagSpec>>;
  /**
   * Reads both files and evaluates.
   *
   * @param gt Ground truth.
   * @param pred Predictions.
   * @param args All flags.
   * @throws {InputError} If a file breaks a rule of its format, or the two do not belong together.
   */
  run(gt: Source, pred: Source, args: ParsedArgs): Promise<Evaluation>;
}
