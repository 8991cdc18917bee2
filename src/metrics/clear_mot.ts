/**
 * CLEAR MOT: misses, false positives and switches of identities in one sequence.
 *
 * @module
 */

import { assignMaxGain } from "../core/assignment.ts";
import { checkShape } from "../core/errors.ts";

/** What happened in a sequence, counted. */
export interface MotCounts {
  /** Objects, summed over frames. */
  readonly objects: number;
  /** Objects that were matched, with switches. */
  readonly detections: number;
  /** Objects that were not. */
  readonly misses: number;
  /** Hypotheses that were not. */
  readonly falsePositives: number;
  /** Matches with another hypothesis than the last one that the object was matched with. */
  readonly switches: number;
  /** Sum of the distances of all matches. */
  readonly distance: number;
}

/** Nothing happened. */
export const NO_MOT_COUNTS: MotCounts = Object.freeze({
  objects: 0,
  detections: 0,
  misses: 0,
  falsePositives: 0,
  switches: 0,
  distance: 0,
});

/** Sum of two counts. */
export function addMotCounts(a: MotCounts, b: MotCounts): MotCounts {
  return {
    objects: a.objects + b.objects,
    detections: a.detections + b.detections,
    misses: a.misses + b.misses,
    falsePositives: a.falsePositives + b.falsePositives,
    switches: a.switches + b.switches,
    distance: a.distance + b.distance,
  };
}

/** The last hypothesis of each object. */
export type MotState = ReadonlyMap<number, number>;

/** Objects and hypotheses of one frame. */
export interface MotFrame {
  /** Ids of the objects; none twice. */
  readonly objects: readonly number[];
  /** Ids of the hypotheses; none twice. */
  readonly hypotheses: readonly number[];
  /** `[objects, hypotheses]`, at least 0; infinite where the two must not be matched. */
  readonly distances: Float64Array;
}

/**
 * One frame of CLEAR MOT (Bernardin and Stiefelhagen, EURASIP JIVP 2008), as py-motmetrics 1.x counts it:
 *
 * 1. an object whose last hypothesis is there, and may be matched, keeps it, be another one nearer;
 * 2. the others are matched so that as many as possible are, and of these ways the one with the least summed distance;
 * 3. such a match is a switch when the object's last hypothesis was another one, however long ago;
 * 4. objects left over are misses, hypotheses left over are false positives.
 *
 * @param state Last hypotheses before the frame; empty at the start of a sequence.
 * @returns What is counted in this frame, and the state after it.
 * @throws {ShapeError} If `distances` do not fill `[objects, hypotheses]`.
 */
export function motStep(frame: MotFrame, state: MotState): { readonly counts: MotCounts; readonly state: MotState } {
  const { objects, hypotheses, distances } = frame;
  checkShape("match objects", [objects.length, hypotheses.length], distances.length);
  const next = new Map(state);
  const free = new Set(hypotheses.keys());
  const open: number[] = [];
  let distance = 0;
  objects.forEach((object, o) => {
    const last = state.get(object);
    const h = last === undefined ? -1 : hypotheses.indexOf(last);
    if (h < 0 || !free.has(h) || !Number.isFinite(distances[o * hypotheses.length + h]!)) {
      open.push(o);
      return;
    }
    free.delete(h);
    distance += distances[o * hypotheses.length + h]!;
  });

  const columns = [...free];
  const costs = open.flatMap((o) => columns.map((h) => distances[o * hypotheses.length + h]!));
  const largest = costs.reduce((most, cost) => Number.isFinite(cost) ? Math.max(most, cost) : most, 0);
  // One more pair must be worth more than anything that the other pairs can lose by it.
  const worth = 1 + largest * (Math.min(open.length, columns.length) + 1);
  const gain = Float64Array.from(costs, (cost) => Number.isFinite(cost) ? worth - cost : 0);
  let switches = 0;
  let misses = 0;
  assignMaxGain(gain, open.length, columns.length).forEach((column, row) => {
    if (column < 0) {
      misses++;
      return;
    }
    const object = objects[open[row]!]!;
    const hypothesis = hypotheses[columns[column]!]!;
    if (state.has(object) && state.get(object) !== hypothesis) switches++;
    distance += costs[row * columns.length + column]!;
    next.set(object, hypothesis);
    free.delete(columns[column]!);
  });
  return {
    counts: {
      objects: objects.length,
      detections: objects.length - misses,
      misses,
      falsePositives: free.size,
      switches,
      distance,
    },
    state: next,
  };
}

/** What the counts give. */
export interface MotFigures {
  /** Accuracy: 1 minus misses, false positives and switches per object. May be negative. Null without objects. */
  readonly mota: number | null;
  /** 1 minus the mean distance of the matches, in the unit in which 1 is the reference length; 0 without matches. */
  readonly motp: number | null;
  /** Matches over hypotheses; null without hypotheses. */
  readonly precision: number | null;
  /** Matches over objects; null without objects. */
  readonly recall: number | null;
}

/** Figures of counts, as poseval's `evaluateTracking.py` takes them, 0..1. */
export function motFigures(counts: MotCounts): MotFigures {
  const { objects, detections, misses, falsePositives, switches, distance } = counts;
  const hypotheses = detections + falsePositives;
  return {
    mota: objects > 0 ? 1 - (misses + switches + falsePositives) / objects : null,
    motp: detections > 0 ? 1 - distance / detections : objects > 0 ? 0 : null,
    precision: hypotheses > 0 ? detections / hypotheses : null,
    recall: objects > 0 ? detections / objects : null,
  };
}
