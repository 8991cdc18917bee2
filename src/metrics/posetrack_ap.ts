/**
 * Average precision of each joint: how well people are found and their joints placed, frame by frame.
 *
 * @module
 */

import { MATCH_DISTANCE, type PoseTrackSequence, scoredFrames } from "./posetrack_frames.ts";
import { POSETRACK_JOINTS } from "./posetrack_groups.ts";
import { matchPoses } from "./posetrack_match.ts";

/** Precision and recall of a ranked list. */
export interface RankedPrecision {
  /** Area under the precision that never rises with recall, 0..1. */
  readonly ap: number;
  /** Precision of the whole list, 0..1. */
  readonly precision: number;
  /** Recall of the whole list, 0..1. */
  readonly recall: number;
}

/**
 * Average precision in the manner of VOC: at each recall the largest precision at that recall or beyond it, no sampling
 * (`computeRPC` and `VOCap` in poseval's `eval_helpers.py`).
 *
 * The evaluator does not fix the order of equal scores. Here the later one goes first, which is what its reversed
 * ascending sort gives for short lists.
 *
 * @param scores Confidence of each prediction.
 * @param hits Whether each is right, 1 or 0.
 * @param positives How many there are to be found, at least 1.
 */
export function rankedPrecision(
  scores: ArrayLike<number>,
  hits: ArrayLike<number>,
  positives: number,
): RankedPrecision {
  const count = scores.length;
  const order = Array.from({ length: count }, (_, i) => i).sort((a, b) => scores[b]! - scores[a]! || b - a);
  const precision = new Float64Array(count);
  let right = 0;
  order.forEach((index, rank) => {
    right += hits[index]!;
    precision[rank] = right / (rank + 1);
  });
  let best = 0;
  let ap = 0;
  for (let rank = count - 1; rank >= 0; rank--) {
    best = Math.max(best, precision[rank]!);
    if (hits[order[rank]!]) ap += best / positives;
  }
  return { ap, precision: precision[count - 1] ?? 0, recall: right / positives };
}

/** Figures of the 15 joints in the order of the `posetrack15` layout, percent. */
export interface PoseTrackAp {
  /** Average precision; null for a joint that is never annotated. */
  readonly ap: readonly (number | null)[];
  /** Right predictions over all predictions; null for a joint that is neither annotated nor predicted. */
  readonly precision: readonly (number | null)[];
  /** Right predictions over annotated joints; null for a joint that is never annotated. */
  readonly recall: readonly (number | null)[];
  /** Annotated joints that counted. */
  readonly annotated: readonly number[];
  /** Predicted joints that counted. */
  readonly predicted: readonly number[];
  /** Frames that counted. */
  readonly frames: number;
}

/**
 * PoseTrack's average precision (poseval, `evaluateAP.py`). Poses are matched frame by frame by {@link matchPoses}. Every
 * joint of a matched prediction is right where it lies within half a head size of that person's joint; every joint of an
 * unmatched prediction is wrong. All frames of all sequences are ranked together.
 *
 * A joint that is never annotated has no figure here and no part in means; poseval counts it as 0 when nothing is
 * predicted for it. The official sets annotate every joint.
 */
export function posetrackAp(sequences: Iterable<PoseTrackSequence>): PoseTrackAp {
  const scores: number[][] = Array.from({ length: POSETRACK_JOINTS }, () => []);
  const hits: number[][] = Array.from({ length: POSETRACK_JOINTS }, () => []);
  const annotated: number[] = new Array(POSETRACK_JOINTS).fill(0);
  let frames = 0;
  for (const sequence of sequences) {
    for (const frame of scoredFrames(sequence.frames)) {
      frames++;
      const { distances, truthOf } = matchPoses(frame);
      for (const { present } of frame.truth) present.forEach((has, j) => annotated[j]! += has);
      frame.predicted.forEach((person, p) => {
        const matched = truthOf[p]! < 0 ? null : distances[p]![truthOf[p]!]!;
        person.present.forEach((has, j) => {
          if (!has) return;
          scores[j]!.push(person.scores[j]!);
          hits[j]!.push(matched !== null && matched[j]! <= MATCH_DISTANCE ? 1 : 0);
        });
      });
    }
  }
  const ranked = scores.map((joint, j) => rankedPrecision(joint, hits[j]!, Math.max(annotated[j]!, 1)));
  const predicted = scores.map(({ length }) => length);
  const percent = (value: number, j: number): number | null => annotated[j]! > 0 ? 100 * value : null;
  return {
    ap: ranked.map(({ ap }, j) => percent(ap, j)),
    precision: ranked.map(({ precision }, j) => annotated[j]! + predicted[j]! > 0 ? 100 * precision : null),
    recall: ranked.map(({ recall }, j) => percent(recall, j)),
    annotated,
    predicted,
    frames,
  };
}
