/**
 * Files in and out.
 *
 * @module
 */

export type { ClipOptions, ImageEntry } from "./clip.ts";
export { readImageList, readKeypoints2d } from "./keypoints2d.ts";
export {
  type KeypointsClip,
  type KeypointsFrame,
  type KeypointsOptions,
  type KeypointsPerson,
} from "./keypoints_clip.ts";
export { readRecords, type ReadRecordsOptions, type RecordReader } from "./read_records.ts";
export {
  type EndRecord,
  type FrameRecord,
  type HeaderRecord,
  type Keypoint2D,
  type Keypoint3D,
  type ModelRecord,
  type PersonRecord,
  type PoseRecord,
} from "./record.ts";
export type { FileSource, FolderSource, Source } from "./source.ts";
export { roundRecord, writeRecord } from "./write_record.ts";
