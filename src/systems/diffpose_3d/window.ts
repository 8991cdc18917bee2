/**
 * DiffPose-3D (CVPR 2023) as a pure function of a window: 2D points of F frames in, N sampled 3D poses a frame out.
 *
 * Heavy once, light often: the context encoder runs once, the denoiser once a step for all frames and hypotheses in one
 * batch. A window is never mixed with another one in a batch: 8-bit variants choose their ranges over the whole batch, so
 * only this way is the answer independent of what else is being computed.
 *
 * @module
 */
import { sampleDdim } from "../../core/ddim.ts";
import { checkShape } from "../../core/errors.ts";
import type { Schedule } from "../../core/schedule.ts";
import {
  createVirtualCamera,
  personExtent,
  toCameraAxes,
  toVirtual,
  type VirtualCamera,
} from "../../core/virtual_camera.ts";
import type { Session } from "../../runtime/session.ts";
import { cocoToH36m } from "../../skeleton/mod.ts";
import { drawStart, imageMixtures } from "./initial.ts";
import { CHANNELS, JOINTS, KERNEL, type LiftSettings } from "./settings.ts";

/** Below this score a joint is missing: it enters the network as (0, 0, 0). */
const MISSING_SCORE = 0.05;

/** 2D points of one person over F frames. */
export interface LiftWindow {
  /** Identity, for the random numbers. */
  readonly person: number;
  /** Index of each frame in the source, `[F]`. */
  readonly frames: readonly number[];
  /** COCO-17 points, `[F, 17, 3]`: x and y (px), score (0..1). NaN means missing. */
  readonly points: Float32Array;
  /**
   * Kernels of the detector's heatmaps, `[F, 17, M, 5]`: weight, mean x and y relative to the point, standard deviation
   * x and y, px. A joint whose weights are all zero has none. Without this field every joint gets the pack's own mixture.
   */
  readonly heatmaps?: Float32Array;
  /** Width of the picture, px. */
  readonly width: number;
  /** Height of the picture, px. */
  readonly height: number;
  /** Focal length, px. @default {1.1 * Math.max(width, height)} */
  readonly focal?: number;
}

/** Options of {@link liftWindow}. */
export interface LiftOptions {
  /** DDIM steps, 1..K. Default: the pack's. */
  readonly steps?: number;
  /** Sampled poses a frame, N. Default: the pack's. */
  readonly hypotheses?: number;
  /** Seed of the run. @default {0} */
  readonly seed?: number;
  /** Stops between two steps. */
  readonly signal?: AbortSignal;
}

/** What {@link liftWindow} finds. */
export interface LiftEstimate {
  /** `[F, N, 17, 3]` metres, camera axes (x right, y down, z forward), relative to the pelvis. */
  readonly hypotheses: Float32Array;
  /** N. */
  readonly count: number;
  /** The context encoder's pose before diffusion, `[F, 17, 3]`, same axes. */
  readonly context: Float32Array;
}

/** The parts of an opened pack that a window needs. */
export interface LiftModel {
  /** Checked settings of the manifest. */
  readonly settings: LiftSettings;
  /** Its noise schedule. */
  readonly schedule: Schedule;
  /** Graph `context`: points -> pose, features. */
  readonly context: Session;
  /** Graph `denoise`: state, anchor, features, step -> clean. */
  readonly denoise: Session;
}

/** The network's own view of a window. */
export interface NetworkInput {
  /** Camera that looks at the person. */
  readonly camera: VirtualCamera;
  /** `[F, 17, 3]` in Human3.6M order: normalised x, y, score. */
  readonly points: Float32Array;
}

/**
 * From detected points to the network's input. Training does the same in `lifting_input.py`; golden values hold both.
 *
 * @param window The window.
 * @returns Camera and points.
 * @throws {ShapeError} If the points do not fill `[F, 17, 3]`.
 */
export function networkInput(
  window: Pick<LiftWindow, "frames" | "points" | "width" | "height" | "focal">,
): NetworkInput {
  checkShape("lift a window", [window.frames.length, JOINTS, 3], window.points.length);
  const points = cocoToH36m.apply(window.points);
  const camera = createVirtualCamera(personExtent(points, JOINTS, window), window);
  toVirtual(camera, points, { out: points });
  for (let i = 0; i < points.length; i += 3) {
    if (!(points[i + 2]! >= MISSING_SCORE)) points.fill(0, i, i + 3);
  }
  return { camera, points };
}

