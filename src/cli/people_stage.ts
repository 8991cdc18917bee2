/**
 * The 2D part of a command line: opens the packs of `--system`, and makes the stages that find people and look at them
 * again.
 *
 * @module
 */
import type { HeaderRecord, ModelRecord } from "../formats/record.ts";
import { createMovenetFinder } from "../pipelines/find_people.ts";
import type { PeopleFinder } from "../pipelines/observe.ts";
import { createVideoStage } from "../pipelines/video_stage.ts";
import type { WindowStage } from "../pipelines/window_queue.ts";
import type { OpenSessionOptions, Session } from "../runtime/mod.ts";
import { createFeatureCache, EFFORTS, measureVideoCosts } from "../systems/diffpose_video/mod.ts";
import { chooseEffort, type Effort } from "../systems/heatmap_poses/mod.ts";
import { type FlagSpec, type Host, numberFlag, type ParsedArgs, stringFlag, UsageError } from "./command.ts";
import { type OpenedVideo, openGraph, openVideoPack } from "./open_models.ts";

/** The 2D system of a command that does not say. */
export const DEFAULT_SYSTEM = "movenet";
/** How a DiffPose-Video window is cropped where a command does not say. */
export const DEFAULT_CROP = "track";

/** Flags of the 2D system, but for its steps, whose name each command chooses. */
export const PEOPLE_FLAGS: Readonly<Record<string, FlagSpec>> = {
  system: {
    type: "string",
    choices: ["movenet", "diffpose-video"],
    default: DEFAULT_SYSTEM,
    describe: "which 2D system; diffpose-video looks at each person with the frames around",
  },
  "pose-model": {
    type: "string",
    placeholder: "NAME|DIR|ZIP",
    default: "diffpose-video",
    describe: "pack of --system diffpose-video",
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
    describe: "diffpose-video: pose sets, heatmaps that are sampled and averaged; the pack's own when not given",
  },
  "budget-ms": {
    type: "string",
    placeholder: "MS",
    describe: "diffpose-video: choose steps and sets by their measured costs for a person in a frame",
  },
};

/** The flag of the 2D system's steps. */
export function stepsFlag(text: string): FlagSpec {
  return { type: "string", placeholder: "N", describe: `${text}; the pack's own when not given` };
}

/** Stages of one clip. */
export interface ClipPeople {
  /** Finds people. */
  readonly finder: PeopleFinder;
  /** Looks at them again; absent where the first look stands. */
  readonly windows?: WindowStage;
}

/** The opened 2D part. */
export interface PeopleStage extends AsyncDisposable {
  /** Makes the stages of a clip; they keep what they know of its frames to themselves. */
  open(): ClipPeople;
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
  /** The whole frame is searched on every n-th frame. */
  readonly detFrequency: number;
  /** Kernels a joint that the 3D stage wants; 0 for none. */
  readonly mixtures: number;
  /** Name of the flag of the 2D system's steps. */
  readonly stepsFlag: string;
}

/**
 * Opens the packs of the 2D system.
 *
 * @throws {UsageError} If a flag of diffpose-video is given to another system, or is out of range.
 * @throws {InputError} If a pack is missing or cannot be opened.
 */
