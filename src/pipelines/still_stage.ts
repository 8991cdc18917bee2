/**
 * The second look of DiffusionPose: heatmaps of each person of a still by structure-guided diffusion.
 *
 * @module
 */
import type { Frame } from "../media/frame.ts";
import type { DiffusionPose, StillSampler } from "../systems/diffusionpose/mod.ts";
import type { DetectedPerson } from "./detected.ts";
import { sampledPerson } from "./sampled_person.ts";
import type { StillSight, StillStage } from "./still_people.ts";

/** Options of {@link createStillStage}. */
export interface StillStageOptions {
  /** Steps; 0 takes the convolution head's answer. */
  readonly steps: number;
  /** Hypotheses a person. */
  readonly hypotheses: number;
  /** How they are sampled. */
  readonly sampler: StillSampler;
  /** Seed of the run. */
  readonly seed: number;
  /** Kernels a joint in the mixtures; 0 makes none. */
  readonly mixtures: number;
  /** At most so many people in one run. @default {8} */
  readonly batch?: number;
  /** So many batches may be under way at a time. @default {1} */
  readonly ahead?: number;
  /** Stops between two steps. */
  readonly signal?: AbortSignal;
}

/**
 * Makes the second look.
 *
 * @param system An opened DiffusionPose pack with the joints of COCO.
 * @param options How to sample.
 */
export function createStillStage(
  system: Pick<DiffusionPose, "settings" | "estimate">,
  options: StillStageOptions,
): StillStage {
  const { mixtures, batch = 8, ahead = 1, ...sampling } = options;
  const { padding, targetSigma } = system.settings;
  return {
    padding,
    batch,
    ahead,
    async estimate(frame: Frame, people: readonly StillSight[]): Promise<readonly DetectedPerson[]> {
      const asked = people.map(({ person, features }) => ({ person, frame: frame.index, features }));
      const estimates = await system.estimate(asked, { ...sampling, batch });
      return estimates.map((estimate, i) => {
        const { box, score } = people[i]!.place;
        return sampledPerson(estimate, { box, score: score * estimate.score, mixtures, blur: targetSigma });
      });
    },
  };
}