/**
 * Samples 3D poses of one window. Pure: the same window, options and model give the same bytes on WASM.
 *
 * @param model An opened pack.
 * @param window 2D points of one person over F frames, F as the pack says.
 * @param options Steps, hypotheses, seed, signal.
 * @returns N poses a frame.
 * @throws {ShapeError} If the window does not hold F frames.
 * @throws {RangeError} If steps or hypotheses are out of range.
 */
export async function liftWindow(
  model: LiftModel,
  window: LiftWindow,
  options: LiftOptions = {},
): Promise<LiftEstimate> {
  const { settings, schedule } = model;
  const { steps = settings.defaultSteps, hypotheses = settings.defaultHypotheses, seed = 0, signal } = options;
  const { frames } = settings;
  checkShape("lift a window", [frames], window.frames.length);
  if (!Number.isSafeInteger(hypotheses) || hypotheses < 1) {
    throw new RangeError(`Cannot lift a window as hypotheses must be a whole number of at least 1: ${hypotheses}`);
  }
  const { camera, points } = networkInput(window);
  const found = await model.context.run({ points: { data: points, dims: [1, frames, JOINTS, 3] } });
  const pose = found["pose"]!.data;
  const features = repeatFrames(found["features"]!.data, frames, hypotheses);
  const depth = features.length / (frames * hypotheses * JOINTS);

  const state = new Float32Array(frames * hypotheses * JOINTS * CHANNELS);
  const anchor = new Float32Array(2 * state.length);
  const scale = 2 / camera.size;
  const kernels = JOINTS * settings.mixtures * KERNEL;
  for (let f = 0; f < frames; f++) {
    const mixtures = imageMixtures(
      points.subarray(f * JOINTS * 3, (f + 1) * JOINTS * 3),
      settings,
      window.heatmaps?.subarray(f * kernels, (f + 1) * kernels),
      scale,
    );
    const from = f * hypotheses * JOINTS * CHANNELS;
    const to = (f + 1) * hypotheses * JOINTS * CHANNELS;
    const place = { seed, person: window.person };
    const framePose = pose.subarray(f * JOINTS * 3, (f + 1) * JOINTS * 3);
    drawStart(
      mixtures,
      framePose,
      settings,
      place,
      hypotheses,
      state.subarray(from, to),
      anchor.subarray(2 * from, 2 * to),
    );
  }

  const batch = frames * hypotheses;
  const fixed = {
    anchor: { data: anchor, dims: [batch, JOINTS, 2 * CHANNELS] },
    features: { data: features, dims: [batch, JOINTS, depth] },
  };
  const clean = await sampleDdim(
    async (noisy, at) => {
      const step = { data: new Float32Array(batch).fill(at.index), dims: [batch] };
      const feeds = { state: { data: noisy, dims: [batch, JOINTS, CHANNELS] }, step, ...fixed };
      return (await model.denoise.run(feeds))["clean"]!.data;
    },
    state,
    schedule,
    { steps, prediction: settings.prediction, ...(signal === undefined ? {} : { signal }) },
  );
  return {
    hypotheses: toCameraAxes(camera, unwhiten(clean, anchor)),
    count: hypotheses,
    context: toCameraAxes(camera, pose),
  };
}

/** `[F, …]` to `[F, N, …]`. */
function repeatFrames(data: Float32Array, frames: number, times: number): Float32Array {
  if (times === 1) return data;
  const size = data.length / frames;
  const out = new Float32Array(data.length * times);
  for (let f = 0; f < frames; f++) {
    const part = data.subarray(f * size, (f + 1) * size);
    for (let n = 0; n < times; n++) out.set(part, (f * times + n) * size);
  }
  return out;
}

/** Whitened clean states to root-relative poses: `h_0 = mu + sigma w_0` (paper, section 4.2), xyz only. */
function unwhiten(clean: Float32Array, anchor: Float32Array): Float32Array {
  const poses = new Float32Array((clean.length / CHANNELS) * 3);
  for (let joint = 0; joint * CHANNELS < clean.length; joint++) {
    for (let c = 0; c < 3; c++) {
      const mean = anchor[joint * 2 * CHANNELS + 2 + c]!;
      const sigma = anchor[joint * 2 * CHANNELS + CHANNELS + 2 + c]!;
      poses[joint * 3 + c] = mean + sigma * clean[joint * CHANNELS + 2 + c]!;
    }
  }
  for (let root = 0; root < poses.length; root += JOINTS * 3) {
    const [x, y, z] = [poses[root]!, poses[root + 1]!, poses[root + 2]!];
    for (let i = root; i < root + JOINTS * 3; i += 3) {
      poses[i] = poses[i]! - x;
      poses[i + 1] = poses[i + 1]! - y;
      poses[i + 2] = poses[i + 2]! - z;
    }
  }
  return poses;
}
