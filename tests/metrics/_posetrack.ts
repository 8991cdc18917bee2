/** People, frames and sequences for the PoseTrack tests. */
import fc from "fast-check";
import type { PoseTrackFrame, PoseTrackPrediction, PoseTrackTruth } from "../../src/metrics/posetrack_frames.ts";

/** Joints of the evaluator. */
export const JOINTS = 15;
/** Head size of everybody here: distances in px are then tenths of a head. */
export const HEAD = 10;

/** Points of all joints at one place: what differs between people is enough for the arithmetic by hand. */
function at(x: number, y: number, joints: readonly number[]): { points: Float64Array; present: Uint8Array } {
  const points = new Float64Array(2 * JOINTS);
  const present = new Uint8Array(JOINTS);
  for (const j of joints) {
    points.set([x, y], 2 * j);
    present[j] = 1;
  }
  return { points, present };
}

const ALL = Array.from({ length: JOINTS }, (_, j) => j);

/** An annotated person of head size 10 whose joints are all at (x, y). */
export function truth(id: number | null, x: number, y = 0, joints: readonly number[] = ALL): PoseTrackTruth {
  return { id, headSize: HEAD, ...at(x, y, joints) };
}

/** A predicted person whose joints are all at (x, y), with one score. */
export function guess(
  id: number | null,
  x: number,
  score = 0.9,
  y = 0,
  joints: readonly number[] = ALL,
): PoseTrackPrediction {
  return { id, scores: new Float64Array(JOINTS).fill(score), ...at(x, y, joints) };
}

/** A frame that is annotated when somebody is. */
export function frame(
  people: readonly PoseTrackTruth[],
  predicted: readonly PoseTrackPrediction[],
  ignore: readonly Float64Array[] = [],
): PoseTrackFrame {
  return { annotated: people.length > 0, truth: people, predicted, ignore };
}

const person = (id: number) =>
  fc.record({
    x: fc.integer({ min: 0, max: 60 }),
    y: fc.integer({ min: 0, max: 60 }),
    // Steps of 1/64: near scores stay apart when they are mapped, and some are equal.
    score: fc.integer({ min: 0, max: 64 }).map((step) => step / 64),
    joints: fc.subarray(ALL, { minLength: 1 }),
    id: fc.constant(id),
  });
const people = fc.subarray([0, 1, 2, 3]).chain((ids) => fc.tuple(...ids.map(person)));

/** Frames with up to four annotated and four predicted people, often near each other. */
export const anyFrames: fc.Arbitrary<PoseTrackFrame[]> = fc.array(
  fc.tuple(people, people).map(([gt, pr]) =>
    frame(
      gt.map(({ id, x, y, joints }) => truth(id, x, y, joints)),
      pr.map(({ id, x, y, score, joints }) => guess(id, x, score, y, joints)),
    )
  ),
  { minLength: 1, maxLength: 6 },
);

/** The truth of frames as their predictions: nothing better can be predicted. */
export function perfect(frames: readonly PoseTrackFrame[]): PoseTrackFrame[] {
  return frames.map((one) => ({
    ...one,
    predicted: one.truth.map(({ id, points, present }) => ({
      id,
      points,
      present,
      scores: new Float64Array(JOINTS).fill(0.5),
    })),
  }));
}

/** People so far apart that each can only be matched with itself. */
export function apart(frames: readonly PoseTrackFrame[]): PoseTrackFrame[] {
  return frames.map((one) => ({
    ...one,
    truth: one.truth.map((person, i) => ({ ...person, points: person.points.map((value) => value + 1000 * i) })),
  }));
}
