/**
 * DiffPose-3D: 2D windows to 3D poses by reverse diffusion (Gong et al., CVPR 2023).
 *
 * @module
 */

export { type Lifter, openLifter, type PoseLifter } from "./lifter.ts";
export { JOINTS, type LiftSettings, readLiftSettings } from "./settings.ts";
export {
  type LiftEstimate,
  type LiftModel,
  type LiftOptions,
  type LiftWindow,
  liftWindow,
  type NetworkInput,
  networkInput,
} from "./window.ts";
export { type PoseSpread, spreadOf } from "./spread.ts";
