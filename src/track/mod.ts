/**
 * Detections to identities: who is who from frame to frame.
 *
 * @module
 */

export { type Box, boxMiddle, type Detection, type Observation } from "./detection.ts";
export { type Merge } from "./duplicates.ts";
export { type FrameTime, INTERPOLATED_SCORE, interpolatePerson, type TrackedPerson } from "./gap.ts";
export { type Velocity } from "./motion.ts";
export { type TrackOptions } from "./options.ts";
export { boxIou, isSameSight, poseOks, type Sighting, sightingSimilarity } from "./similarity.ts";
export { suppressDuplicates } from "./suppress.ts";
export { createTrackStream, type TrackedFrame, type TrackStream, type TrackStreamState } from "./track_stream.ts";
export {
  type Assignment,
  createTracker,
  type Prediction,
  predictTracks,
  type Tracker,
  type TrackerFrame,
  type TrackerUpdate,
  updateTracks,
} from "./tracker.ts";
export { initialTrackerState, type PairState, type TrackerState, type TrackState } from "./tracker_state.ts";
