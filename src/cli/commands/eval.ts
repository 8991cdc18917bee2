/**
 * `diffpose eval`: predictions against ground truth.
 *
 * @module
 */
import type { Evaluation } from "../../pipelines/evaluation.ts";
import { hint } from "../args.ts";
import {
  booleanFlag,
  type CommandSpec,
  type FlagSpec,
  type Host,
  type ParsedArgs,
  stringFlag,
  UsageError,
} from "../command.ts";
import type { EvaluationCommand } from "../evaluations/evaluation_command.ts";
import { EVALUATIONS } from "../evaluations/mod.ts";
import { figureTableLines } from "../figure_table.ts";
import { fileSource } from "../sources.ts";

/** Flags that every metric has. */
const SHARED_FLAGS: Readonly<Record<string, FlagSpec>> = {
  gt: { type: "string", placeholder: "FILE", describe: "ground truth" },
  pred: { type: "string", placeholder: "FILE", describe: "predictions" },
  json: { type: "boolean", describe: "print every figure and the settings that made it as one JSON value" },
};

/** Names of the metrics that have a flag. */
function owners(flag: string): string[] {
  return EVALUATIONS.filter(({ flags }) => flag in flags).map(({ name }) => name);
}

/** The flags of all metrics; each says whose it is. */
function mergedFlags(): Readonly<Record<string, FlagSpec>> {
  const merged: Record<string, FlagSpec> = { ...SHARED_FLAGS };
  for (const [name, flag] of EVALUATIONS.flatMap(({ flags }) => Object.entries(flags))) {
    merged[name] ??= { ...flag, describe: `${owners(name).join(", ")}: ${flag.describe}` };
  }
  return merged;
}

/** Evaluates predictions. */
export const COMMAND: CommandSpec = {
  name: "eval",
  summary: "predictions against ground truth, as the official evaluators count",
  positionals: { name: "METRIC", min: 1, max: 1, describe: "what to measure, see below" },
  lists: [{ title: "Metrics", rows: EVALUATIONS.map(({ name, summary }) => [name, summary]) }],
  flags: mergedFlags(),
  examples: [
    "diffpose eval coco --gt person_keypoints_val2017.json --pred results.json",
    "diffpose eval crowdpose --gt crowdpose_test.json --pred results.json --json",
  ],
  run: evaluate,
};

function metricNamed(name: string): EvaluationCommand {
  const found = EVALUATIONS.find((metric) => metric.name === name);
  if (found !== undefined) return found;
  const names = EVALUATIONS.map((metric) => metric.name);
  throw new UsageError(`METRIC is one of ${names.join(", ")}: "${name}"${hint(name, names)}`);
}

/** A flag of another metric would change nothing, and its user would not know. */
function refuseForeignFlags(metric: EvaluationCommand, args: ParsedArgs): void {
  for (const [name, flag] of Object.entries(COMMAND.flags)) {
    if (name in SHARED_FLAGS || name in metric.flags) continue;
    if (args.flags[name] !== undefined && args.flags[name] !== flag.default) {
      throw new UsageError(`--${name} belongs to ${owners(name).join(", ")}, not to ${metric.name}`);
    }
  }
}

function pathFlag(args: ParsedArgs, name: "gt" | "pred"): string {
  const path = stringFlag(args, name);
  if (path === undefined || path === "") {
    throw new UsageError(`eval needs --${name} FILE: ${SHARED_FLAGS[name]!.describe}`);
  }
  return path;
}

function print(evaluation: Evaluation, host: Host): void {
  host.out(`${evaluation.metric}, as ${evaluation.evaluator}`);
  for (const table of evaluation.tables) {
    host.out("");
    for (const line of figureTableLines(table)) host.out(line);
  }
  for (const note of evaluation.notes) host.err(`note: ${note}`);
}

async function evaluate(args: ParsedArgs, host: Host): Promise<number> {
  const metric = metricNamed(args.positionals[0]!);
  refuseForeignFlags(metric, args);
  const [gt, pred] = [pathFlag(args, "gt"), pathFlag(args, "pred")];
  const evaluation = await metric.run(await fileSource(gt), await fileSource(pred), args);
  if (booleanFlag(args, "json")) host.out(JSON.stringify(evaluation));
  else print(evaluation, host);
  return 0;
}
