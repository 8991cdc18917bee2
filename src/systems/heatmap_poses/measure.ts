/**
 * What a person in a frame costs on this device.
 *
 * @module
 */
import type { Session, Tensor } from "../../runtime/session.ts";
import type { Effort, EffortCosts } from "./effort.ts";
import { FEATURES, type FrameFeatures, readFeatures, SIDE } from "./crop_features.ts";

/** Options of {@link measureCosts}. */
export interface MeasureCostsOptions {
  /** Backbone passes a person and frame that the window waits for. */
  readonly passes: number;
  /** Backbone passes that are made at the same time as encoder and decoder run. @default {0} */
  readonly besides?: number;
  /** Times each part is timed after a first run that is not counted; the fastest one counts. @default {3} */
  readonly rounds?: number;
  /** A clock, milliseconds. @default {performance.now} */
  readonly now?: () => number;
}

/** Sets of the largest of the three runs that are timed. */
const MANY_SETS = 4;

/**
 * Times the graphs on a grey picture. Takes a second or two.
 *
 * @param estimate What is timed: one person, from the features of a crop, with a number of steps and sets.
 * @param backbone Graph `person` of the pack `movenet-thunder`.
 * @param options How many backbone passes a person and frame takes.
 */
export async function measureCosts(
  estimate: (features: FrameFeatures, effort: Effort) => Promise<unknown>,
  backbone: Session,
  options: MeasureCostsOptions,
): Promise<EffortCosts> {
  const { passes, besides = 0, rounds = 3, now = () => performance.now() } = options;
  const fastest = async (work: () => Promise<unknown>): Promise<number> => {
    await work();
    let least = Infinity;
    for (let round = 0; round < rounds; round++) {
      const started = now();
      await work();
      least = Math.min(least, now() - started);
    }
    return least;
  };
  const data = new Float32Array(3 * SIDE * SIDE).fill(128);
  let seen: Record<string, Tensor> = {};
  const pass = await fastest(async () => {
    seen = await backbone.run({ image: { data, dims: [1, 3, SIDE, SIDE] } });
  });
  const joints = new Float32Array(FEATURES.heatmaps[1] * 3); // Anywhere: some packs want them.
  const features: FrameFeatures = { ...readFeatures(seen, [0, 0, SIDE]), joints };
  const time = (steps: number, sets: number): Promise<number> => fastest(() => estimate(features, { steps, sets }));
  const [one, two, many] = [await time(1, 1), await time(2, 1), await time(2, MANY_SETS)];
  const set = Math.max((many - two) / (2 * (MANY_SETS - 1)), 0);
  const run = Math.max(two - one - set, 0);
  return { fixed: passes * pass, beside: besides * pass, encode: Math.max(one - run - set, 0), run, set };
}
