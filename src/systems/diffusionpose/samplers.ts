/**
 * Both samplers (paper section RDP). They know the decoder as a function. A batch is one long state, in which every person and
 * hypothesis moves alone.
 *
 * @module
 */
import { sampleDdim } from "../../core/ddim.ts";
import { diffuse } from "../../core/diffuse.ts";
import { stepIndices } from "../../core/step_list.ts";
import { type Decode, jointsIn } from "./decoder.ts";
import type { StillSettings } from "./settings.ts";
import type { StillFeed } from "./types.ts";

/** Options of both samplers. */
export interface SamplerOptions {
  /** How many steps, from 1. */
  readonly steps: number;
  /** Stops between two steps. */
  readonly signal?: AbortSignal | undefined;
}

/** Options of {@link sampleFeedback}. */
export interface FeedbackOptions extends SamplerOptions {
  /** What is fed. */
  readonly fed: StillFeed;
}

/** Options of {@link sampleCoordinates}. */
export interface CoordinatesOptions extends SamplerOptions {
  /** Standard normal numbers, `[N, J, 2]`: a start for each hypothesis. */
  readonly noise: Float32Array;
  /** t at which the coarse joints are noised to begin with. Without it the noise alone is the beginning, at the last t. */
  readonly startTime?: number | undefined;
}

/**
 * The steps of feedback: t - 1 for each t = round(linspace(start, 1, steps)), halves up.
 *
 * @param steps How many, from 1 to `start`.
 * @param start First t.
 * @throws {RangeError} If `steps` is out of range.
 */
export function feedbackSteps(steps: number, start: number): number[] {
  if (!Number.isSafeInteger(steps) || steps < 1 || steps > start) {
    throw new RangeError(`Cannot choose steps as there must be a whole number from 1 to ${start}: ${steps}`);
  }
  return Array.from(
    { length: steps },
    (_, i) => Math.floor(start + (1 - start) * i / Math.max(steps - 1, 1) + 0.5) - 1,
  );
}

/**
 * Sampler A: the last answer, first the coarse heatmaps, is decoded with masks of its joints: as it is, or its joints drawn
 * again. No chance in it.
 *
 * @param decode The decoder.
 * @param coarse Heatmaps of the convolution head, `[N, J, cells, cells]`; not changed.
 * @param settings The pack's settings.
 * @param options Steps, what is fed, signal.
 * @returns Heatmaps `[N, J, cells, cells]`, not clipped.
 */
export async function sampleFeedback(
  decode: Decode,
  coarse: Float32Array,
  settings: StillSettings,
  options: FeedbackOptions,
): Promise<Float32Array> {
  let heatmaps = coarse;
  for (const step of feedbackSteps(options.steps, settings.startTime)) {
    options.signal?.throwIfAborted();
    heatmaps = await decode(jointsIn(heatmaps, settings), step, options.fed === "drawn" ? "there" : heatmaps);
  }
  options.signal?.throwIfAborted();
  return heatmaps;
}

/**
 * Sampler B: DDIM on joint coordinates, -1..1 over the grid times zeta. In each step all joints are drawn, and masked where
 * the last answer had them.
 *
 * @param decode The decoder.
 * @param coarse Heatmaps of the convolution head, `[N, J, cells, cells]`; not changed.
 * @param settings The pack's settings.
 * @param options Steps, starts, signal.
 * @returns Heatmaps `[N, J, cells, cells]` of the last step, not clipped.
 */
export async function sampleCoordinates(
  decode: Decode,
  coarse: Float32Array,
  settings: StillSettings,
  options: CoordinatesOptions,
): Promise<Float32Array> {
  const { steps, noise, startTime, signal } = options;
  const { schedule, scale, cells } = settings;
  let joints = jointsIn(coarse, settings);
  let heatmaps = coarse;
  const start = startTime === undefined
    ? noise
    : diffuse(toState(joints, scale, cells), noise, { alphaBar: schedule.alphaBar[startTime - 1]! });
  const list = stepIndices(schedule, steps, startTime === undefined ? {} : { start: startTime });
  await sampleDdim(
    async (state, { index }) => {
      heatmaps = await decode(toJoints(state, joints, scale, cells), index, "all");
      joints = jointsIn(heatmaps, settings);
      return toState(joints, scale, cells);
    },
    start,
    schedule,
    { steps: list, prediction: "x0", ...(signal === undefined ? {} : { signal }) },
  );
  return heatmaps;
}

/** Joints in cells, `[…, 3]`, as a clean state, `[…, 2]`; those that are not there lie in the middle. */
function toState(joints: Float32Array, scale: number, cells: number): Float32Array {
  const state = new Float32Array(joints.length / 3 * 2);
  for (let from = 0, to = 0; from < joints.length; from += 3, to += 2) {
    if (!(joints[from + 2]! > 0)) continue;
    state[to] = scale * (2 * joints[from]! / cells - 1);
    state[to + 1] = scale * (2 * joints[from + 1]! / cells - 1);
  }
  return state;
}

/** Where a state is drawn, clamped to the grid; which joints are there is taken from `last`. */
function toJoints(state: Float32Array, last: Float32Array, scale: number, cells: number): Float32Array {
  const joints = last.slice();
  for (let from = 0, to = 0; to < joints.length; from += 2, to += 3) {
    for (let axis = 0; axis < 2; axis++) {
      const value = Math.min(Math.max(state[from + axis]!, -scale), scale) / scale;
      joints[to + axis] = (value + 1) / 2 * cells;
    }
  }
  return joints;
}
