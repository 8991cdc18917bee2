/**
 * What the systems that answer with heatmaps have in common: features of a crop, the reading of sampled heatmaps, and the
 * choice of steps by a budget of time.
 *
 * @module
 */
export { centreFeatures } from "./centre.ts";
export {
  FEATURES,
  featuresOf,
  type FeaturesOptions,
  type FrameFeatures,
  middleJoints,
  readFeatures,
  roundSquare,
  SIDE,
  type Square,
  squareAround,
  squareTransform,
} from "./crop_features.ts";
export {
  chooseEffort,
  type Effort,
  type EffortChoice,
  effortCost,
  type EffortCosts,
  type EffortRequest,
} from "./effort.ts";
export { measureCosts, type MeasureCostsOptions } from "./measure.ts";
export { turnedFrames, withSidesOfWindow } from "./turned_frames.ts";
export { readSets, type ReadSetsSettings, type SetsReading } from "./read_sets.ts";
