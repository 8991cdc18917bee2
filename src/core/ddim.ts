/**
 * Denoising diffusion implicit models (Song, Meng, Ermon, 2021): one step, and the loop. Nothing here knows a model, a
 * skeleton or a picture: the state is a flat array whose meaning only the caller knows.
 *
 * @module
 */

import { checkShape } from "./errors.ts";
import type { Schedule } from "./schedule.ts";
import { checkStepList, stepIndices } from "./step_list.ts";

/** What the denoiser answers: the noise in the state, or the clean state. */
export type Prediction = "eps" | "x0";

/** Options of {@link ddimStep}. */
export interface DdimStepOptions {
  /** Share of the clean state's variance in the state now, in (0, 1]. */
  readonly alphaBar: number;
  /** That share after the step, from `alphaBar` to 1. 1 is the end: the result is the clean state. */
  readonly nextAlphaBar: number;
  /** What `predicted` holds. */
  readonly prediction: Prediction;
  /**
   * Share of fresh noise: 0 is deterministic, 1 is as random as the forward process.
   * @default {0}
   */
  readonly eta?: number;
  /** Standard normal numbers, as many as the state has. Needed where `eta` is above 0. */
  readonly noise?: Float32Array;
  /** Where to write; may be `state` itself. Default: a new array. */
  readonly out?: Float32Array;
}

/**
 * Moves a state to a less noisy step (paper file, section 7):
 * `clean = (state - sqrt(1 - a) eps) / sqrt(a)`, `sigma = eta sqrt((1 - a / b) (1 - b) / (1 - a))`,
 * `next = sqrt(b) clean + sqrt(1 - b - sigma^2) eps + sigma noise`, with a = `alphaBar`, b = `nextAlphaBar`. With
 * `"x0"` the same, as `eps = (state - sqrt(a) clean) / sqrt(1 - a)`.
 *
 * @param state The state now; not changed unless it is `out`.
 * @param predicted The denoiser's answer, as long as `state`.
 * @param options Shares, kind of prediction, fresh noise, an optional `out`.
 * @returns The state after the step.
 * @throws {ShapeError} If an array is not as long as `state`.
 * @throws {RangeError} If the shares do not satisfy 0 < alphaBar <= nextAlphaBar <= 1, or `eta` is outside [0, 1].
 * @throws {TypeError} If `eta` is above 0 and `noise` is missing.
 */
export function ddimStep(state: Float32Array, predicted: Float32Array, options: DdimStepOptions): Float32Array {
  const { alphaBar, nextAlphaBar, prediction, eta = 0, noise, out = new Float32Array(state.length) } = options;
  if (!(alphaBar > 0 && nextAlphaBar >= alphaBar && nextAlphaBar <= 1)) {
    throw new RangeError(
      `Cannot take a step as shares must satisfy 0 < alphaBar <= nextAlphaBar <= 1: ${alphaBar}, ${nextAlphaBar}`,
    );
  }
  if (!(eta >= 0 && eta <= 1)) throw new RangeError(`Cannot take a step as eta must lie within [0, 1]: ${eta}`);
  if (eta > 0 && noise === undefined) throw new TypeError(`Cannot take a step as eta above 0 needs noise: ${eta}`);
  for (const array of [predicted, out, noise ?? state]) checkShape("take a step", [state.length], array.length);

  const signal = Math.sqrt(alphaBar);
  const spread = Math.sqrt(1 - alphaBar);
  const nextSignal = Math.sqrt(nextAlphaBar);
  const sigma = spread === 0
    ? 0
    : eta * Math.sqrt(((1 - alphaBar / nextAlphaBar) * (1 - nextAlphaBar)) / (1 - alphaBar));
  const direction = Math.sqrt(Math.max(1 - nextAlphaBar - sigma * sigma, 0)); // Rounding may go below zero.
  // Either way the next state is a sum of the state, the answer and the noise.
  const isEps = prediction === "eps";
  const onState = isEps ? nextSignal / signal : spread === 0 ? 0 : direction / spread;
  const onPredicted = isEps ? direction - onState * spread : nextSignal - onState * signal;
  if (sigma === 0) {
    for (let i = 0; i < state.length; i++) out[i] = onState * state[i]! + onPredicted * predicted[i]!;
  } else {
    for (let i = 0; i < state.length; i++) {
      out[i] = onState * state[i]! + onPredicted * predicted[i]! + sigma * noise![i]!;
    }
  }
  return out;
}

