/**
 * How much work a 2D system does: as its flags say, as its pack says, or as a budget of time allows.
 *
 * @module
 */
import { chooseEffort, type Effort, type EffortCosts } from "../systems/heatmap_poses/mod.ts";
import { booleanFlag, type Host, numberFlag, type ParsedArgs, stringFlag, UsageError } from "./command.ts";

/** Names of the flags of a command that say how 2D poses are sampled. */
export interface EffortNames {
  /** Steps. */
  readonly steps: string;
  /** Hypotheses of DiffusionPose. */
  readonly hypotheses: string;
}

/** Steps, sets and budget as far as they are given. */
export interface EffortFlags extends Partial<Effort> {
  /** Milliseconds a person and frame. */
  readonly budget?: number;
}

/** Which systems each of the flags is for. */
function systemsOf({ steps, hypotheses }: EffortNames): ReadonlyMap<string, readonly string[]> {
  const both = ["diffpose-video", "diffusionpose"];
  return new Map([
    [steps, both],
    ["sets", hypotheses === "sets" ? both : ["diffpose-video"]],
    [hypotheses, hypotheses === "sets" ? both : ["diffusionpose"]],
    ["budget-ms", both],
    ["sampler", ["diffusionpose"]],
  ]);
}

/**
 * Reads the flags.
 *
 * @throws {UsageError} If one is out of range, or is for another system.
 */
export function effortFlags(args: ParsedArgs, names: EffortNames): EffortFlags {
  const system = stringFlag(args, "system") ?? "";
  for (const [name, systems] of systemsOf(names)) {
    if (stringFlag(args, name) === undefined || systems.includes(system)) continue;
    const why = system === "movenet" ? ": movenet looks once at each person" : "";
    throw new UsageError(`--${name} is for --system ${systems.join(" or ")}${why}`);
  }
  const still = system === "diffusionpose";
  const steps = numberFlag(args, names.steps, { min: still ? 0 : 1, max: 1000, integer: true });
  const sets = numberFlag(args, still ? names.hypotheses : "sets", { min: 1, max: 1000, integer: true });
  const budget = numberFlag(args, "budget-ms", { min: 1 });
  return {
    ...(steps === undefined ? {} : { steps }),
    ...(sets === undefined ? {} : { sets }),
    ...(budget === undefined ? {} : { budget }),
  };
}

/** What a system can do. */
export interface EffortRange {
  /** The pack's own choice. */
  readonly defaults: Effort;
  /** Most steps that its schedule has. */
  readonly mostSteps: number;
  /** What it calls its sets. */
  readonly word: string;
  /** Choices from the least to the best. */
  readonly efforts: readonly Effort[];
  /** Times the graphs. */
  measure(): Promise<EffortCosts>;
}

/**
 * Steps and sets: as given, as the pack says, or as the budget allows, which is told.
 *
 * @throws {UsageError} If there are more steps than the schedule has.
 */
export async function effortOf(asked: EffortFlags, range: EffortRange, args: ParsedArgs, host: Host): Promise<Effort> {
  const { budget, ...given } = asked;
  const { defaults, mostSteps, word, efforts } = range;
  if ((given.steps ?? 1) > mostSteps) {
    throw new UsageError(`this model takes at most ${mostSteps} pose steps: "${given.steps}"`);
  }
  if (budget === undefined) return { ...defaults, ...given };
  const { steps, sets, cost, fits } = chooseEffort(await range.measure(), { budget, ...given }, efforts);
  if (!booleanFlag(args, "quiet")) {
    const verdict = fits ? "" : ", the least there is";
    host.err(
      `diffpose: ${count(steps, "step")} x ${count(sets, word)} for a budget of ${budget} ms: about ${
        Math.round(cost)
      } ms a person and frame${verdict}`,
    );
  }
  return { steps, sets };
}

function count(number: number, word: string): string {
  const plural = word.endsWith("sis") ? `${word.slice(0, -2)}es` : `${word}s`;
  return `${number} ${number === 1 ? word : plural}`;
}
