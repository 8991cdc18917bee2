/**
 * PCKh: the share of joints that lie within half a head of where they were annotated, for people who are already paired.
 *
 * @module
 */

import { checkShape } from "../core/errors.ts";

/** N annotated people and what was predicted for each. */
export interface PckhPeople {
  /** Names of the J joints, as layouts name them. */
  readonly joints: readonly string[];
  /** `[N, J, 2]`: annotated points, px. */
  readonly truth: Float64Array;
  /** `[N, J]`: 1 where a joint is annotated. */
  readonly annotated: Uint8Array;
  /** `[N]`: head size of each person, px, above 0 (0.6 times the diagonal of the head box). */
  readonly headSizes: Float64Array;
  /** `[N, J, 2]`: predicted points, px. */
  readonly predicted: Float64Array;
  /** `[N, J]`: 1 where a joint was predicted; a joint that was not is wrong at every threshold. */
  readonly found: Uint8Array;
}

/** Figures in percent. Null: no such joint is annotated. */
export interface Pckh {
  /** By joint, in the order of the input. */
  readonly joints: readonly (number | null)[];
  /** The columns that MPII prints, by name: means of the joints of a group. */
  readonly groups: Readonly<Record<PckhGroup, number | null>>;
  /** Share of all annotated joints of the groups together: joints that are annotated more often count more. */
  readonly mean: number | null;
  /** Area under the curve of {@link mean} over thresholds from 0 to the largest, as percent of the full area. */
  readonly auc: number | null;
  /** Annotated joints, in the order of the input. */
  readonly counts: readonly number[];
}

/** A column of MPII's table. */
export type PckhGroup = "Head" | "Shoulder" | "Elbow" | "Wrist" | "Hip" | "Knee" | "Ankle";

/** Joints of each group; `Head` is the mean of both ends of the head, as in MPII's own toolkit. */
export const PCKH_GROUPS: Readonly<Record<PckhGroup, readonly string[]>> = {
  Head: ["upper_neck", "head_top"],
  Shoulder: ["left_shoulder", "right_shoulder"],
  Elbow: ["left_elbow", "right_elbow"],
  Wrist: ["left_wrist", "right_wrist"],
  Hip: ["left_hip", "right_hip"],
  Knee: ["left_knee", "right_knee"],
  Ankle: ["left_ankle", "right_ankle"],
};

/** Steps of the curve between 0 and the largest threshold: 0, 0.01, … 0.5. */
const CURVE_STEPS = 50;

/** Options of {@link pckh}. */
export interface PckhOptions {
  /** Largest distance that is right, in head sizes. @default 0.5 */
  readonly threshold?: number;
}

/** `[N, J]` in head sizes; NaN where not annotated, infinite where not predicted. */
function distances(people: PckhPeople): Float64Array {
  const { truth, predicted, annotated, found, headSizes, joints } = people;
  return Float64Array.from(annotated, (has, i) => {
    if (!has) return NaN;
    if (!found[i]) return Infinity;
    const apart = Math.hypot(predicted[i * 2]! - truth[i * 2]!, predicted[i * 2 + 1]! - truth[i * 2 + 1]!);
    return apart / headSizes[Math.floor(i / joints.length)]!;
  });
}

/**
 * PCKh of MPII (Andriluka and others, CVPR 2014; `evaluatePCKh.m` of its toolkit): per joint, its groups, all joints, and
 * the area under the curve. A distance of exactly the threshold is right. The pelvis and the thorax of MPII, and the nose,
 * eyes and ears of other layouts, have a figure of their own and no part in groups and mean.
 *
 * @throws {ShapeError} If an array does not fill its shape.
 */
export function pckh(people: PckhPeople, options: PckhOptions = {}): Pckh {
  const { threshold = 0.5 } = options;
  const { joints, headSizes } = people;
  const sizes = [headSizes.length, joints.length];
  for (const flags of [people.annotated, people.found]) checkShape("take PCKh", sizes, flags.length);
  for (const points of [people.truth, people.predicted]) checkShape("take PCKh", [...sizes, 2], points.length);

  const apart = distances(people);
  const counts = joints.map(() => 0);
  /** `[thresholds][joints]`, the last row that of the largest threshold. */
  const right = Array.from({ length: CURVE_STEPS + 1 }, () => joints.map(() => 0));
  apart.forEach((distance, i) => {
    if (Number.isNaN(distance)) return;
    const joint = i % joints.length;
    counts[joint]!++;
    right.forEach((row, k) => row[joint]! += distance <= (k / CURVE_STEPS) * threshold ? 1 : 0);
  });

  const share = (row: readonly number[], chosen: readonly number[]): number | null => {
    const total = chosen.reduce((sum, j) => sum + counts[j]!, 0);
    return total === 0 ? null : 100 * chosen.reduce((sum, j) => sum + row[j]!, 0) / total;
  };
  const last = right[CURVE_STEPS]!;
  const perJoint = joints.map((_, j) => share(last, [j]));
  const groups = Object.fromEntries(
    Object.entries(PCKH_GROUPS).map(([name, members]) => {
      const values = members.flatMap((member) => perJoint[joints.indexOf(member)] ?? []);
      return [name, values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length];
    }),
  ) as Record<PckhGroup, number | null>;
  const grouped = Object.values(PCKH_GROUPS).flat().map((name) => joints.indexOf(name)).filter((j) => j >= 0);
  const curve = right.map((row) => share(row, grouped));
  return { joints: perJoint, groups, mean: curve[CURVE_STEPS]!, auc: trapezoid(curve), counts };
}

/** Mean height of a curve with straight pieces between equally spaced values. */
function trapezoid(curve: readonly (number | null)[]): number | null {
  let sum = 0;
  for (const [k, value] of curve.entries()) {
    if (value === null) return null;
    sum += k === 0 || k === curve.length - 1 ? value / 2 : value;
  }
  return sum / (curve.length - 1);
}
