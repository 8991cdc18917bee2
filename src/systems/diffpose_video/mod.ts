/**
 * DiffPose-Video: heatmaps of a key frame by diffusion, from a window of frames (Feng et al., ICCV 2023).
 *
 * @module
 */
export { EFFORTS } from "./efforts.ts";
export { createFeatureCache, type FeatureCache } from "./feature_cache.ts";
export { measureVideoCosts } from "./measure.ts";
export { type DiffposeVideo, openDiffposeVideo } from "./open.ts";
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
