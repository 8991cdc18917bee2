/**
 * Who looks at people again after MoveNet: the pack of `--system`, opened.
 *
 * @module
 */
import type { HeaderRecord, ModelRecord } from "../formats/record.ts";
import type { StillStage } from "../pipelines/still_people.ts";
import { createStillWindows } from "../pipelines/still_windows.ts";
import { createVideoStage } from "../pipelines/video_stage.ts";
import type { WindowStage } from "../pipelines/window_queue.ts";
import type { OpenSessionOptions, Session } from "../runtime/mod.ts";
import { EFFORTS, type FeatureCache, measureVideoCosts } from "../systems/diffpose_video/mod.ts";
import { type Host, numberFlag, type ParsedArgs, stringFlag } from "./command.ts";
import { openDiffusionStage } from "./diffusion_stage.ts";
import { type EffortFlags, type EffortNames, effortOf } from "./effort_flags.ts";
import { openVideoPack } from "./open_models.ts";
import { WINDOWS_AHEAD } from "./open_video_worker.ts";

/** How a DiffPose-Video window is cropped where a command does not say. */
export const DEFAULT_CROP = "track";

/** The opened second look. */
export interface SecondLook extends AsyncDisposable {
  /** Makes the stage of a clip; null where the first look stands. */
  readonly windows: ((features: FeatureCache, fps: number) => WindowStage) | null;
  /** Whether crops of a clip stay with a track, or each frame has its own. */
  readonly crop: string;
  /** The backbone for the first look at people. */
  readonly backbone: Session;
  /** The stage of stills; null where the first look stands. */
  readonly stage: StillStage | null;
  /** Its packs, and sentences on their licences. */
  readonly packs: readonly { readonly record: ModelRecord; readonly note: string }[];
  /** Options that change the numbers, for the header. */
  readonly options: HeaderRecord["options"];
}

/** What {@link openSecondLook} wants. */
export interface SecondLookOptions {
  /** Device, dtype, threads. */
  readonly device: OpenSessionOptions;
  /** Kernels a joint that the 3D stage wants; 0 for none. */
  readonly mixtures: number;
  /** Names of the sampling flags. */
  readonly names: EffortNames;
  /** What they say. */
  readonly asked: EffortFlags;
  /** Graph `person` of the pack `movenet-thunder`. */
  readonly backbone: Session;
}

/**
 * Opens what `--system` names.
 *
 * @throws {UsageError} If a flag is out of range.
 * @throws {InputError} If the pack is missing or cannot be opened.
 */
export async function openSecondLook(args: ParsedArgs, host: Host, options: SecondLookOptions): Promise<SecondLook> {
  switch (stringFlag(args, "system")) {
    case "diffpose-video":
      return await openVideo(args, host, options);
    case "diffusionpose":
      return await openStills(args, host, options);
    default:
      return {
        windows: null,
        crop: DEFAULT_CROP,
        backbone: options.backbone,
        stage: null,
        packs: [],
        options: {},
        [Symbol.asyncDispose]: () => Promise.resolve(),
      };
  }
}

async function openStills(args: ParsedArgs, host: Host, options: SecondLookOptions): Promise<SecondLook> {
  const { stage, backbone, record, note, options: header, ...rest } = await openDiffusionStage(args, host, options);
  return {
    stage,
    windows: (features) => createStillWindows(stage, backbone, features),
    crop: DEFAULT_CROP,
    backbone,
    packs: [{ record, note }],
    options: { system: "diffusionpose", ...header },
    [Symbol.asyncDispose]: () => rest[Symbol.asyncDispose](),
  };
}

async function openVideo(args: ParsedArgs, host: Host, options: SecondLookOptions): Promise<SecondLook> {
  const { device, mixtures, asked, backbone } = options;
  const crop = stringFlag(args, "crop") ?? DEFAULT_CROP;
  // A worker has a WASM of its own; what a GPU does needs none.
  const workerThreads = backbone.device === "wasm" && navigator.hardwareConcurrency > 1
    ? numberFlag(args, "threads", { min: 1, max: 64, integer: true }) ?? 1
    : null;
  const { video, record, note } = await openVideoPack(stringFlag(args, "pose-model") ?? "diffpose-video", {
    ...device,
    workerThreads,
  });
  await using stack = new AsyncDisposableStack();
  stack.use(video);
  const seed = numberFlag(args, "seed", { min: 0, integer: true }) ?? 0;
  const { defaultSteps, defaultSets, frames, schedule } = video.settings;
  // The first look is a pass of the backbone, too; with a crop that stays it serves the windows.
  const passes = crop === "track" ? 0 : frames;
  const effort = await effortOf(
    asked,
    {
      defaults: { steps: defaultSteps, sets: defaultSets },
      mostSteps: schedule.alphaBar.length,
      word: "set",
      efforts: EFFORTS,
      measure: () =>
        measureVideoCosts(
          video,
          backbone,
          workerThreads === null ? { passes: 1 + passes } : { passes, besides: 1 },
        ),
    },
    args,
    host,
  );
  const opened = stack.move();
  return {
    stage: null,
    windows: (features, fps) =>
      createVideoStage(video, backbone, {
        ...effort,
        seed,
        mixtures,
        fps,
        features,
        ...(workerThreads === null ? {} : { ahead: WINDOWS_AHEAD }),
        signal: host.signal,
      }),
    crop,
    backbone,
    packs: [{ record, note }],
    options: { system: "diffpose-video", crop, "pose-steps": effort.steps, sets: effort.sets, seed },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}
