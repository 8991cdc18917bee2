import assert from "node:assert/strict";
import fc from "fast-check";
import { posetrackAp, rankedPrecision } from "../../src/metrics/posetrack_ap.ts";
import type { PoseTrackFrame } from "../../src/metrics/posetrack_frames.ts";
import { anyFrames, apart, frame, guess, perfect, truth } from "./_posetrack.ts";

/** Rounding of a sum of a few products below 100. */
const SUM_TOLERANCE = 1e-10;

function close(value: number | null, expected: number): void {
  assert.ok(value !== null && Math.abs(value - expected) < SUM_TOLERANCE, `${value} instead of ${expected}`);
}

function apOf(frames: readonly PoseTrackFrame[]) {
  return posetrackAp([{ name: "clip", frames }]);
}

Deno.test("rankedPrecision() is the area under the precision that never rises", () => {
  // Ranked: right, wrong, right, right, wrong of 4 to be found.
  // Precision: 1/1, 1/2, 2/3, 3/4, 3/5; best there or later: 1, 3/4, 3/4, 3/4, 3/5.
  // Each right one adds 1/4 of recall: (1 + 3/4 + 3/4) / 4 = 0.625. The fourth is never found.
  const { ap, precision, recall } = rankedPrecision([0.9, 0.8, 0.7, 0.6, 0.5], [1, 0, 1, 1, 0], 4);
  close(ap, 0.625);
  close(precision, 3 / 5);
  close(recall, 3 / 4);
});

Deno.test("rankedPrecision() sorts by score, and takes the later of equal scores first", () => {
  // Ranked: right (0.9), then of the two 0.5 the later, which is right, then the wrong one.
  close(rankedPrecision([0.5, 0.9, 0.5], [0, 1, 1], 2).ap, 1);
  close(rankedPrecision([0.5, 0.9, 0.5], [1, 1, 0], 2).ap, (1 + 2 / 3) / 2);
});

Deno.test("rankedPrecision() of nothing is 0", () => {
  assert.deepEqual(rankedPrecision([], [], 3), { ap: 0, precision: 0, recall: 0 });
});

Deno.test("posetrackAp() of two frames by hand", () => {
  // Half a head is 5 px. Frame 1: person at 0; a prediction 4 px away (right, score 0.6) and one 40 px away (wrong, 0.9).
  // Frame 2: persons at 0 and 100; one prediction exactly on the second (right, 0.8); the first person is never found.
  // Ranked: 0.9 wrong, 0.8 right, 0.6 right; precision 0, 1/2, 2/3; 3 annotated.
  // AP = 2 x (1/3 x 2/3) = 4/9. Precision 2/3, recall 2/3.
  const { ap, precision, recall, annotated, predicted, frames } = apOf([
    frame([truth(0, 0)], [guess(0, 40, 0.9), guess(1, 4, 0.6)]),
    frame([truth(0, 0), truth(1, 100)], [guess(1, 100, 0.8)]),
  ]);
  for (let j = 0; j < 15; j++) {
    close(ap[j]!, 400 / 9);
    close(precision[j]!, 200 / 3);
    close(recall[j]!, 200 / 3);
  }
  assert.deepEqual([annotated[3], predicted[3], frames], [3, 3, 2]);
});

Deno.test("posetrackAp() counts all joints of an unmatched pose as wrong, near or not", () => {
  // The second prediction reaches joint 0 of the person, but the person is taken by the first.
  const { ap, precision } = apOf([frame([truth(0, 0)], [guess(0, 0, 0.9), guess(1, 0, 0.8, 0, [0])])]);
  close(ap[0]!, 100); // wrong, but ranked after everything right
  close(precision[0]!, 50);
  close(precision[1]!, 100);
});

Deno.test("posetrackAp() takes a joint exactly half a head away for right, and one further away for wrong", () => {
  const far = guess(0, 5);
  far.points[0] = 5.001; // joint 0; half a head is 5 px
  const { recall } = apOf([frame([truth(0, 0)], [far])]);
  assert.deepEqual([recall[0], recall[1]], [0, 100]);
});

Deno.test("posetrackAp() has no figure for a joint that is never annotated", () => {
  const { ap, precision, recall } = apOf([frame([truth(0, 0, 0, [0, 1])], [guess(0, 0, 0.9, 0, [0, 2])])]);
  assert.deepEqual([ap[0], precision[0], recall[0]], [100, 100, 100]);
  assert.deepEqual([ap[1], precision[1], recall[1]], [0, 0, 0]);
  assert.deepEqual([ap[2], precision[2], recall[2]], [null, 0, null]);
  assert.deepEqual([ap[3], precision[3], recall[3]], [null, null, null]);
});

Deno.test("posetrackAp() of frames that nobody annotated is empty", () => {
  const { ap, frames } = apOf([frame([], [guess(0, 0)])]);
  assert.equal(frames, 0);
  assert.ok(ap.every((value) => value === null));
});

Deno.test("posetrackAp() of perfect predictions is 100 for every annotated joint", () => {
  fc.assert(
    fc.property(anyFrames, (frames) => {
      const { ap, precision, recall, annotated } = apOf(perfect(apart(frames)));
      for (let j = 0; j < 15; j++) {
        if (annotated[j] === 0) assert.equal(ap[j], null);
        else [ap[j]!, precision[j]!, recall[j]!].forEach((value) => close(value, 100));
      }
    }),
  );
});

Deno.test("posetrackAp() depends on scores by their order only", () => {
  fc.assert(
    fc.property(anyFrames, (frames) => {
      const changed = frames.map((one) => ({
        ...one,
        predicted: one.predicted.map((person) => ({
          ...person,
          scores: person.scores.map((s) => Math.exp(4 * s) - 3),
        })),
      }));
      assert.deepEqual(apOf(changed), apOf(frames));
    }),
  );
});

Deno.test("posetrackAp() stays within 0 and 100 and never rises by a false positive", () => {
  fc.assert(
    fc.property(anyFrames, fc.double({ min: 0, max: 1, noNaN: true }), (frames, score) => {
      const before = apOf(frames);
      const more = frames.map((one) => ({ ...one, predicted: [...one.predicted, guess(9, 5000, score)] }));
      const after = apOf(more);
      before.ap.forEach((value, j) => {
        if (value === null) return assert.equal(after.ap[j], null);
        assert.ok(value >= 0 && value <= 100 + SUM_TOLERANCE);
        assert.ok(after.ap[j]! <= value + SUM_TOLERANCE, `${after.ap[j]} after ${value}`);
        assert.ok(after.precision[j]! <= before.precision[j]! + SUM_TOLERANCE);
        assert.equal(after.recall[j], before.recall[j]);
      });
    }),
  );
});
