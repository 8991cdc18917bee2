/**
 * DiffusionPose on a command line: opens the pack, checks the sampling flags against it.
 *
 * @module
 */
import { InputError } from "../core/errors.ts";
import type { HeaderRecord, ModelRecord } from "../formats/record.ts";
import { licenceNote, modelRecord } from "../pipelines/model_record.ts";
import type { StillStage } from "../pipelines/still_people.ts";
import { createStillStage } from "../pipelines/still_stage.ts";
import type { OpenSessionOptions, Session } from "../runtime/mod.ts";
import {
  measureStillCosts,
  openDiffusionPose,
  STILL_EFFORTS,
  type StillSampler,
} from "../systems/diffusionpose/mod.ts";
import { type Host, numberFlag, type ParsedArgs, stringFlag, UsageError } from "./command.ts";
import { effortFlags, type EffortNames, effortOf } from "./effort_flags.ts";
import { joinWorkers } from "./join_workers.ts";
import { MOST_THREADS } from "./model_flags.ts";
import { loadPackOf } from "./open_models.ts";
import { openStillWorkers, type StillWorkers } from "./open_still_workers.ts";

/** The pack that looks at each person first. */
export const BACKBONE = "movenet-thunder";

/** The opened part. */
export interface DiffusionStage extends AsyncDisposable {
  /** Looks at people. */
  readonly stage: StillStage;
  /** The backbone for their first look: the one that was given, or workers too. */
  readonly backbone: Session;
  /** The pack, for the header. */
  readonly record: ModelRecord;
  /** A sentence on its licence, for the page. */
  readonly note: string;
  /** Options that change the numbers, for the header. */
  readonly options: HeaderRecord["options"];
}

/** What {@link openDiffusionStage} wants. */
export interface DiffusionStageOptions {
  /** Device, dtype, threads. */
  readonly device: OpenSessionOptions;
  /** Graph `person` of the pack {@link BACKBONE}. */
  readonly backbone: Session;
  /** Kernels a joint that the 3D stage wants; 0 for none. */
  readonly mixtures: number;
  /** Names of the sampling flags. */
  readonly names: EffortNames;
}

/** How many workers may join this thread; fewer than two gain nothing. A worker has a WASM of its own; a GPU needs none. */
function workersFor(args: ParsedArgs, sessions: readonly Session[]): number {
  if (sessions.some(({ device }) => device !== "wasm")) return 1;
  const threads = numberFlag(args, "threads", { min: 1, max: 64, integer: true });
  return Math.min(threads ?? navigator.hardwareConcurrency, MOST_THREADS);
}

/**
 * Opens the pack of `--pose-model` (default `diffusionpose`).
 *
 * @throws {UsageError} If a flag is out of range, or does not go with another.
 * @throws {InputError} If the pack is missing, is of another system, or has other joints than COCO's.
 */
export async function openDiffusionStage(
  args: ParsedArgs,
  host: Host,
  options: DiffusionStageOptions,
): Promise<DiffusionStage> {
  const { device, backbone, mixtures, names } = options;
  const asked = effortFlags(args, names);
  const given = stringFlag(args, "sampler") as StillSampler | undefined;
  if (given === "feedback" && (asked.sets ?? 1) > 1) {
    throw new UsageError(
      `--sampler feedback has no chance in it, so --${names.hypotheses} must be 1: "${asked.sets}"`,
    );
  }
  const model = stringFlag(args, "pose-model") ?? "diffusionpose";
  const pack = await loadPackOf(model, "diffusionpose");
  await using stack = new AsyncDisposableStack();
  const system = stack.use(await openDiffusionPose(pack, device));
  const { skeleton, defaultSteps, defaultHypotheses, defaultSampler, startTime } = system.settings;
  if (skeleton.name !== "coco17") {
    throw new InputError(`model ${model}`, "must have the joints of coco17, as poses.ndjson has", skeleton.name);
  }
  // Measured and chosen for one person: a budget of hypotheses makes no sense where there is no chance.
  const efforts = given === "feedback" ? STILL_EFFORTS.filter(({ sets }) => sets === 1) : STILL_EFFORTS;
  const { steps, sets: hypotheses } = await effortOf(
    asked,
    {
      defaults: { steps: defaultSteps, sets: given === "feedback" ? 1 : defaultHypotheses },
      mostSteps: startTime,
      word: "hypothesis",
      efforts,
      measure: () => measureStillCosts(system, backbone, { passes: 1 }),
    },
    args,
    host,
  );
  const sampler = given ?? (hypotheses > 1 ? "coordinates" : defaultSampler);
  if (hypotheses > 1 && (sampler === "feedback" || steps === 0)) {
    const why = steps === 0 ? `--${names.steps} 0` : "feedback, this model's sampler,";
    throw new UsageError(`${why} gives one hypothesis only: --${names.hypotheses} ${hypotheses}`);
  }
  const seed = numberFlag(args, "seed", { min: 0, integer: true }) ?? 0;
  const here = { backbone, estimate: system.estimate };
  const count = workersFor(args, [backbone, system.encode, system.denoise]);
  const open = (signal: AbortSignal): Promise<StillWorkers> =>
    openStillWorkers({ backbone: BACKBONE, model, dtype: system.denoise.dtype, count, signal });
  const hands = count > 1 ? stack.use(joinWorkers(here, open, { onWarning: device.onWarning })) : here;
  const opened = stack.move();
  return {
    stage: createStillStage({ settings: system.settings, estimate: hands.estimate }, {
      steps,
      hypotheses,
      sampler,
      seed,
      mixtures,
      ...(count > 1 ? { ahead: count + 1 } : {}), // One is ready for whoever is done first.
      signal: host.signal,
    }),
    backbone: hands.backbone,
    record: modelRecord(pack, system.denoise),
    note: licenceNote(pack),
    options: { sampler, "pose-steps": steps, "pose-hypotheses": hypotheses, seed },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}