/** Where the sampler stands. */
export interface DdimPosition {
  /** Position in the step list, from 0. */
  readonly position: number;
  /** How many steps the list has. */
  readonly count: number;
  /** Index into the schedule: the `k` that the network was trained with. */
  readonly index: number;
  /** `schedule.alphaBar[index]`. */
  readonly alphaBar: number;
  /** Share after this step; 1 at the last one. */
  readonly nextAlphaBar: number;
}

/**
 * A model as the sampler sees it: a function of the state. It must not change the state and must not keep it: the
 * sampler writes over it.
 */
export type Denoise = (state: Float32Array, at: DdimPosition) => Float32Array | Promise<Float32Array>;

/** Options of {@link sampleDdim}. */
export interface SampleDdimOptions {
  /**
   * How many steps, evenly spaced, or the list of their indices, noisiest first.
   * @default {5}
   */
  readonly steps?: number | readonly number[];
  /**
   * What the denoiser answers.
   * @default {"x0"}
   */
  readonly prediction?: Prediction;
  /**
   * Share of fresh noise in each step, 0..1.
   * @default {0}
   */
  readonly eta?: number;
  /** Fills an array with standard normal numbers for one step. Needed where `eta` is above 0. */
  readonly noise?: (out: Float32Array, at: DdimPosition) => void;
  /** Called after each step with the new state, which must not be changed or kept. */
  readonly onStep?: (state: Float32Array, at: DdimPosition) => void;
  /** Stops between steps. */
  readonly signal?: AbortSignal;
}

/**
 * Runs the reverse process from a noisy state to a clean one. A batch is one long state: every value moves alone.
 *
 * @param denoise The model.
 * @param start State at the first step of the list, any layout; not changed.
 * @param schedule The schedule that the model was trained with.
 * @param options Steps, kind of prediction, randomness, progress, stop.
 * @returns The clean state, as long as `start`.
 * @throws {RangeError} If steps or `eta` are out of range.
 * @throws {TypeError} If `eta` is above 0 and `noise` is missing.
 * @throws {ShapeError} If the denoiser's answer is not as long as the state.
 * @throws The reason of `signal`, once it is aborted.
 *
 * @example A denoiser that knows the answer ends on it
 * ```ts
 * import { sampleDdim } from "./ddim.ts";
 * import { cosineSchedule } from "./schedule.ts";
 * import assert from "node:assert/strict";
 *
 * const clean = Float32Array.of(0.5, -1);
 * const found = await sampleDdim(() => clean, Float32Array.of(2, 2), cosineSchedule(50), { steps: 5 });
 * assert.deepEqual(found, clean);
 * ```
 */
export async function sampleDdim(
  denoise: Denoise,
  start: Float32Array,
  schedule: Schedule,
  options: SampleDdimOptions = {},
): Promise<Float32Array> {
  const { steps = 5, prediction = "x0", eta = 0, noise, onStep, signal } = options;
  const list = typeof steps === "number" ? stepIndices(schedule, steps) : checkStepList(schedule, steps);
  if (eta > 0 && noise === undefined) throw new TypeError(`Cannot sample as eta above 0 needs noise: ${eta}`);
  const state = start.slice();
  const fresh = eta > 0 ? new Float32Array(state.length) : undefined;
  for (const [position, index] of list.entries()) {
    signal?.throwIfAborted();
    const next = list[position + 1];
    const at: DdimPosition = {
      position,
      count: list.length,
      index,
      alphaBar: schedule.alphaBar[index]!,
      nextAlphaBar: next === undefined ? 1 : schedule.alphaBar[next]!,
    };
    const predicted = await denoise(state, at);
    if (fresh !== undefined) noise!(fresh, at);
    ddimStep(state, predicted, {
      alphaBar: at.alphaBar,
      nextAlphaBar: at.nextAlphaBar,
      prediction,
      eta,
      ...(fresh === undefined ? {} : { noise: fresh }),
      out: state,
    });
    onStep?.(state, at);
  }
  signal?.throwIfAborted();
  return state;
}
