/**
 * Options of a call, with the pack's own where the caller does not say, checked.
 *
 * @module
 */
import type { StillSettings } from "./settings.ts";
import type { StillFeed, StillOptions, StillSampler, StillStart } from "./types.ts";

/** How people are sampled. */
export interface StillPlan {
  /** Steps, from 0. */
  readonly steps: number;
  /** Hypotheses a person. */
  readonly hypotheses: number;
  /** Which sampler. */
  readonly sampler: StillSampler;
  /** What feedback feeds. */
  readonly fed: StillFeed;
  /** Where it begins. */
  readonly start: StillStart;
  /** Seed of the run. */
  readonly seed: number;
  /** Most states in one run of a graph. */
  readonly batch: number;
  /** Stops between two steps. */
  readonly signal: AbortSignal | undefined;
}

/**
 * Fills in and checks options.
 *
 * @throws {RangeError} If one is out of range, or one does not go with another.
 */
export function resolveOptions(settings: StillSettings, options: StillOptions): StillPlan {
  const { steps = settings.defaultSteps, hypotheses = settings.defaultHypotheses, seed = 0, batch = 8 } = options;
  const { sampler = hypotheses > 1 ? "coordinates" : settings.defaultSampler, start = "coarse", signal } = options;
  const { fed = settings.defaultFed } = options;
  for (
    const [name, value, least] of [["hypotheses", hypotheses, 1], ["batch", batch, 1], ["steps", steps, 0]] as const
  ) {
    if (!Number.isSafeInteger(value) || value < least) {
      throw new RangeError(`Cannot estimate stills as ${name} must be a whole number of at least ${least}: ${value}`);
    }
  }
  const random = sampler === "coordinates" && steps > 0;
  if (hypotheses > 1 && !random) {
    const why = steps === 0 ? "no step" : "the sampler feedback";
    throw new RangeError(`Cannot estimate stills as ${why} gives one hypothesis only: ${hypotheses}`);
  }
  if (start === "noise" && !random) {
    throw new RangeError(`Cannot estimate stills as only the sampler coordinates starts from noise: ${sampler}`);
  }
  if (options.fed === "answered" && sampler !== "feedback") {
    throw new RangeError(`Cannot estimate stills as only the sampler feedback is fed with answers: ${sampler}`);
  }
  const most = start === "noise" ? settings.schedule.alphaBar.length : settings.startTime;
  if (steps > most) {
    throw new RangeError(`Cannot estimate stills as there must be at most ${most} steps: ${steps}`);
  }
  return { steps, hypotheses, sampler, fed, start, seed, batch, signal };
}
