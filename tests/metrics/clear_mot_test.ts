import assert from "node:assert/strict";
import fc from "fast-check";
import { ShapeError } from "../../src/core/errors.ts";
import {
  addMotCounts,
  motFigures,
  type MotFrame,
  type MotState,
  motStep,
  NO_MOT_COUNTS,
} from "../../src/metrics/clear_mot.ts";

/** Rounding of a sum of a few distances below 1. */
const SUM_TOLERANCE = 1e-12;
const FAR = Infinity;

function frame(objects: number[], hypotheses: number[], ...distances: number[]): MotFrame {
  return { objects, hypotheses, distances: Float64Array.from(distances) };
}

function run(frames: readonly MotFrame[]) {
  let state: MotState = new Map();
  let counts = NO_MOT_COUNTS;
  for (const one of frames) {
    const step = motStep(one, state);
    state = step.state;
    counts = addMotCounts(counts, step.counts);
  }
  return { counts, state, figures: motFigures(counts) };
}

Deno.test("motStep() counts the example of the paper's definitions by hand", () => {
  // Frame 1: objects 1, 2; hypotheses 10, 20; 1-10 at 0.1, 2-20 at 0.2: two matches.
  // Frame 2: object 1 keeps 10 at 0.4, though 30 is nearer (0.1): 30 is a false positive. Object 2 has nobody: a miss.
  // Frame 3: 10 is gone; object 1 takes 30 at 0.3: a switch. Object 2 has 20 again at 0.1: a match, no switch.
  const { counts, figures } = run([
    frame([1, 2], [10, 20], 0.1, FAR, FAR, 0.2),
    frame([1, 2], [10, 30], 0.4, 0.1, FAR, FAR),
    frame([1, 2], [20, 30], FAR, 0.3, 0.1, FAR),
  ]);
  assert.ok(Math.abs(counts.distance - (0.1 + 0.2 + 0.4 + 0.3 + 0.1)) < SUM_TOLERANCE);
  assert.deepEqual({ ...counts, distance: 0 }, {
    objects: 6,
    detections: 5,
    misses: 1,
    falsePositives: 1,
    switches: 1,
    distance: 0,
  });
  // MOTA = 1 - (1 miss + 1 switch + 1 false positive) / 6 objects = 0.5; MOTP = 1 - 1.1 / 5 = 0.78
  assert.ok(Math.abs(figures.mota! - 0.5) < SUM_TOLERANCE);
  assert.ok(Math.abs(figures.motp! - 0.78) < SUM_TOLERANCE);
  assert.ok(Math.abs(figures.precision! - 5 / 6) < SUM_TOLERANCE);
  assert.ok(Math.abs(figures.recall! - 5 / 6) < SUM_TOLERANCE);
});

Deno.test("motStep() remembers an identity through frames in which the object is missed or absent", () => {
  const { counts } = run([
    frame([1], [10], 0.1),
    frame([1], [20], FAR),
    frame([], [10]),
    frame([1], [20], 0.1),
    frame([1], [20, 10], 0.1, 0.2),
  ]);
  // The switch to 20 counts although three frames lie between; then 20 is kept although 10 is back.
  assert.deepEqual([counts.switches, counts.misses, counts.falsePositives], [1, 1, 3]);
});

Deno.test("motStep() matches as many as it can, then as near as it can", () => {
  // The nearest pair alone (1-10 at 0.0) would leave object 2 without anybody.
  const most = run([frame([1, 2], [10, 20], 0.0, 0.5, 0.1, FAR)]);
  assert.deepEqual([most.counts.misses, most.state.get(1), most.state.get(2)], [0, 20, 10]);
  // Both ways match two; 0.1 + 0.1 is less than 0.0 + 0.4.
  const near = run([frame([1, 2], [10, 20], 0.0, 0.1, 0.1, 0.4)]);
  assert.deepEqual([near.state.get(1), near.state.get(2)], [20, 10]);
});

Deno.test("motStep() lets two objects that had the same hypothesis not both keep it", () => {
  // 1 had 10, then 2 took 10 while 1 was absent. Both are there: 1 comes first and keeps 10, 2 switches to 20.
  const { counts, state } = run([
    frame([1], [10], 0.1),
    frame([2], [10], 0.1),
    frame([1, 2], [10, 20], 0.1, FAR, 0.1, 0.1),
  ]);
  assert.deepEqual([counts.switches, counts.misses, state.get(1), state.get(2)], [1, 0, 10, 20]);
});

Deno.test("motFigures() has no figure where there is nothing to divide by", () => {
  assert.deepEqual(motFigures(NO_MOT_COUNTS), { mota: null, motp: null, precision: null, recall: null });
  assert.deepEqual(motFigures({ ...NO_MOT_COUNTS, objects: 2, misses: 2 }), {
    mota: 0,
    motp: 0,
    precision: null,
    recall: 0,
  });
  // More errors than objects: below 0.
  assert.equal(motFigures({ ...NO_MOT_COUNTS, objects: 1, misses: 1, falsePositives: 2 }).mota, -2);
});

Deno.test("motStep() does not change the state that it is given, and refuses distances that do not fill the frame", () => {
  const state = new Map([[1, 10]]);
  motStep(frame([1], [20], 0.1), state);
  assert.deepEqual([...state], [[1, 10]]);
  assert.throws(() => motStep(frame([1], [20], 0.1, 0.2), state), ShapeError);
});

const anyFrame = fc.tuple(fc.subarray([1, 2, 3, 4]), fc.subarray([10, 20, 30, 40])).chain(([objects, hypotheses]) =>
  fc.array(fc.oneof(fc.constant(FAR), fc.double({ min: 0, max: 0.5, noNaN: true })), {
    minLength: objects.length * hypotheses.length,
    maxLength: objects.length * hypotheses.length,
  }).map((distances) => frame(objects, hypotheses, ...distances))
);

Deno.test("motStep() counts every object and every hypothesis once", () => {
  fc.assert(
    fc.property(fc.array(anyFrame, { maxLength: 8 }), (frames) => {
      const { counts } = run(frames);
      assert.equal(counts.objects, frames.reduce((sum, { objects }) => sum + objects.length, 0));
      assert.equal(counts.detections + counts.misses, counts.objects);
      assert.equal(
        counts.detections + counts.falsePositives,
        frames.reduce((sum, { hypotheses }) => sum + hypotheses.length, 0),
      );
      assert.ok(counts.switches <= counts.detections);
      assert.ok(counts.distance <= 0.5 * counts.detections + SUM_TOLERANCE);
    }),
  );
});

Deno.test("motStep() depends on names of identities in no way", () => {
  fc.assert(
    fc.property(fc.array(anyFrame, { maxLength: 8 }), (frames) => {
      const renamed = frames.map((one) => ({
        ...one,
        objects: one.objects.map((id) => 900 - id),
        hypotheses: one.hypotheses.map((id) => id * 7),
      }));
      assert.deepEqual(run(renamed).counts, run(frames).counts);
    }),
  );
});
