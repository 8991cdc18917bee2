/**
 * What the PoseTrack metrics count over: people of a sequence, frame by frame, after the evaluator's rules on what is
 * left out.
 *
 * @module
 */

import { POSETRACK_JOINTS } from "./posetrack_groups.ts";

/** An annotated or a predicted person in one frame. Joints in the order of the `posetrack15` layout. */
export interface PoseTrackPerson {
  /** Track; null without. The same person has the same id in all frames of a sequence. */
  readonly id: number | null;
  /** `[15, 2]`, px. */
  readonly points: Float64Array;
  /** `[15]`: 1 where the joint is annotated or predicted. */
  readonly present: Uint8Array;
}

/** An annotated person. */
export interface PoseTrackTruth extends PoseTrackPerson {
  /** Reference length, px: 0.6 times the diagonal of the head box. 0 makes every prediction miss. */
  readonly headSize: number;
}

/** A predicted person. */
export interface PoseTrackPrediction extends PoseTrackPerson {
  /** `[15]`: confidence of each joint; any finite number, only its rank counts. */
  readonly scores: Float64Array;
}

/** One frame: everybody annotated and everybody predicted. */
export interface PoseTrackFrame {
  /** Whether the frame has annotations of people at all (even if none of them has a point). */
  readonly annotated: boolean;
  /** Annotated people. */
  readonly truth: readonly PoseTrackTruth[];
  /** Predicted people. */
  readonly predicted: readonly PoseTrackPrediction[];
  /** Polygons `[n, 2]`, px: what lies inside of them is not scored. */
  readonly ignore: readonly Float64Array[];
}

/** The frames of one video, in order. */
export interface PoseTrackSequence {
  /** Name of the sequence. */
  readonly name: string;
  /** Its frames. */
  readonly frames: readonly PoseTrackFrame[];
}

/** Share of the head box's diagonal that is the head size (`SC_BIAS` of MPII and PoseTrack). */
export const HEAD_SIZE_FACTOR = 0.6;

/** Head size of a head box, px. */
export function headSize(width: number, height: number): number {
  return HEAD_SIZE_FACTOR * Math.hypot(width, height);
}

/**
 * Whether a point lies strictly inside of a polygon: a point on an edge does not (`Polygon.contains` of shapely, which
 * poseval uses). Even-odd rule where the polygon crosses itself; fewer than three corners hold nothing.
 *
 * @param polygon Corners `[n, 2]`, px; the last is joined to the first.
 */
export function isInsidePolygon(polygon: Float64Array, x: number, y: number): boolean {
  const corners = polygon.length / 2;
  let inside = false;
  for (let i = 0, j = corners - 1; i < corners; j = i++) {
    const [ax, ay, bx, by] = [polygon[j * 2]!, polygon[j * 2 + 1]!, polygon[i * 2]!, polygon[i * 2 + 1]!];
    const side = (bx - ax) * (y - ay) - (by - ay) * (x - ax);
    const between = Math.min(ax, bx) <= x && x <= Math.max(ax, bx) && Math.min(ay, by) <= y && y <= Math.max(ay, by);
    if (side === 0 && between) return false;
    if ((ay > y) !== (by > y) && (side > 0) === (by > ay)) inside = !inside;
  }
  return inside && corners >= 3;
}

/** The person without the points inside of `polygons`; null when no point is left. */
function outside<Person extends PoseTrackPerson>(person: Person, polygons: readonly Float64Array[]): Person | null {
  const present = person.present.map((has, joint) => {
    if (!has) return 0;
    const [x, y] = [person.points[joint * 2]!, person.points[joint * 2 + 1]!];
    return polygons.some((polygon) => isInsidePolygon(polygon, x, y)) ? 0 : 1;
  });
  return present.includes(1) ? { ...person, present } : null;
}

/**
 * Leaves out what poseval leaves out (`cleanupData` and `removeIgnoredPoints` in its `eval_helpers.py`): frames without
 * annotated people, with their predictions; points inside of ignore regions, annotated or predicted; and in frames that
 * have such regions, people of whom nothing is left.
 */
export function scoredFrames(frames: readonly PoseTrackFrame[]): PoseTrackFrame[] {
  return frames.filter(({ annotated }) => annotated).map((frame) => {
    if (frame.ignore.length === 0) return frame;
    return {
      ...frame,
      truth: frame.truth.flatMap((person) => outside(person, frame.ignore) ?? []),
      predicted: frame.predicted.flatMap((person) => outside(person, frame.ignore) ?? []),
    };
  });
}

/** Largest distance that is a match, in head sizes. */
export const MATCH_DISTANCE = 0.5;

/**
 * Distance of each joint of a prediction to that of an annotated person.
 *
 * @returns `[15]`, in head sizes; infinite where either of the two lacks the joint.
 */
export function jointDistances(predicted: PoseTrackPerson, truth: PoseTrackTruth): Float64Array {
  const distances = new Float64Array(POSETRACK_JOINTS).fill(Infinity);
  for (let j = 0; j < POSETRACK_JOINTS; j++) {
    if (!predicted.present[j] || !truth.present[j] || !(truth.headSize > 0)) continue;
    const x = predicted.points[j * 2]! - truth.points[j * 2]!;
    const y = predicted.points[j * 2 + 1]! - truth.points[j * 2 + 1]!;
    distances[j] = Math.hypot(x, y) / truth.headSize;
  }
  return distances;
}
