/**
 * DiffusionPose: heatmaps of people in a still picture, by diffusion of joint coordinates that the structure of the body
 * guides (Qiu et al., "Learning Structure-Guided Diffusion Model for 2D Human Pose Estimation", arXiv 2306.17074).
 *
 * @module
 */
export { measureStillCosts, STILL_EFFORTS } from "./efforts.ts";
export { type DiffusionPose, openDiffusionPose } from "./open.ts";
export { readStillSettings, type StillSettings } from "./settings.ts";
export { estimateStills } from "./stills.ts";
export type {
  StillEstimate,
  StillFeed,
  StillModel,
  StillOptions,
  StillPerson,
  StillSampler,
  StillStart,
} from "./types.ts";
