/**
 * The 2D part of a command line: opens the packs of `--system`, and makes the stages that find people and look at them
 * again.
 *
 * @module
 */
import type { HeaderRecord, ModelRecord } from "../formats/record.ts";
import { createMovenetFinder } from "../pipelines/find_people.ts";
import type { PeopleFinder } from "../pipelines/observe.ts";
import { createStillFinder } from "../pipelines/still_people.ts";
import type { WindowStage } from "../pipelines/window_queue.ts";
import type { OpenSessionOptions } from "../runtime/mod.ts";
import { createFeatureCache } from "../systems/diffpose_video/mod.ts";
import { type FlagSpec, type Host, type ParsedArgs, stringFlag } from "./command.ts";
import { BACKBONE } from "./diffusion_stage.ts";
import { effortFlags, type EffortNames } from "./effort_flags.ts";
import { MOST_THREADS } from "./model_flags.ts";
import { openGraph } from "./open_models.ts";
import { DEFAULT_CROP, openSecondLook } from "./second_look.ts";
import { STILL_FLAGS, type StillPlan } from "./still_flags.ts";

/** The 2D system of a command that does not say. */
export const DEFAULT_SYSTEM = "movenet";

/** Flags of the 2D system, but for its steps, whose name each command chooses. */
export const PEOPLE_FLAGS: Readonly<Record<string, FlagSpec>> = {
  system: {
    type: "string",
    choices: ["movenet", "diffpose-video", "diffusionpose"],
    default: DEFAULT_SYSTEM,
    describe:
      "which 2D system; diffpose-video looks at each person with the frames around, diffusionpose is made for stills",
  },
  "pose-model": {
    type: "string",
    placeholder: "NAME|DIR|ZIP",
    describe: "pack of the 2D system; the one of its name when not given",
  },
  crop: {
    type: "string",
    choices: ["frame", "track"],
    default: DEFAULT_CROP,
    describe:
      "diffpose-video: a crop for each frame as in the paper, or one that stays with a track, several times faster",
  },
  sets: {
    type: "string",
    placeholder: "N",
    describe:
      "diffpose-video, and diffusionpose under run: pose sets that are sampled and averaged; the pack's own when not given",
  },
  "budget-ms": {
    type: "string",
    placeholder: "MS",
    describe: "choose steps and sets by their measured costs for a person in a frame",
  },
  sampler: {
    type: "string",
    choices: ["feedback", "coordinates"],
    describe:
      "diffusionpose: from the first guess without chance, or from random starts; by the hypotheses if not given",
  },
  ...STILL_FLAGS,
};

/** The flag of the 2D system's steps. */
export function stepsFlag(text: string): FlagSpec {
  return { type: "string", placeholder: "N", describe: `${text}; the pack's own when not given` };
}

/** Stages of one input. */
export interface ClipPeople {
  /** Finds people. */
  readonly finder: PeopleFinder;
  /** Looks at them again; absent where the first look stands. */
  readonly windows?: WindowStage;
}

/** The opened 2D part. */
export interface PeopleStage extends AsyncDisposable {
  /** Makes the stages of a clip of so many frames a second; they keep what they know of its frames to themselves. */
  clip(fps: number): ClipPeople;
  /** Makes the stages of stills. */
  stills(plan: StillPlan): ClipPeople;
  /** WASM threads of the person packs; 1 elsewhere. */
  readonly threads: number;
  /** The packs, for the header. */
  readonly models: readonly ModelRecord[];
  /** Sentences on the packs' licences. */
  readonly notes: readonly string[];
  /** Options that change the numbers, for the header. */
  readonly options: HeaderRecord["options"];
}

/** What {@link openPeopleStage} wants. */
export interface PeopleStageOptions {
  /** Device, dtype, threads. */
  readonly device: OpenSessionOptions;
  /** The whole frame is searched on every n-th frame; null: five times a second. */
  readonly detFrequency: number | null;
  /** Kernels a joint that the 3D stage wants; 0 for none. */
  readonly mixtures: number;
  /** Names of the flags that say how 2D poses are sampled. */
  readonly names: EffortNames;
}

/**
 * Where DiffPose-Video runs in a worker, a core is left to it: with both on all cores, two cores do a third less and take
 * half as much memory again.
 */
function leaveCore(device: OpenSessionOptions, args: ParsedArgs): OpenSessionOptions {
  const cores = navigator.hardwareConcurrency;
  if (device.threads !== undefined || stringFlag(args, "system") !== "diffpose-video" || cores === 1) return device;
  return { ...device, threads: Math.min(cores - 1, MOST_THREADS) };
}

/**
 * Opens the packs of the 2D system.
 *
 * @throws {UsageError} If a flag is given to a system that it is not for, or is out of range.
 * @throws {InputError} If a pack is missing or wrong.
 */
export async function openPeopleStage(
  args: ParsedArgs,
  host: Host,
  options: PeopleStageOptions,
): Promise<PeopleStage> {
  const { device, detFrequency, mixtures, names } = options;
  const asked = effortFlags(args, names);
  await using stack = new AsyncDisposableStack();
  const people = { ...leaveCore(device, args), dtype: "auto" as const }; // The person packs come in one dtype.
  const multipose = await openGraph("movenet-multipose", "movenet", "person", people);
  stack.use(multipose.session);
  const thunder = await openGraph(BACKBONE, "movenet", "person", people);
  stack.use(thunder.session);
  const finds = multipose.session;
  const again = await openSecondLook(args, host, { device, mixtures, names, asked, backbone: thunder.session });
  stack.use(again);
  const { windows, stage, crop, backbone: looks } = again;
  const opened = stack.move();
  const packs = [multipose, thunder, ...again.packs];
  return {
    clip: (fps) => {
      const often = detFrequency === null ? { fps } : { detFrequency };
      if (windows === null) return { finder: createMovenetFinder(finds, looks, { ...often, mixtures }) };
      const features = createFeatureCache();
      const stays = crop === "track" ? { features } : {};
      return {
        finder: createMovenetFinder(finds, looks, { ...often, mixtures: 0, ...stays }),
        windows: windows(features, fps),
      };
    },
    stills: (plan) => ({
      finder: createStillFinder(finds, looks, {
        ...plan.finder,
        mixtures: stage === null ? mixtures : 0,
        ...(stage === null ? {} : { stage }),
        signal: host.signal,
      }),
    }),
    threads: thunder.session.threads,
    models: packs.map(({ record }) => record),
    notes: packs.map(({ note }) => note),
    options: again.options,
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}
