/**
 * Official mode: the authors' evaluation of their published checkpoints as a pure function of a window (paper file,
 * section 8). A lifter gives a first pose; `[u, v, x, y, z]` of every joint is taken, without noise, as the state at the
 * first step of a short step list, and walked to the end with eta 0.
 *
 * @module
 */
import { sampleDdim } from "../../core/ddim.ts";
import { checkShape, InputError } from "../../core/errors.ts";
import type { Session } from "../../runtime/session.ts";
import { h36m17, mirrorPose } from "../../skeleton/mod.ts";
import type { OfficialSettings } from "./official_settings.ts";
import { officialStart, type OfficialWindow } from "./official_start.ts";
import { fromScreen, toScreen } from "./screen.ts";
import { CHANNELS, JOINTS, KERNEL } from "./settings.ts";

/** Options of {@link liftOfficial}. */
export interface OfficialOptions {
  /**
   * Starts from the pose with noise, as the paper means it, instead of the bare pose, as the code does.
   * @default {false}
   */
  readonly sampled?: boolean;
  /**
   * Poses a frame, N. More than one only makes sense with `sampled`.
   * @default {1}
   */
  readonly hypotheses?: number;
  /** Steps, noisiest first. Default: the pack's list. */
  readonly stepList?: readonly number[];
  /** Seed of the run. @default {0} */
  readonly seed?: number;
  /** Stops between two steps. */
  readonly signal?: AbortSignal;
}

/** What {@link liftOfficial} finds. */
export interface OfficialEstimate {
  /** `[F, N, 17, 3]` metres, camera axes (x right, y down, z forward), relative to the pelvis. */
  readonly hypotheses: Float32Array;
  /** N. */
  readonly count: number;
  /** The lifter's pose before diffusion, `[F, 17, 3]`, same axes, relative to the pelvis. */
  readonly context: Float32Array;
  /** The 2D points after diffusion, `[F, N, 17, 2]`, px. */
  readonly points: Float32Array;
}

/** The parts of an opened pack that a window needs. */
export interface OfficialModel {
  /** Checked settings of the manifest. */
  readonly official: OfficialSettings;
  /** Graph `context`: points -> pose. */
  readonly context: Session;
  /** Graph `denoise`: state, step -> noise. */
  readonly denoise: Session;
}

/**
 * Lifts a window as the authors' evaluation does. Pure: the same window, options and model give the same bytes on WASM.
 * With 8-bit weights the frames of a window share their ranges, so the window is part of the answer.
 *
 * @param model An opened pack in official mode.
 * @param window 2D points over F frames: exactly the pack's number for video, any number for frame.
 * @param options Sampling, seed, steps, signal.
 * @returns N poses a frame.
 * @throws {ShapeError} If an array does not fit the window, or the window not the pack.
 * @throws {InputError} If a point is missing or the picture has no size.
 * @throws {RangeError} If `hypotheses` is not a whole number from 1, or above 1 without `sampled`.
 */
export async function liftOfficial(
  model: OfficialModel,
  window: OfficialWindow,
  options: OfficialOptions = {},
): Promise<OfficialEstimate> {
  const { official: settings } = model;
  const { sampled = false, hypotheses: count = 1, stepList = settings.stepList, seed = 0, signal } = options;
  checkOptions(count, sampled);
  checkWindow(window, settings);
  const frames = window.frames.length;
  const screen = toScreen(window.points, window);
  const lifted = await liftPoints(model, screen, frames);
  const context = centred(lifted, 3);
  const pose = settings.centredStart ? context : lifted;

  const start = { hypotheses: count, sampled, step: stepList[0] ?? 0, seed };
  const state = officialStart(window, screen, pose, settings, start);
  const batch = frames * count;
  const clean = await sampleDdim(
    async (noisy, at) => {
      const step = { data: new Float32Array(batch).fill(at.index), dims: [batch] };
      return (await model.denoise.run({ state: { data: noisy, dims: [batch, JOINTS, CHANNELS] }, step }))["noise"]!
        .data;
    },
    state,
    settings.schedule,
    { steps: stepList, prediction: "eps", eta: 0, ...(signal === undefined ? {} : { signal }) },
  );
  return {
    hypotheses: centred(channels(clean, 2, 3), 3),
    count,
    context,
    points: fromScreen(channels(clean, 0, 2), window),
  };
}

function checkOptions(count: number, sampled: boolean): void {
  if (!Number.isSafeInteger(count) || count < 1) {
    throw new RangeError(`Cannot lift a window as hypotheses must be a whole number of at least 1: ${count}`);
  }
  if (count > 1 && !sampled) {
    throw new RangeError(
      `Cannot lift a window as hypotheses must be 1 without \`sampled\`, since all would start alike and end alike: ${count}`,
    );
  }
}

function checkWindow(window: OfficialWindow, settings: OfficialSettings): void {
  const { frames, points, width, height, mixtures } = window;
  if (settings.kind === "video") checkShape("lift a window", [settings.frames], frames.length);
  checkShape("lift a window", [Math.max(frames.length, 1), JOINTS, 2], points.length);
  if (!(width > 0 && height > 0 && Number.isFinite(width + height))) {
    throw new InputError("window", "width and height must be above 0 px", `${width} x ${height}`);
  }
  const bad = points.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    const joint = Math.floor(bad / 2) % JOINTS;
    const frame = frames[Math.floor(bad / (2 * JOINTS))]!;
    throw new InputError("window", "official mode needs every joint", `joint ${joint} of frame ${frame} is missing`);
  }
  if (mixtures === undefined) return;
  const kernels = Math.max(Math.round(mixtures.length / (frames.length * JOINTS * KERNEL)), 1);
  checkShape("lift a window", [frames.length, JOINTS, kernels, KERNEL], mixtures.length);
}

/** The lifter's answer, `[F, 17, 3]`; averaged with its answer to the mirrored points where the pack asks for it. */
async function liftPoints(
  { official, context }: OfficialModel,
  screen: Float32Array,
  frames: number,
): Promise<Float32Array> {
  const windows = frames / official.frames;
  const dims = [official.flipAverage ? 2 * windows : windows, official.frames, JOINTS, 2];
  const data = official.flipAverage ? new Float32Array([...screen, ...mirrored(screen, 2)]) : screen;
  const pose = (await context.run({ points: { data, dims } }))["pose"]!.data;
  if (!official.flipAverage) return pose;
  const straight = pose.subarray(0, pose.length / 2);
  const other = mirrored(pose.subarray(pose.length / 2), 3);
  return straight.map((value, i) => (value + other[i]!) / 2);
}

/** Every pose in a mirror: the first channel negated, sides swapped. */
function mirrored(poses: Float32Array, channels: number): Float32Array {
  const out = new Float32Array(poses.length);
  for (let from = 0; from < poses.length; from += JOINTS * channels) {
    const to = from + JOINTS * channels;
    mirrorPose(poses.subarray(from, to), h36m17, { channels, out: out.subarray(from, to) });
  }
  return out;
}

/** Poses with the root at zero, a new array. */
function centred(poses: Float32Array, channels: number): Float32Array {
  const size = JOINTS * channels;
  return poses.map((value, i) => value - poses[i - i % size + i % channels]!);
}

/** `count` channels of every joint, from channel `from`. */
function channels(states: Float32Array, from: number, count: number): Float32Array {
  const out = new Float32Array((states.length / CHANNELS) * count);
  for (let i = 0; i < out.length; i++) out[i] = states[Math.floor(i / count) * CHANNELS + from + i % count]!;
  return out;
}
