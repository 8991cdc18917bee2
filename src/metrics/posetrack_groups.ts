/**
 * The seven joint groups and the total that PoseTrack tables print.
 *
 * @module
 */

import { jointIndex, posetrack15 } from "../skeleton/mod.ts";

/** A value per printed column. Null: not defined for this data. */
export interface PoseTrackGroups {
  /** Mean of head_top, neck and nose. */
  readonly Head: number | null;
  /** Mean of left and right. */
  readonly Shou: number | null;
  /** Mean of left and right. */
  readonly Elb: number | null;
  /** Mean of left and right. */
  readonly Wri: number | null;
  /** Mean of left and right. */
  readonly Hip: number | null;
  /** Mean of left and right. */
  readonly Knee: number | null;
  /** Mean of left and right. */
  readonly Ankl: number | null;
  /** Mean of the 15 joints: the head counts three times, every other group twice. */
  readonly Total: number | null;
}

const MEMBERS: Readonly<Record<Exclude<keyof PoseTrackGroups, "Total">, readonly string[]>> = {
  Head: ["head_top", "upper_neck", "nose"],
  Shou: ["right_shoulder", "left_shoulder"],
  Elb: ["right_elbow", "left_elbow"],
  Wri: ["right_wrist", "left_wrist"],
  Hip: ["right_hip", "left_hip"],
  Knee: ["right_knee", "left_knee"],
  Ankl: ["right_ankle", "left_ankle"],
};

/** The printed columns in order. */
export const POSETRACK_COLUMNS: readonly (keyof PoseTrackGroups)[] = Object.freeze([
  ...Object.keys(MEMBERS) as (keyof PoseTrackGroups)[],
  "Total" as const,
]);

/** Number of joints that are scored. */
export const POSETRACK_JOINTS: number = posetrack15.joints.length;

function mean(values: readonly (number | null)[]): number | null {
  const defined = values.filter((value) => value !== null);
  return defined.length === 0 ? null : defined.reduce((sum, value) => sum + value, 0) / defined.length;
}

/**
 * Means of joints as poseval prints them (`getCum` in its `eval_helpers.py`), over the joints that are defined.
 *
 * @param values One a joint, in the order of {@link posetrack15}; null where not defined.
 */
export function posetrackGroups(values: readonly (number | null)[]): PoseTrackGroups {
  const group = (name: keyof typeof MEMBERS): number | null =>
    mean(MEMBERS[name].map((joint) => values[jointIndex(posetrack15, joint)]!));
  return {
    Head: group("Head"),
    Shou: group("Shou"),
    Elb: group("Elb"),
    Wri: group("Wri"),
    Hip: group("Hip"),
    Knee: group("Knee"),
    Ankl: group("Ankl"),
    Total: mean(values),
  };
}
