/**
 * What DiffusionPose is asked, and what it answers.
 *
 * @module
 */
import type { Session } from "../../runtime/session.ts";
import type { FrameFeatures, SetsReading, Square } from "../heatmap_poses/mod.ts";
import type { StillSettings } from "./settings.ts";

/** How heatmaps are generated (paper section RDP). */
export type StillSampler = "feedback" | "coordinates";
/**
 * What `feedback` feeds the decoder: the last answer's joints drawn as Gaussians, or its heatmaps as they are. The masks are
 * those of its joints either way.
 */
export type StillFeed = "drawn" | "answered";
/** Where the sampler of coordinates begins: at the coarse heatmaps' joints with noise, or at noise alone. */
export type StillStart = "coarse" | "noise";

/** Somebody in a picture. */
export interface StillPerson {
  /**
   * Key of their random numbers, below 2^32: the same key, features and options give the same answer, whoever else is in
   * the call.
   */
  readonly person: number;
  /** Index of the picture in its source, part of that key, below 2^32. @default {0} */
  readonly frame?: number;
  /** Features of a crop around them; with `joints` where the pack's `settings.centre` is a number. */
  readonly features: FrameFeatures;
}

/** Options of `estimateStills`. */
export interface StillOptions {
  /** Steps, from 0 (the coarse heatmaps of the convolution head alone). Default: the pack's. */
  readonly steps?: number;
  /** Hypotheses a person: sampled from starts of their own, and averaged. Default: the pack's. */
  readonly hypotheses?: number;
  /**
   * `feedback` has no chance in it, so it has one hypothesis; `coordinates` is DDIM on joint coordinates.
   * Default: `coordinates` where there are several hypotheses, else the pack's.
   */
  readonly sampler?: StillSampler;
  /** What feedback feeds. Default: the pack's. */
  readonly fed?: StillFeed;
  /** Where the sampler of coordinates begins; feedback always begins at the coarse heatmaps. @default {"coarse"} */
  readonly start?: StillStart;
  /** Seed of the run. @default {0} */
  readonly seed?: number;
  /** At most so many people in one run of the encoder, and people times hypotheses in one run of the decoder. @default {8} */
  readonly batch?: number;
  /** Stops between two steps. */
  readonly signal?: AbortSignal;
}

/**
 * One person's pose, of J joints in the order of the pack's layout. Keypoints and sigma are in pixels of the picture;
 * `setKeypoints` are those of each hypothesis.
 */
export interface StillEstimate extends SetsReading {
  /** How sure the pose is: the mean of the joints' scores above 0.2; 0 when none is (paper file, section 4). Times the score of
   * the box, the score by which poses are ranked and duplicates suppressed. */
  readonly score: number;
  /** Joints of the convolution head, where the sampler began, `[J, 3]`: x, y in pixels of the picture, score. */
  readonly coarseKeypoints: Float32Array;
  /** Cells of a heatmap. */
  readonly grid: { readonly height: number; readonly width: number };
  /** Where the heatmaps lie in the picture. */
  readonly square: Square;
  /** How many hypotheses were sampled, M. */
  readonly hypotheses: number;
}

/** The parts of an opened pack that stills need. */
export interface StillModel {
  /** Checked settings of the manifest. */
  readonly settings: StillSettings;
  /** Graph `encode`: features of crops -> coarse heatmaps and maps for the decoder. */
  readonly encode: Session;
  /** Graph `denoise`: noisy heatmaps, masks, step and these maps -> clean heatmaps. */
  readonly denoise: Session;
}
