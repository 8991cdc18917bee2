/**
 * Tracking figures of each joint: CLEAR MOT with joints for objects.
 *
 * @module
 */

import {
  addMotCounts,
  type MotCounts,
  motFigures,
  type MotFrame,
  type MotState,
  motStep,
  NO_MOT_COUNTS,
} from "./clear_mot.ts";
import {
  jointDistances,
  MATCH_DISTANCE,
  type PoseTrackFrame,
  type PoseTrackPerson,
  type PoseTrackSequence,
  scoredFrames,
} from "./posetrack_frames.ts";
import { POSETRACK_JOINTS } from "./posetrack_groups.ts";

/**
 * Which frames count.
 *
 * - `"poseval"`: as the official evaluator. The last annotated frame of a sequence is left out. A frame where either nobody
 *   is predicted or nobody is left to be found counts as one miss and one false positive of every joint, whoever is there.
 * - `"clear"`: as CLEAR MOT is defined. Every annotated frame and everybody in it counts.
 */
export type MotRules = "poseval" | "clear";

/** Figures of the 15 joints in the order of the `posetrack15` layout, percent. */
export interface PoseTrackMot {
  /** Accuracy; null for a joint without objects. */
  readonly mota: readonly (number | null)[];
  /** Precision of place: 100 minus the mean distance of matches in percent of the head size; 0 for a joint never matched. */
  readonly motp: readonly (number | null)[];
  /** Matches over predictions; null for a joint that is never predicted. */
  readonly precision: readonly (number | null)[];
  /** Matches over objects; null for a joint without objects. */
  readonly recall: readonly (number | null)[];
  /** What was counted. */
  readonly counts: readonly MotCounts[];
}

/** The frame that poseval's tracking sees where one of the two sides is empty. */
const PLACEHOLDER: MotFrame = { objects: [0], hypotheses: [0], distances: Float64Array.of(Infinity) };

function ids(people: readonly PoseTrackPerson[], joint: number): [index: number, id: number][] {
  return people.flatMap(({ id, present }, i) => {
    if (id === null) throw new TypeError("Cannot track as every person must have an id: one has none");
    return present[joint] ? [[i, id] as [number, number]] : [];
  });
}

/** Objects and hypotheses of each joint. */
function motFrames(frame: PoseTrackFrame, rules: MotRules): MotFrame[] {
  const { truth, predicted } = frame;
  if (rules === "poseval" && (truth.length === 0 || predicted.length === 0)) {
    return new Array(POSETRACK_JOINTS).fill(PLACEHOLDER);
  }
  const distances = truth.map((target) => predicted.map((person) => jointDistances(person, target)));
  return Array.from({ length: POSETRACK_JOINTS }, (_, joint) => {
    const objects = ids(truth, joint);
    const hypotheses = ids(predicted, joint);
    const near = objects.flatMap(([t]) =>
      hypotheses.map(([p]) => {
        const distance = distances[t]![p]![joint]!;
        return distance <= MATCH_DISTANCE ? distance : Infinity;
      })
    );
    return {
      objects: objects.map(([, id]) => id),
      hypotheses: hypotheses.map(([, id]) => id),
      distances: Float64Array.from(near),
    };
  });
}

/** Counts of each joint in one sequence. */
export function posetrackMotCounts(sequence: PoseTrackSequence, rules: MotRules = "poseval"): MotCounts[] {
  const frames = scoredFrames(sequence.frames);
  const counted = rules === "poseval" ? frames.slice(0, -1) : frames;
  const counts: MotCounts[] = new Array(POSETRACK_JOINTS).fill(NO_MOT_COUNTS);
  const states: MotState[] = Array.from({ length: POSETRACK_JOINTS }, () => new Map());
  for (const frame of counted) {
    motFrames(frame, rules).forEach((joint, j) => {
      const step = motStep(joint, states[j]!);
      counts[j] = addMotCounts(counts[j]!, step.counts);
      states[j] = step.state;
    });
  }
  return counts;
}

/**
 * PoseTrack's tracking figures (poseval, `evaluateTracking.py`): CLEAR MOT of every joint by itself, in every sequence by
 * itself; a joint may be matched within half a head size, whichever pose it belongs to. Counts are summed over sequences.
 *
 * Two things differ where the official sets cannot show it: a joint without objects has no figure and no part in means
 * (poseval counts its MOTP as 0), and MOTP is the mean over matches (poseval sums a column to which newer releases of
 * py-motmetrics add all pairs that may be matched, so that it comes out too low with them).
 *
 * @throws {TypeError} If somebody has no id.
 */
export function posetrackMot(sequences: Iterable<PoseTrackSequence>, rules: MotRules = "poseval"): PoseTrackMot {
  let counts: MotCounts[] = new Array(POSETRACK_JOINTS).fill(NO_MOT_COUNTS);
  for (const sequence of sequences) {
    const more = posetrackMotCounts(sequence, rules);
    counts = counts.map((count, j) => addMotCounts(count, more[j]!));
  }
  const figures = counts.map(motFigures);
  const percent = (value: number | null): number | null => value === null ? null : 100 * value;
  return {
    mota: figures.map(({ mota }) => percent(mota)),
    motp: figures.map(({ motp }) => percent(motp)),
    precision: figures.map(({ precision }) => percent(precision)),
    recall: figures.map(({ recall }) => percent(recall)),
    counts,
  };
}