export async function openPeopleStage(
  args: ParsedArgs,
  host: Host,
  options: PeopleStageOptions,
): Promise<PeopleStage> {
  const { device, detFrequency, mixtures } = options;
  const asked = effortFlags(args, options.stepsFlag);
  await using stack = new AsyncDisposableStack();
  const people = { ...device, dtype: "auto" as const }; // The person packs come in one dtype.
  const multipose = await openGraph("movenet-multipose", "movenet", "person", people);
  stack.use(multipose.session);
  const thunder = await openGraph("movenet-thunder", "movenet", "person", people);
  stack.use(thunder.session);
  const movenet = [multipose, thunder];
  if (stringFlag(args, "system") !== "diffpose-video") {
    const finder = createMovenetFinder(multipose.session, thunder.session, { detFrequency, mixtures });
    const opened = stack.move();
    return {
      open: () => ({ finder }),
      models: movenet.map(({ record }) => record),
      notes: movenet.map(({ note }) => note),
      options: {},
      [Symbol.asyncDispose]: () => opened.disposeAsync(),
    };
  }
  const crop = stringFlag(args, "crop") ?? DEFAULT_CROP;
  // A worker has a WASM of its own; what a GPU does needs none.
  const worker = thunder.session.device === "wasm" && navigator.hardwareConcurrency > 1;
  const threads = numberFlag(args, "threads", { min: 1, max: 64, integer: true });
  const { video, record, note } = await openVideoPack(stringFlag(args, "pose-model") ?? "diffpose-video", {
    ...device,
    ...(worker ? { threads } : {}),
    worker,
  });
  stack.use(video);
  const seed = numberFlag(args, "seed", { min: 0, integer: true }) ?? 0;
  const effort = await effortOf(asked, { video, backbone: thunder.session, crop, worker }, args, host);
  const opened = stack.move();
  return {
    open: () => {
      const features = createFeatureCache();
      const stays = crop === "track" ? { features } : {};
      return {
        finder: createMovenetFinder(multipose.session, thunder.session, { detFrequency, mixtures: 0, ...stays }),
        windows: createVideoStage(video, thunder.session, {
          ...effort,
          seed,
          mixtures,
          features,
          signal: host.signal,
        }),
      };
    },
    models: [...movenet.map((each) => each.record), record],
    notes: [...movenet.map((each) => each.note), note],
    options: { system: "diffpose-video", crop, "pose-steps": effort.steps, sets: effort.sets, seed },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

/** Steps, sets and budget as far as they are given. */
interface EffortFlags extends Partial<Effort> {
  readonly budget?: number;
}

function effortFlags(args: ParsedArgs, stepsName: string): EffortFlags {
  const steps = numberFlag(args, stepsName, { min: 1, max: 1000, integer: true });
  const sets = numberFlag(args, "sets", { min: 1, max: 1000, integer: true });
  const budget = numberFlag(args, "budget-ms", { min: 1 });
  const given = Object.entries({ [stepsName]: steps, sets, "budget-ms": budget }).find(([, value]) =>
    value !== undefined
  );
  if (given !== undefined && stringFlag(args, "system") !== "diffpose-video") {
    throw new UsageError(`--${given[0]} is for --system diffpose-video: movenet looks once at each person`);
  }
  return {
    ...(steps === undefined ? {} : { steps }),
    ...(sets === undefined ? {} : { sets }),
    ...(budget === undefined ? {} : { budget }),
  };
}

/** Steps and sets: as given, as the pack says, or as the budget allows. */
async function effortOf(
  { budget, ...given }: EffortFlags,
  { video, backbone, crop, worker }: { video: OpenedVideo; backbone: Session; crop: string; worker: boolean },
  args: ParsedArgs,
  host: Host,
): Promise<Effort> {
  const { defaultSteps, defaultSets, frames, schedule } = video.settings;
  if ((given.steps ?? 1) > schedule.alphaBar.length) {
    throw new UsageError(`this model takes at most ${schedule.alphaBar.length} pose steps: "${given.steps}"`);
  }
  if (budget === undefined) return { steps: given.steps ?? defaultSteps, sets: given.sets ?? defaultSets };
  // The first look is a pass of the backbone, too; with a crop that stays it serves the windows.
  const passes = crop === "track" ? 0 : frames;
  const costs = await measureVideoCosts(video, backbone, worker ? { passes, besides: 1 } : { passes: 1 + passes });
  const { steps, sets, cost, fits } = chooseEffort(costs, { budget, ...given }, EFFORTS);
  if (args.flags["quiet"] !== true) {
    const name = (count: number, word: string): string => `${count} ${word}${count === 1 ? "" : "s"}`;
    const verdict = fits ? "" : ", the least there is";
    host.err(
      `diffpose: ${name(steps, "step")} x ${name(sets, "set")} for a budget of ${budget} ms: about ${
        Math.round(cost)
      } ms a person and frame${verdict}`,
    );
  }
  return { steps, sets };
}
