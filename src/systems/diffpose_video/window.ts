/**
 * DiffPose-Video (ICCV 2023) as a pure function of a window: features of F frames in, heatmaps of the key frame out.
 *
 * Heavy once, light often: the encoder runs once a window, the decoder once a step for all sets in one batch. A set starts
 * from noise that depends on seed, person, frame and its own number only, so it is the same however many there are.
 *
 * @module
 */
import { sampleDdim } from "../../core/ddim.ts";
import { checkShape, ShapeError } from "../../core/errors.ts";
import { fillNormal } from "../../core/normal.ts";
import { createRng } from "../../core/rng.ts";
import type { Session, Tensor } from "../../runtime/session.ts";
import {
  centreFeatures,
  FEATURES,
  type FrameFeatures,
  readSets,
  type SetsReading,
  type Square,
  withSidesOfWindow,
} from "../heatmap_poses/mod.ts";
import { JOINTS, type VideoSettings } from "./settings.ts";

/** A window: one person over F frames, seen through one crop. */
export interface VideoWindow {
  /** Which person of the frame, for the random numbers; below 2^32. */
  readonly person: number;
  /** Index of the key frame in the source, for the random numbers. */
  readonly frame: number;
  /**
   * Features of F frames, the key frame in the middle, all through the same crop. At a clip's ends frames repeat. With
   * `joints` where the pack's `settings.centre` is a number.
   */
  readonly features: readonly FrameFeatures[];
}

/** Options of {@link estimateHeatmaps}. */
export interface VideoOptions {
  /** DDIM steps. Default: the pack's. */
  readonly steps?: number;
  /** Pose sets: heatmaps that are sampled and averaged. Default: the pack's. */
  readonly sets?: number;
  /** Seed of the run. @default {0} */
  readonly seed?: number;
  /** At most so many sets in one run of the decoder. @default {20} */
  readonly batch?: number;
  /**
   * What the sets start from, `[M, 17, 64, 64]`: for a caller who drew it beforehand, or looks at other starts.
   * @default {drawNoise(model.settings, window, options)}
   */
  readonly start?: Float32Array;
  /** Stops between two steps. */
  readonly signal?: AbortSignal;
}

/** What {@link estimateHeatmaps} finds. */
export interface VideoEstimate extends SetsReading {
  /** Mean of the sets, `[17, 64, 64]`, 0..1. */
  readonly heatmaps: Float32Array;
  /** Cells of a heatmap. */
  readonly grid: { readonly height: number; readonly width: number };
  /** Where the heatmaps lie in the picture. */
  readonly square: Square;
  /** How many sets were sampled, M. */
  readonly sets: number;
}

/** The parts of an opened pack that a window needs. */
export interface VideoModel {
  /** Checked settings of the manifest. */
  readonly settings: VideoSettings;
  /** Graph `encode`: features of F frames -> base, maps_16, maps_32, maps_64. */
  readonly encode: Session;
  /** Graph `denoise`: noisy, step, base, maps -> clean. */
  readonly denoise: Session;
}

/** Random numbers of this system are no other system's. */
const NOISE_STREAM = 3;

/**
 * What the sets of a window start from: standard normal numbers that depend on seed, person, frame and set only.
 *
 * @param settings The pack's settings.
 * @param window Person and frame.
 * @param options Sets and seed.
 * @returns `[M, 17, 64, 64]`.
 */
export function drawNoise(
  settings: Pick<VideoSettings, "side" | "stride" | "defaultSets">,
  { person, frame }: Pick<VideoWindow, "person" | "frame">,
  options: Pick<VideoOptions, "sets" | "seed"> = {},
): Float32Array {
  const { sets = settings.defaultSets, seed = 0 } = options;
  const size = JOINTS * (settings.side / settings.stride) ** 2;
  const noise = new Float32Array(sets * size);
  for (let hypothesis = 0; hypothesis < sets; hypothesis++) {
    const rng = createRng({ seed, person, frame, hypothesis, stream: NOISE_STREAM });
    fillNormal(noise.subarray(hypothesis * size, (hypothesis + 1) * size), rng);
  }
  return noise;
}

/**
 * Samples heatmaps of one person in one frame. Pure: the same window, options and model give the same bytes on WASM.
 *
 * @param model An opened pack.
 * @param window Features of F frames, F as the pack says.
 * @param options Steps, sets, seed, signal.
 * @returns Mean heatmaps, keypoints and their spread.
 * @throws {ShapeError} If the window does not hold F frames.
 * @throws {InputError} If heatmaps are to be weakened, and features lack `joints`.
 * @throws {RangeError} If steps, sets or batch are out of range, or the frames were seen through different crops.
 */
