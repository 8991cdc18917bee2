/**
 * diffpose: human pose estimation by diffusion, 2D and 3D, with an error bar on every joint.
 *
 * Everything here is free of side effects on import and loads without a file system: packs come from a
 * {@link PackSource}, pictures as RGBA arrays.
 *
 * @example Lift a window of 2D points
 * ```ts ignore
 * import { estimateWindow, loadPack, openSystem } from "@diffpose/diffpose";
 *
 * const pack = await loadPack(source);
 * await using system = await openSystem(pack, { device: "auto" });
 * const { poses, sigma } = await estimateWindow(system, window, { steps: 5, hypotheses: 5, seed: 0 });
 * ```
 *
 * @module
 */

export { InputError, ShapeError } from "./src/core/errors.ts";
export {
  assumedFocal,
  cosineSchedule,
  type CosineScheduleOptions,
  createRng,
  createVirtualCamera,
  type CropTransform,
  type DdimPosition,
  ddimStep,
  type DdimStepOptions,
  type Denoise,
  explicitSchedule,
  fillNormal,
  fitMixture,
  type FitMixtureOptions,
  type FitMixtureResult,
  type HeatmapGrid,
  heatmapMixture,
  type HeatmapMixtureOptions,
  linearSchedule,
  type LinearScheduleOptions,
  type Mixture,
  type Prediction,
  type RgbaPicture,
  type Rng,
  type RngKey,
  sampleDdim,
  type SampleDdimOptions,
  type Schedule,
  stepIndices,
} from "./src/core/mod.ts";
export {
  aic14,
  body25,
  coco17,
  coco18,
  cocoToH36m,
  type Conversion,
  conversion,
  type ConversionOptions,
  conversionText,
  type CopiedJoint,
  crowdpose14,
  type DerivedJoint,
  fileNames,
  h36m17,
  type LayoutConversion,
  type LayoutName,
  layouts,
  mpii16,
  type PointsLike,
  posetrack15,
  posetrack18,
  type Skeleton,
} from "./src/skeleton/mod.ts";
export {
  type AdapterLike,
  type Device,
  type DeviceChoice,
  type DevicePlan,
  type DevicesFound,
  type Dtype,
  type GraphFile,
  type GraphSpec,
  loadPack,
  type Manifest,
  type NavigatorLike,
  type OpenedSession,
  openSession,
  type OpenSessionOptions,
  openZip,
  type Pack,
  type PackSource,
  planDevices,
  probeDevices,
  type Queue,
  type Runtime,
  type Session,
  type Tensor,
  type ValueSpec,
  type WasmState,
  type WebgpuFound,
} from "./src/runtime/mod.ts";
export {
  estimateWindow,
  openSystem,
  samplePoses,
  type System,
  type WindowEstimate,
} from "./src/systems/estimate_window.ts";
export type {
  Lifter,
  LiftEstimate,
  LiftOptions,
  LiftSettings,
  LiftWindow,
  PoseLifter,
} from "./src/systems/diffpose_3d/mod.ts";
export {
  estimatePose,
  type EstimatePoseOptions,
  findPeople,
  type FindPeopleOptions,
  type Movenet,
  nextBox,
  type NextBoxOptions,
  type PoseEstimate,
} from "./src/systems/movenet/mod.ts";
export {
  type Assignment,
  type Box,
  createTracker,
  type Detection,
  type Merge,
  type Observation,
  type PairState,
  type Prediction as TrackPrediction,
  type Sighting,
  type Tracker,
  type TrackerState,
  type TrackerUpdate,
  type TrackOptions,
  type TrackState,
  type Velocity,
} from "./src/track/mod.ts";
export {
  type Carries,
  type ClipFrame,
  type ClipOptions,
  type ClipPerson,
  convertLayout,
  type ConvertLayoutOptions,
  detectFormat,
  type EndRecord,
  type FileSink,
  type FileSource,
  type FolderSource,
  formatNamed,
  FORMATS,
  type FrameRecord,
  type HeaderRecord,
  type ImageEntry,
  type Keypoint2D,
  type Keypoint3D,
  type KeypointsClip,
  type KeypointsFrame,
  type KeypointsOptions,
  type KeypointsPerson,
  type ModelRecord,
  openClip,
  type PersonRecord,
  type Points,
  type PoseClip,
  type PoseFormat,
  type PoseRecord,
  readKeypoints2d,
  readRecords,
  type ReadRecordsOptions,
  type RecordReader,
  type Sink,
  type Source,
  type WriteOptions,
  writeRecord,
} from "./src/formats/mod.ts";
export {
  averagePrecision,
  averageRecall,
  bestOf,
  calibrate,
  type Calibration,
  hypothesisErrors,
  type KeypointCurves,
  keypointCurves,
  mpjpe,
  mpjve,
  nMpjpe,
  objectKeypointSimilarity,
  pckh,
  pMpjpe,
  posetrackAp,
  posetrackMot,
} from "./src/metrics/mod.ts";
export { convertClip, type ConvertReport } from "./src/pipelines/convert.ts";
export type { Evaluation, FigureTable, Json } from "./src/pipelines/evaluation.ts";
export {
  type OverlayOptions,
  type OverlayPerson,
  type OverlaySize,
  overlaySvg,
  renderViewer,
  type ViewerImage,
  type ViewerOptions,
} from "./src/render/mod.ts";
export { VERSION } from "./src/version.ts";
