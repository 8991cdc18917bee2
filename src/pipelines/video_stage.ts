/**
 * The second look of DiffPose-Video: heatmaps of each person from the window of frames around the key frame.
 *
 * @module
 */
import type { Frame } from "../media/frame.ts";
import type { Session } from "../runtime/session.ts";
import type { DiffposeVideo, FeatureCache, VideoEstimate } from "../systems/diffpose_video/mod.ts";
import { featuresOf, type FrameFeatures, type Square, squareAround } from "../systems/heatmap_poses/mod.ts";
import { nextBox } from "../systems/movenet/mod.ts";
import type { DetectedPerson } from "./detected.ts";
import { sampledPerson } from "./sampled_person.ts";
import type { WindowPerson, WindowStage } from "./window_queue.ts";

/** Options of {@link createVideoStage}. */
export interface VideoStageOptions {
  /** DDIM steps. */
  readonly steps: number;
  /** Pose sets. */
  readonly sets: number;
  /** Seed of the run. */
  readonly seed: number;
  /** Kernels a joint in the mixtures; 0 makes none. */
  readonly mixtures: number;
  /**
   * Frames a second of the clip. In faster clips than those of training, a window takes frames that are further apart.
   * @default {settings.fps}
   */
  readonly fps?: number;
  /** Features of frames, for as long as a window needs them; a finder may fill it too. One for each clip. */
  readonly features: FeatureCache;
  /** Windows that may be under way at a time, see {@link WindowStage.ahead}. @default {1} */
  readonly ahead?: number;
  /** Stops between two steps. */
  readonly signal?: AbortSignal;
}

/**
 * Makes the second look. A person with a square of their own is seen through it in all frames of the window; others
 * through the square about their box in the key frame (paper, 25 % larger than the box).
 *
 * @param system An opened DiffPose-Video pack.
 * @param backbone Graph `person` of the pack `movenet-thunder`.
 * @param options How to sample.
 */
export function createVideoStage(
  system: Pick<DiffposeVideo, "settings" | "estimate">,
  backbone: Session,
  options: VideoStageOptions,
): WindowStage {
  const { settings } = system;
  const { features: cache, mixtures, fps = settings.fps, ahead = 1, ...sampling } = options;
  /** Passes that are under way: two windows may want the same one at a time. */
  const passes = new Map<string, Promise<FrameFeatures>>();
  /** First frames of the windows that are under way. */
  const underWay: number[] = [];
  const pass = async (frame: Frame, square: Square): Promise<FrameFeatures> => {
    const features = await featuresOf(backbone, frame, square, { joints: settings.centre !== null });
    cache.set(frame.index, features);
    return features;
  };
  const look = async (frame: Frame, square: Square): Promise<FrameFeatures> => {
    const kept = cache.get(frame.index, square);
    if (kept !== undefined) return kept;
    const name = [frame.index, ...square].join();
    const started = passes.get(name) ?? pass(frame, square);
    passes.set(name, started);
    try {
      return await started;
    } finally {
      passes.delete(name);
    }
  };
  return {
    radius: (settings.frames - 1) / 2,
    stride: windowStride(fps, settings.fps),
    ahead,
    async estimate(
      key: Frame,
      frames: readonly Frame[],
      people: readonly WindowPerson[],
    ): Promise<readonly DetectedPerson[]> {
      const found: DetectedPerson[] = [];
      const first = frames[0]!.index;
      underWay.push(first);
      for (const [person, { box, keypoints, crop }] of people.entries()) {
        const square = crop ?? squareAround(nextBox(Float32Array.from(keypoints)) ?? box, settings.padding);
        const features: FrameFeatures[] = [];
        for (const frame of frames) features.push(await look(frame, square));
        // Identities are given later: the position in the frame tells the people's random numbers apart.
        const estimate = await system.estimate({ person, frame: key.index, features }, sampling);
        found.push(detectedPerson(estimate, box, mixtures, settings.targetSigma));
      }
      // A later window begins after this one's first frame, or at the clip's first frame as this one does. An earlier one
      // that takes longer still wants its own.
      cache.forget(Math.min(...underWay));
      underWay.splice(underWay.indexOf(first), 1);
      return found;
    },
  };
}

/**
 * From one frame of a window to the next, so that they are as far apart in time as in training.
 *
 * @param fps Frames a second of the clip, above 0.
 * @param trained Frames a second of the clips of training.
 * @returns The nearest whole number, at least 1: slower clips cannot be helped.
 */
export function windowStride(fps: number, trained: number): number {
  return Math.max(1, Math.round(fps / trained));
}

function detectedPerson(
  estimate: VideoEstimate,
  box: WindowPerson["box"],
  mixtures: number,
  blur: number,
): DetectedPerson {
  const { keypoints, sigma } = estimate;
  let score = 0;
  for (let i = 2; i < keypoints.length; i += 3) score += keypoints[i]! / sigma.length;
  return sampledPerson(estimate, { box, score, mixtures, blur });
}
