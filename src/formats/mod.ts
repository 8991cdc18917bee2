/**
 * Files in and out.
 *
 * @example What can be read and written
 * ```ts
 * import assert from "node:assert/strict";
 * import { FORMATS, formatNamed } from "@diffpose/diffpose/formats";
 *
 * assert.ok(FORMATS.map(({ name }) => name).includes("coco"));
 * assert.equal(formatNamed("bvh", "write").ending, ".bvh");
 * ```
 *
 * @module
 */

export type { ClipFrame, ClipOptions, ClipPerson, ImageEntry, Points, PoseClip } from "./clip.ts";
export { convertLayout, type ConvertLayoutOptions } from "./convert_layout.ts";
export type { Carries, PoseFormat, WriteOptions } from "./format.ts";
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
export { detectFormat, formatNamed, FORMATS, openClip } from "./registry.ts";
export type { FileSink, FileSource, FolderSource, Sink, Source } from "./source.ts";
export { roundRecord, writeRecord } from "./write_record.ts";
export type { Skeleton } from "../skeleton/mod.ts";
