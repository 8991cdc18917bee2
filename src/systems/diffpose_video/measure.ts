/**
 * What a person in a frame costs on this device.
 *
 * @module
 */
import type { Session, Tensor } from "../../runtime/session.ts";
import type { EffortCosts } from "./effort.ts";
import { type FrameFeatures, readFeatures, SIDE } from "./features.ts";
import type { DiffposeVideo } from "./open.ts";

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

/** Sets of the larger of the two windows that are timed. */
const MANY_SETS = 4;

/**
 * Times the graphs on a grey picture. Takes a second or two.
 *
 * @param system An opened DiffPose-Video pack.
 * @param backbone Graph `person` of the pack `movenet-thunder`.
 * @param options How many backbone passes a person and frame takes.
 */
export async function measureCosts(
  system: Pick<DiffposeVideo, "settings" | "estimate">,
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
  const features: FrameFeatures = readFeatures(seen, [0, 0, SIDE]);
  const window = { person: 0, frame: 0, features: Array(system.settings.frames).fill(features) as FrameFeatures[] };
  const time = (steps: number, sets: number): Promise<number> =>
    fastest(() => system.estimate(window, { steps, sets }));
  const [one, two, many] = [await time(1, 1), await time(2, 1), await time(2, MANY_SETS)];
  const set = Math.max((many - two) / (2 * (MANY_SETS - 1)), 0);
  const run = Math.max(two - one - set, 0);
  return { fixed: passes * pass, beside: besides * pass, encode: Math.max(one - run - set, 0), run, set };
}
