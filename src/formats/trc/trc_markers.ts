/**
 * Markers of TRC files and the joints that they are.
 *
 * @module
 */

import { InputError } from "../../core/errors.ts";
import { h36m17 } from "../../skeleton/mod.ts";

/**
 * Our markers, in the order of `h36m17`, spelt as in the marker sets of Pose2Sim and Sports2D. Their `Neck` lies between
 * the shoulders, which is `thorax` here; the base of the skull has no name there and is called `HeadBase`, so that
 * no model takes it for another point.
 */
export const TRC_MARKERS: readonly string[] = [
  "Hip",
  "RHip",
  "RKnee",
  "RAnkle",
  "LHip",
  "LKnee",
  "LAnkle",
  "Spine",
  "Neck",
  "HeadBase",
  "Head",
  "LShoulder",
  "LElbow",
  "LWrist",
  "RShoulder",
  "RElbow",
  "RWrist",
];

/** Other spellings, compared without case, blanks and signs. */
const OTHER_SPELLINGS: Readonly<Record<string, string>> = {
  pelvis: "pelvis",
  root: "pelvis",
  midhip: "pelvis",
  chip: "pelvis",
  hipcenter: "pelvis",
  torso: "spine",
  thorax: "thorax",
  midshoulder: "thorax",
};

/** Joints without which a marker set is not that of a body. */
const NEEDED = [
  "right_hip",
  "right_knee",
  "right_ankle",
  "left_hip",
  "left_knee",
  "left_ankle",
  "left_shoulder",
  "left_elbow",
  "left_wrist",
  "right_shoulder",
  "right_elbow",
  "right_wrist",
];

function plain(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, "");
}

/** Plain marker name to joint. */
const JOINT_OF: ReadonlyMap<string, string> = new Map([
  ...Object.entries(OTHER_SPELLINGS),
  ...h36m17.joints.filter((joint) => joint !== "neck" && joint !== "pelvis").map((joint): [string, string] => [
    plain(joint),
    joint,
  ]),
  ...TRC_MARKERS.map((marker, j): [string, string] => [plain(marker), h36m17.joints[j]!]),
]);

/**
 * Which marker each joint of `h36m17` is. Markers that are no joint are passed over.
 *
 * @param markers Names as in the file. What stands before a colon (a subject) does not count.
 * @param name The file, for messages.
 * @returns Index of the marker for each of the 17 joints, -1 for joints that the file does not have.
 * @throws {InputError} If a joint of the limbs is missing, or two markers are the same joint.
 */
export function jointsOfMarkers(markers: readonly string[], name: string): readonly number[] {
  const found = new Map<string, number>();
  const names = markers.map((marker) => plain(marker.slice(marker.lastIndexOf(":") + 1)));
  // A set that has a thorax as well spells the joints as Human3.6M does, and its neck is the base of the skull.
  const own = names.includes("thorax");
  markers.forEach((marker, index) => {
    const joint = own && names[index] === "neck" ? "neck" : JOINT_OF.get(names[index]!);
    if (joint === undefined) return;
    if (found.has(joint)) {
      throw new InputError(
        `${name}, line 4`,
        `must have one marker for ${joint}`,
        `${markers[found.get(joint)!]}, ${marker}`,
      );
    }
    found.set(joint, index);
  });
  const missing = NEEDED.filter((joint) => !found.has(joint));
  if (missing.length > 0) {
    const shown = markers.slice(0, 12).join(", ") + (markers.length > 12 ? ", …" : "");
    const spelt = missing.map((joint) => TRC_MARKERS[h36m17.joints.indexOf(joint)]).join(", ");
    throw new InputError(`${name}, line 4`, `must have markers for the limbs, and has none for ${spelt}`, shown);
  }
  return h36m17.joints.map((joint) => found.get(joint) ?? -1);
}
