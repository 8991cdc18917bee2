/**
 * Numbers only, no input or output: random numbers, schedules, the sampler, mixtures, heatmaps, crops, the virtual
 * camera, windows, alignment, assignment.
 *
 * @example Windows of a clip
 * ```ts
 * import assert from "node:assert/strict";
 * import { frameShares, planWindows, windowAt, windowCount } from "@diffpose/diffpose/core";
 *
 * const plan = planWindows(90, { size: 27, hop: 18 });
 * assert.equal(windowCount(plan), 5);
 * assert.deepEqual(windowAt(plan, 1).frames.slice(0, 3), [18, 19, 20]);
 * assert.deepEqual(frameShares(plan, 20).map(({ window }) => window), [0, 1]);
 * ```
 *
 * @module
 */

export { assignMaxGain } from "./assignment.ts";
export { checkShape, InputError, ShapeError } from "./errors.ts";
export { fillNormal } from "./normal.ts";
export { createRng, philox4x32, type Rng, type RngKey } from "./rng.ts";
export {
  cosineSchedule,
  type CosineScheduleOptions,
  explicitSchedule,
  linearSchedule,
  type LinearScheduleOptions,
  type Schedule,
} from "./schedule.ts";
export { checkStepList, officialStepIndices, stepIndices, type StepIndicesOptions } from "./step_list.ts";
export {
  type DdimPosition,
  ddimStep,
  type DdimStepOptions,
  type Denoise,
  type Prediction,
  sampleDdim,
  type SampleDdimOptions,
} from "./ddim.ts";
export { diffuse, type DiffuseOptions } from "./diffuse.ts";
export { type Cell, cell, cellCentre, cellIndex, cellsWithin, cellToPx, type Px, px, pxToCell } from "./units.ts";
export {
  assumedFocal,
  createVirtualCamera,
  fromVirtual,
  type MapPointsOptions,
  type PersonExtent,
  personExtent,
  type Picture,
  rotationToAxis,
  toCameraAxes,
  toVirtual,
  type VirtualCamera,
} from "./virtual_camera.ts";
export {
  type Box,
  type CropOptions,
  type CropPointsOptions,
  cropToFrame,
  type CropTransform,
  cropTransform,
  frameToCrop,
} from "./crop.ts";
export { type ImageLayout, type RgbaPicture, sampleCrop, type SampleCropOptions } from "./sample_crop.ts";
export {
  CELL_VARIANCE,
  type HeatmapGrid,
  type HeatmapStatistics,
  heatmapStatistics,
  readPeaks,
  type ReadPeaksOptions,
  renderGaussian,
  type RenderOptions,
} from "./heatmap.ts";
export { drawMasks, type DrawMasksOptions, type Limb } from "./joint_masks.ts";
export { heatmapMixture, type HeatmapMixtureOptions, KERNEL_VALUES } from "./heatmap_mixture.ts";
export {
  kernelLogDensities,
  logLikelihood,
  type LogLikelihoodOptions,
  type Mixture,
  pickKernel,
  sampleMixture,
} from "./mixture.ts";
export { fitMixture, type FitMixtureOptions, type FitMixtureResult } from "./fit_mixture.ts";
export {
  type Blend,
  frameShares,
  planWindows,
  type PlanWindowsOptions,
  strideForRate,
  type Window,
  windowAt,
  windowCount,
  type WindowPlan,
  type WindowShare,
  windowsTouching,
  windowTaper,
} from "./windows.ts";
export {
  type AlignOptions,
  alignSimilarity,
  applySimilarity,
  type ApplySimilarityOptions,
  type Similarity,
} from "./procrustes.ts";
export { type Eigenpair, largestEigenvector, symmetricEigen } from "./symmetric_eigen.ts";
