/**
 * Joint layouts as checked data, and named conversions between them.
 *
 * @module
 */

export { defineSkeleton, jointIndex, type Skeleton, type SkeletonDefinition } from "./skeleton.ts";
export {
  aic14,
  body25,
  coco17,
  coco18,
  crowdpose14,
  fileNames,
  h36m17,
  type LayoutName,
  layouts,
  mpii16,
  posetrack15,
  posetrack18,
} from "./layouts.ts";
export { boneLengths, type MirrorOptions, mirrorPose } from "./bones.ts";
export {
  conversion,
  type CopiedJoint,
  type DerivedJoint,
  type LayoutConversion,
  type PointsLike,
} from "./conversion.ts";
export { conversionText } from "./conversion_text.ts";
export { cocoToH36m, type Conversion, type ConversionOptions } from "./coco_to_h36m.ts";
export { type CocoToH36mConstants, cocoToH36mConstants } from "./coco_to_h36m_constants.ts";