export async function estimateHeatmaps(
  model: VideoModel,
  window: VideoWindow,
  options: VideoOptions = {},
): Promise<VideoEstimate> {
  const { settings } = model;
  const { steps = settings.defaultSteps, sets = settings.defaultSets, seed = 0, batch = 20, signal } = options;
  for (const [name, value] of Object.entries({ sets, batch })) {
    if (!Number.isSafeInteger(value) || value < 1) {
      throw new RangeError(`Cannot estimate heatmaps as ${name} must be a whole number of at least 1: ${value}`);
    }
  }
  const square = checkWindow(window, settings.frames);
  signal?.throwIfAborted();
  const cells = settings.side / settings.stride;
  const size = JOINTS * cells * cells;
  const { start = drawNoise(settings, window, { sets, seed }) } = options;
  checkShape("estimate heatmaps from a start", [sets, JOINTS, cells, cells], start.length);
  const features = window.features.map((each) => centreFeatures(each, settings.centre));
  const maps = await model.encode.run(encodeFeeds(withSidesOfWindow(features)));
  const heatmaps = new Float32Array(sets * size);
  for (let first = 0; first < sets; first += batch) {
    const count = Math.min(batch, sets - first);
    const part = start.subarray(first * size, (first + count) * size);
    const sampled = await sample(model, maps, part, { steps, count, cells, signal });
    heatmaps.set(sampled, first * size);
  }
  const reading = readSets(heatmaps, sets, square, settings);
  return { ...reading, grid: { height: cells, width: cells }, square, sets };
}

/** Runs the sampler on one batch of sets; returns heatmaps, 0..1. */
async function sample(
  { settings, denoise }: VideoModel,
  maps: Readonly<Record<string, Tensor>>,
  start: Float32Array,
  options: { steps: number; count: number; cells: number; signal: AbortSignal | undefined },
): Promise<Float32Array> {
  const { steps, count, cells, signal } = options;
  const { scale, schedule } = settings;
  const dims = [count, JOINTS, cells, cells];
  const { base, maps_16, maps_32, maps_64 } = maps as Record<"base" | "maps_16" | "maps_32" | "maps_64", Tensor>;
  const state = await sampleDdim(
    async (noisy, at) => {
      const step = { data: new Float32Array(count).fill(at.index), dims: [count] };
      const feeds = { noisy: { data: noisy, dims }, step, base, maps_16, maps_32, maps_64 };
      const clean = (await denoise.run(feeds))["clean"]!.data;
      for (let i = 0; i < clean.length; i++) clean[i] = scale * (2 * clamp(clean[i]!) - 1);
      return clean;
    },
    start,
    schedule,
    { steps, prediction: "x0", ...(signal === undefined ? {} : { signal }) },
  );
  // The clip again: (z / scale + 1) / 2 may round beyond 0 and 1.
  for (let i = 0; i < state.length; i++) state[i] = clamp((state[i]! / scale + 1) / 2);
  return state;
}

function clamp(value: number): number {
  return Math.min(Math.max(value, 0), 1);
}

function checkWindow({ features }: VideoWindow, frames: number): Square {
  if (features.length !== frames) throw new ShapeError("estimate heatmaps of a window", [frames], features.length);
  const { square } = features[(frames - 1) / 2]!;
  const other = features.find((each) => each.square.some((value, i) => value !== square[i]));
  if (other !== undefined) {
    throw new RangeError(
      `Cannot estimate heatmaps as all frames of a window must be seen through one crop: ${square.join(", ")} and ${
        other.square.join(", ")
      }`,
    );
  }
  return square;
}

/** `[1, F, channels, cells, cells]` of every kind of features, of the finest ones the key frame's only. */
function encodeFeeds(features: readonly FrameFeatures[]): Record<string, Tensor> {
  const frames = features.length;
  const joined = (name: keyof typeof FEATURES): Tensor => {
    const [, channels, cells] = FEATURES[name];
    const size = channels * cells * cells;
    const data = new Float32Array(frames * size);
    features.forEach((each, f) => data.set(each[name], f * size));
    return { data, dims: [1, frames, channels, cells, cells] };
  };
  const [, channels, cells] = FEATURES.features4;
  return {
    heatmaps: joined("heatmaps"),
    features_4: { data: features[(frames - 1) / 2]!.features4, dims: [1, channels, cells, cells] },
    features_8: joined("features8"),
    features_16: joined("features16"),
    features_32: joined("features32"),
  };
}
