/**
 * DiffPose-Video: heatmaps of a key frame by diffusion, from a window of frames (Feng et al., ICCV 2023).
 *
 * @module
 */
export {
  chooseEffort,
  type Effort,
  type EffortChoice,
  type EffortCosts,
  type EffortRequest,
  EFFORTS,
} from "./effort.ts";
export { createFeatureCache, type FeatureCache } from "./feature_cache.ts";
export {
  featuresOf,
  type FrameFeatures,
  readFeatures,
  roundSquare,
  type Square,
  squareAround,
  squareTransform,
} from "./features.ts";
export { measureCosts, type MeasureCostsOptions } from "./measure.ts";
export { type DiffposeVideo, openDiffposeVideo } from "./open.ts";
export type { SetsReading } from "./read_sets.ts";
export { readVideoSettings, type VideoSettings } from "./settings.ts";
export { trackSquare } from "./track_square.ts";
export {
  drawNoise,
  estimateHeatmaps,
  type VideoEstimate,
  type VideoModel,
  type VideoOptions,
  type VideoWindow,
} from "./window.ts";
