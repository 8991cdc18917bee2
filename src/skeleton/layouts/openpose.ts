/**
 * The joints of OpenPose: BODY_25 and its COCO model.
 *
 * @module
 */

import { defineSkeleton, type Skeleton } from "../skeleton.ts";

/**
 * OpenPose BODY_25. `mid_shoulder` is OpenPose's neck, trained as the middle of the shoulders; `pelvis` its mid hip. Order:
 * `POSE_BODY_25_BODY_PARTS` in OpenPose `doc/02_output.md`; the tree is `POSE_BODY_25_PAIRS_RENDER_GPU` of
 * `poseParametersRender.hpp`, hung on the nose.
 */
export const body25: Skeleton = defineSkeleton({
  name: "body25",
  joints: [
    "nose",
    "mid_shoulder",
    "right_shoulder",
    "right_elbow",
    "right_wrist",
    "left_shoulder",
    "left_elbow",
    "left_wrist",
    "pelvis",
    "right_hip",
    "right_knee",
    "right_ankle",
    "left_hip",
    "left_knee",
    "left_ankle",
    "right_eye",
    "left_eye",
    "right_ear",
    "left_ear",
    "left_big_toe",
    "left_small_toe",
    "left_heel",
    "right_big_toe",
    "right_small_toe",
    "right_heel",
  ],
  parents: [-1, 0, 1, 2, 3, 1, 5, 6, 1, 8, 9, 10, 8, 12, 13, 0, 0, 15, 16, 14, 19, 14, 11, 22, 11],
  // deno-fmt-ignore
  pairs: [
    [5, 2], [6, 3], [7, 4], [12, 9], [13, 10], [14, 11], [16, 15], [18, 17], [19, 22], [20, 23], [21, 24],
  ],
});

/**
 * OpenPose's COCO model, 18 points: COCO's and `mid_shoulder`. Order: `POSE_COCO_BODY_PARTS` in OpenPose `poseParameters.cpp`;
 * the tree is `POSE_COCO_PAIRS_RENDER_GPU` of `poseParametersRender.hpp`, hung on the nose.
 */
export const coco18: Skeleton = defineSkeleton({
  name: "coco18",
  joints: [
    "nose",
    "mid_shoulder",
    "right_shoulder",
    "right_elbow",
    "right_wrist",
    "left_shoulder",
    "left_elbow",
    "left_wrist",
    "right_hip",
    "right_knee",
    "right_ankle",
    "left_hip",
    "left_knee",
    "left_ankle",
    "right_eye",
    "left_eye",
    "right_ear",
    "left_ear",
  ],
  parents: [-1, 0, 1, 2, 3, 1, 5, 6, 1, 8, 9, 1, 11, 12, 0, 0, 14, 15],
  pairs: [[5, 2], [6, 3], [7, 4], [11, 8], [12, 9], [13, 10], [15, 14], [17, 16]],
});

const SPELT: Readonly<Record<string, string>> = { mid_shoulder: "Neck", pelvis: "MidHip" };

/** `left_big_toe` -> `LBigToe`. */
function spelt(joint: string): string {
  const capitals = joint.split("_").map((word) => word[0]!.toUpperCase() + word.slice(1)).join("");
  return SPELT[joint] ?? capitals.replace(/^(L)eft|^(R)ight/, "$1$2");
}

/** How OpenPose spells the joints of {@link body25}. */
export const body25FileNames: readonly string[] = Object.freeze(body25.joints.map(spelt));

/** How OpenPose spells the joints of {@link coco18}. */
export const coco18FileNames: readonly string[] = Object.freeze(coco18.joints.map(spelt));
