/**
 * In what the keypoint evaluators of COCO, CrowdPose and AI Challenger differ.
 *
 * @module
 */

import { COCO_MAX_DETECTIONS } from "../metrics/keypoint_curves.ts";
import { aic14, coco17, crowdpose14 } from "../skeleton/layouts.ts";
import type { Skeleton } from "../skeleton/skeleton.ts";

/** The area of an annotated person: the annotation's `area`, or 0.53 of its box. */
export type AreaRule = "annotation" | "box";

/** How one data set is scored. */
export interface KeypointRules {
  /** Name of the metric on the command line. */
  readonly metric: string;
  /** Whose definition this is. */
  readonly evaluator: string;
  /** Joints in order, with similarity constants. */
  readonly skeleton: Skeleton;
  /** Which area stands for the size of a person. */
  readonly area: AreaRule;
  /** What says that an annotated person has no joints and is ignored: the annotation's count, or its visibilities. */
  readonly jointCount: "num_keypoints" | "visibilities";
  /** Whether predictions without any joint scored above 0 are left out before all else. */
  readonly dropUnscored: boolean;
  /** Whether a match with the annotation of id 0 counts as none in the named evaluator (here it counts as any other). */
  readonly losesIdZero: boolean;
  /** CrowdPose: pictures below `easy` are easy, from `hard` on hard. Null: pictures are not grouped. */
  readonly crowdBounds: { readonly easy: number; readonly hard: number } | null;
  /** The best so many predictions of a picture count. */
  readonly maxDetections: number;
}

/** Share of its box that a person fills where the annotation has no area (CrowdPose, xtcocotools, MMPose). */
export const BOX_FILL = 0.53;

/** COCO: pycocotools `COCOeval(…, "keypoints")`. */
export const cocoRules: KeypointRules = Object.freeze({
  metric: "coco",
  evaluator: "pycocotools 2.0.11 COCOeval, keypoints",
  skeleton: coco17,
  area: "annotation",
  jointCount: "num_keypoints",
  dropUnscored: false,
  losesIdZero: true,
  crowdBounds: null,
  maxDetections: COCO_MAX_DETECTIONS,
});

/** CrowdPose: xtcocotools `COCOeval(…, "keypoints_crowd", use_area=False)`, the bounds of its summary. */
export const crowdposeRules: KeypointRules = Object.freeze({
  metric: "crowdpose",
  evaluator: "xtcocotools 1.14.3 COCOeval, keypoints_crowd",
  skeleton: crowdpose14,
  area: "box",
  jointCount: "num_keypoints",
  dropUnscored: true,
  losesIdZero: false,
  crowdBounds: { easy: 0.2, hard: 0.8 },
  maxDetections: COCO_MAX_DETECTIONS,
});

/** AI Challenger: xtcocotools `COCOeval(…, "keypoints", sigmas, use_area=False)`, as MMPose calls it. */
export const aicRules: KeypointRules = Object.freeze({
  metric: "aic",
  evaluator: "xtcocotools 1.14.3 COCOeval, keypoints",
  skeleton: aic14,
  area: "box",
  jointCount: "visibilities",
  dropUnscored: true,
  losesIdZero: false,
  crowdBounds: null,
  maxDetections: COCO_MAX_DETECTIONS,
});
