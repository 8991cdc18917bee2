/**
 * Which prediction stands for which annotated person, in one frame.
 *
 * @module
 */

import { POSETRACK_JOINTS } from "./posetrack_groups.ts";
import { jointDistances, MATCH_DISTANCE, type PoseTrackFrame } from "./posetrack_frames.ts";

/** Distances and matches of one frame with P predictions and G annotated people. */
export interface PoseTrackMatch {
  /** `[P, G]` rows `[15]`, in head sizes; infinite where either lacks the joint. */
  readonly distances: readonly (readonly Float64Array[])[];
  /** `[P]`: index of the annotated person that a prediction stands for, or -1. */
  readonly truthOf: Int32Array;
}

/** Index of the first largest value, and the value; -1 and 0 of an empty list. */
function firstLargest(values: readonly number[]): [index: number, value: number] {
  let best = -1;
  values.forEach((value, i) => {
    if (best < 0 || value > values[best]!) best = i;
  });
  return [best, values[best] ?? 0];
}

/**
 * Matches whole poses as poseval does (`assignGTmulti` in its `eval_helpers.py`). The overlap of a pair is the number of
 * joints within {@link MATCH_DISTANCE} over the number of annotated joints. Every prediction keeps only the person with
 * whom it overlaps most; then every person takes, of the predictions that kept it, the one that overlaps most, if more than
 * 0. Of equals, the first counts.
 */
export function matchPoses(frame: PoseTrackFrame): PoseTrackMatch {
  const { truth, predicted } = frame;
  const distances = predicted.map((person) => truth.map((target) => jointDistances(person, target)));
  const annotated = truth.map(({ present }) => present.reduce((sum, has) => sum + has, 0));
  const kept = distances.map((row) => {
    const overlaps = row.map((joints, g) => {
      let within = 0;
      for (let j = 0; j < POSETRACK_JOINTS; j++) if (joints[j]! <= MATCH_DISTANCE) within++;
      return within / Math.max(annotated[g]!, 1);
    });
    return firstLargest(overlaps);
  });
  const truthOf = new Int32Array(predicted.length).fill(-1);
  truth.forEach((_, g) => {
    const [best, overlap] = firstLargest(kept.map(([index, value]) => index === g ? value : 0));
    if (overlap > 0) truthOf[best] = g;
  });
  return { distances, truthOf };
}
