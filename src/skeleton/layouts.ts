/**
 * The joint layouts that diffpose reads and writes. Joints with the same name are the same point of the body in every layout,
 * and joints of different names are different points: `neck` (base of the skull, Human3.6M), `upper_neck` (PoseTrack, MPII),
 * `lower_neck` (CrowdPose, AI Challenger), `thorax` (Human3.6M, MPII) and `mid_shoulder` (OpenPose) are five, although files
 * call four of them "neck" now and then; {@link fileNames} has their spellings.
 *
 * @module
 */

import { aic14, aic14FileNames } from "./layouts/aic.ts";
import { coco17 } from "./layouts/coco.ts";
import { crowdpose14, crowdpose14FileNames } from "./layouts/crowdpose.ts";
import { h36m17 } from "./layouts/h36m.ts";
import { mpii16 } from "./layouts/mpii.ts";
import { body25, body25FileNames, coco18, coco18FileNames } from "./layouts/openpose.ts";
import { posetrack15, posetrack15FileNames, posetrack18, posetrack18FileNames } from "./layouts/posetrack.ts";
import type { Skeleton } from "./skeleton.ts";

export { aic14, body25, coco17, coco18, crowdpose14, h36m17, mpii16, posetrack15, posetrack18 };

/** Name of a layout. */
export type LayoutName =
  | "coco17"
  | "h36m17"
  | "posetrack18"
  | "posetrack15"
  | "mpii16"
  | "crowdpose14"
  | "aic14"
  | "body25"
  | "coco18";

/** All layouts by their name in files. */
export const layouts: Readonly<Record<LayoutName, Skeleton>> = Object.freeze({
  coco17,
  h36m17,
  posetrack18,
  posetrack15,
  mpii16,
  crowdpose14,
  aic14,
  body25,
  coco18,
});

/** How the files of each layout's own data set or tool spell its joints, in the order of the layout. */
export const fileNames: Readonly<Record<LayoutName, readonly string[]>> = Object.freeze({
  coco17: coco17.joints,
  h36m17: h36m17.joints,
  posetrack18: posetrack18FileNames,
  posetrack15: posetrack15FileNames,
  mpii16: mpii16.joints,
  crowdpose14: crowdpose14FileNames,
  aic14: aic14FileNames,
  body25: body25FileNames,
  coco18: coco18FileNames,
});
