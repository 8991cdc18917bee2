/**
 * Where the sampler of official mode starts: the lifter's pose as it is, or with noise.
 *
 * @module
 */
import { diffuse } from "../../core/diffuse.ts";
import { pickKernel } from "../../core/mixture.ts";
import { fillNormal } from "../../core/normal.ts";
import { createRng, type RngKey } from "../../core/rng.ts";
import type { OfficialSettings } from "./official_settings.ts";
import { type ScreenSize, toScreen } from "./screen.ts";
import { CHANNELS, JOINTS, KERNEL } from "./settings.ts";

const NOISE_STREAM = 0;
const KERNEL_STREAM = 1;

/** 2D points of one person over F frames. */
export interface OfficialWindow extends ScreenSize {
  /** Identity, for the random numbers. */
  readonly person: number;
  /** Index of each frame in the source, `[F]`, for the random numbers. */
  readonly frames: readonly number[];
  /** Human3.6M points, `[F, 17, 2]`, px. Every joint must be there: the authors' networks know no missing ones. */
  readonly points: Float32Array;
  /**
   * Where the detector may be wrong, `[F, 17, M, 5]`: weight, mean u and v (px), noise scale of u and v (screen units,
   * before the factor `sqrt(1 - alphaBar)`). For `sampled` only. Default: one kernel at the point with the pack's scale.
   */
  readonly mixtures?: Float32Array;
}

/** Options of {@link officialStart}. */
export interface OfficialStartOptions {
  /** Poses a frame, N. */
  readonly hypotheses: number;
  /** Adds noise of the first step's level. */
  readonly sampled: boolean;
  /** First step of the list. */
  readonly step: number;
  /** Seed of the run. */
  readonly seed: number;
}

/**
 * States at the first step.
 *
 * @param window The window.
 * @param screen Its points in screen coordinates, `[F, 17, 2]`.
 * @param pose The lifter's answer, `[F, 17, 3]`, metres.
 * @param settings The pack's settings.
 * @param options How many, with or without noise.
 * @returns `[F, N, 17, 5]`: u, v, x, y, z.
 */
export function officialStart(
  window: OfficialWindow,
  screen: Float32Array,
  pose: Float32Array,
  settings: OfficialSettings,
  options: OfficialStartOptions,
): Float32Array {
  const { hypotheses, sampled, step, seed } = options;
  const size = JOINTS * CHANNELS;
  const states = new Float32Array(window.frames.length * hypotheses * size);
  for (const [f, frame] of window.frames.entries()) {
    for (let n = 0; n < hypotheses; n++) {
      const state = states.subarray((f * hypotheses + n) * size, (f * hypotheses + n + 1) * size);
      joinState(state, screen.subarray(f * JOINTS * 2), pose.subarray(f * JOINTS * 3));
      if (sampled) addNoise(state, window, f, settings, step, { seed, person: window.person, frame, hypothesis: n });
    }
  }
  return states;
}

function joinState(out: Float32Array, screen: Float32Array, pose: Float32Array): void {
  for (let joint = 0; joint < JOINTS; joint++) {
    out.set(screen.subarray(joint * 2, joint * 2 + 2), joint * CHANNELS);
    out.set(pose.subarray(joint * 3, joint * 3 + 3), joint * CHANNELS + 2);
  }
}

/** Moves a clean start to the noise level of the first step, in place: the line that the authors left commented out. */
function addNoise(
  state: Float32Array,
  window: OfficialWindow,
  f: number,
  settings: OfficialSettings,
  step: number,
  place: RngKey,
): void {
  const noise = fillNormal(new Float32Array(state.length), createRng({ ...place, stream: NOISE_STREAM }));
  const scale = Float32Array.from(noise, (_, i) => settings.noiseScale[i % CHANNELS]!);
  if (window.mixtures !== undefined) {
    const size = window.mixtures.length / (window.frames.length * JOINTS);
    const uniform = createRng({ ...place, stream: KERNEL_STREAM });
    for (let joint = 0; joint < JOINTS; joint++) {
      const kernels = window.mixtures.subarray((f * JOINTS + joint) * size, (f * JOINTS + joint + 1) * size);
      const chosen = KERNEL * pickKernel(kernels.filter((_, i) => i % KERNEL === 0), uniform.nextUniform());
      state.set(toScreen(kernels.subarray(chosen + 1, chosen + 3), window), joint * CHANNELS);
      scale.set(kernels.subarray(chosen + 3, chosen + 5), joint * CHANNELS);
    }
  }
  const alphaBar = settings.schedule.alphaBar[step]!;
  diffuse(state, noise.map((value, i) => value * scale[i]!), { alphaBar, out: state });
}
