/**
 * Metrics of the field as pure functions on typed arrays. They know no file and no format.
 *
 * @example Two joints, one of them 3 units away from the truth
 * ```ts
 * import assert from "node:assert/strict";
 * import { mpjpe } from "@diffpose/diffpose/metrics";
 *
 * assert.equal(mpjpe({ joints: 2, pred: [0, 0, 0, 1, 1, 4], truth: [0, 0, 0, 1, 1, 1] }), 1.5);
 * ```
 *
 * @module
 */

export { counts, distance, type ErrorField, errorField, framesOf, type PosePair } from "./pose_pair.ts";
export {
  alignedErrors,
  FEWEST_TO_ALIGN,
  mpjpe,
  mpjve,
  nMpjpe,
  pMpjpe,
  positionErrors,
  rootRelative,
  scaledErrors,
  velocityErrors,
  type VelocityOptions,
} from "./mpjpe.ts";
export {
  addTallies,
  EMPTY_TALLY,
  type GroupMeans,
  type GroupPart,
  meanError,
  meanErrorByJoint,
  meanOfGroups,
  type Tally,
  tallyErrors,
  tallyJoints,
  tallyMean,
} from "./error_means.ts";
export {
  addPckCounts,
  auc,
  AUC_THRESHOLDS_MM,
  type JointGroup,
  pck,
  PCK_THRESHOLD_MM,
  type PckCounts,
  pckCounts,
  type PckOptions,
  THREEDHP_GROUPS,
} from "./pck3d.ts";
export {
  type Alignment,
  bestOf,
  hypothesisErrors,
  type HypothesisPair,
  meanOfErrors,
  meanPose,
  spread,
} from "./hypotheses.ts";
export {
  calibrate,
  type Calibration,
  type CalibrationOptions,
  COVERAGE_LEVELS,
  type Reliability,
  type SigmaPair,
} from "./calibration.ts";
export { chiCdf, chiQuantile } from "./chi_quantile.ts";
export { ranks, spearman } from "./rank_correlation.ts";
export { objectKeypointSimilarity, type OksTruth, oksVariances } from "./oks.ts";
export {
  COCO_AREAS,
  COCO_MAX_DETECTIONS,
  COCO_RECALLS,
  COCO_THRESHOLDS,
  type KeypointCurveOptions,
  type KeypointCurves,
  keypointCurves,
} from "./keypoint_curves.ts";
export type { AreaRange, ScoredPerson, TruthPerson } from "./keypoint_ranking.ts";
export { averagePrecision, averageRecall, type CurvePart } from "./keypoint_means.ts";
export {
  addMotCounts,
  type MotCounts,
  type MotFigures,
  motFigures,
  type MotFrame,
  type MotState,
  motStep,
  NO_MOT_COUNTS,
} from "./clear_mot.ts";
export { type PoseTrackAp, posetrackAp, type RankedPrecision, rankedPrecision } from "./posetrack_ap.ts";
export {
  HEAD_SIZE_FACTOR,
  headSize,
  isInsidePolygon,
  jointDistances,
  MATCH_DISTANCE,
  type PoseTrackFrame,
  type PoseTrackPerson,
  type PoseTrackPrediction,
  type PoseTrackSequence,
  type PoseTrackTruth,
  scoredFrames,
} from "./posetrack_frames.ts";
export { POSETRACK_COLUMNS, POSETRACK_JOINTS, type PoseTrackGroups, posetrackGroups } from "./posetrack_groups.ts";
export { matchPoses, type PoseTrackMatch } from "./posetrack_match.ts";
export { type MotRules, type PoseTrackMot, posetrackMot, posetrackMotCounts } from "./posetrack_mot.ts";
export { type Pckh, pckh, PCKH_GROUPS, type PckhGroup, type PckhOptions, type PckhPeople } from "./pckh.ts";
export { pairByJoints, type PairingJoints, type PairingPerson } from "./pckh_pairs.ts";
