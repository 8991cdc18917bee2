import assert from "node:assert/strict";
import fc from "fast-check";
import type { PoseTrackFrame } from "../../src/metrics/posetrack_frames.ts";
import { type MotRules, posetrackMot, posetrackMotCounts } from "../../src/metrics/posetrack_mot.ts";
import { anyFrames, apart, frame, guess, JOINTS, perfect, truth } from "./_posetrack.ts";

/** Rounding of a few sums and one division. */
const SUM_TOLERANCE = 1e-10;
const RULES: readonly MotRules[] = ["poseval", "clear"];

function motOf(frames: readonly PoseTrackFrame[], rules: MotRules) {
  return posetrackMot([{ name: "clip", frames }], rules);
}

function countsOf(frames: readonly PoseTrackFrame[], rules: MotRules) {
  return posetrackMotCounts({ name: "clip", frames }, rules)[0]!;
}

/** Two people far apart in `count` frames, followed the right way, but the other way round from frame `swap` on. */
function walk(count: number, swap: number): PoseTrackFrame[] {
  return Array.from({ length: count }, (_, t) => {
    const [first, second] = t >= swap ? [8, 7] : [7, 8];
    return frame([truth(0, t), truth(1, 500 + t)], [guess(first, t), guess(second, 500 + t)]);
  });
}

Deno.test("posetrackMot() by hand, with the rules of CLEAR MOT", () => {
  // Head 10 px, half a head 5 px. Frame 1: person 0 found 2 px away (0.2), person 1 not.
  // Frame 2: person 0 found by another track 1 px away (0.1, a switch), person 1 found exactly, one ghost.
  // 4 objects, 3 matches, 1 miss, 1 false positive, 1 switch: MOTA = 1 - 3/4 = 25 %.
  // MOTP = 1 - (0.2 + 0.1 + 0) / 3 = 90 %. Precision = 3/4, recall = 3/4.
  const frames = [
    frame([truth(0, 0), truth(1, 100)], [guess(5, 2)]),
    frame([truth(0, 0), truth(1, 100)], [guess(6, 1), guess(7, 100), guess(8, 900)]),
  ];
  const { mota, motp, precision, recall } = motOf(frames, "clear");
  for (let j = 0; j < JOINTS; j++) {
    assert.ok(Math.abs(mota[j]! - 25) < SUM_TOLERANCE);
    assert.ok(Math.abs(motp[j]! - 90) < SUM_TOLERANCE);
    assert.ok(Math.abs(precision[j]! - 75) < SUM_TOLERANCE);
    assert.ok(Math.abs(recall[j]! - 75) < SUM_TOLERANCE);
  }
  // The official evaluator leaves out the last frame: 2 objects, 1 match, 1 miss.
  assert.equal(motOf(frames, "poseval").mota[0], 50);
});

Deno.test("posetrackMot() matches a joint exactly half a head away, and none further away", () => {
  const far = guess(5, 5);
  far.points[0] = 5.001; // joint 0; half a head is 5 px
  const { recall, motp } = motOf([frame([truth(0, 0)], [far])], "clear");
  assert.deepEqual([recall[0], recall[1]], [0, 100]);
  assert.deepEqual([motp[0], motp[1]], [0, 50]);
});

Deno.test("posetrackMot() follows joints, not poses", () => {
  // Track 5 has the left ankle on person 0 and the nose on person 1: both joints are matches, of different people.
  const mixed = guess(5, 0, 0.9, 0, [5]);
  mixed.points.set([100, 0], 2 * 13);
  mixed.present[13] = 1;
  const { counts } = motOf([frame([truth(0, 0), truth(1, 100)], [mixed])], "clear");
  assert.deepEqual([counts[5]!.detections, counts[13]!.detections, counts[0]!.detections], [1, 1, 0]);
  assert.deepEqual([counts[5]!.misses, counts[0]!.misses, counts[0]!.falsePositives], [1, 2, 0]);
});

Deno.test("posetrackMot() counts a frame without predictions as the official evaluator does", () => {
  // Two people and nobody predicted: 2 misses. poseval counts 1 miss and 1 false positive instead (and has to see a
  // frame after it, as it leaves out the last).
  const frames = [frame([truth(0, 0), truth(1, 100)], []), frame([truth(0, 0)], [guess(0, 0)])];
  const clear = countsOf(frames.slice(0, 1), "clear");
  assert.deepEqual([clear.objects, clear.misses, clear.falsePositives], [2, 2, 0]);
  const poseval = countsOf(frames, "poseval");
  assert.deepEqual([poseval.objects, poseval.misses, poseval.falsePositives], [1, 1, 1]);
});

Deno.test("posetrackMot() starts every sequence without memory", () => {
  const one = [frame([truth(0, 0)], [guess(5, 0)])];
  const two = [frame([truth(0, 0)], [guess(6, 0)])];
  const { counts } = posetrackMot([{ name: "a", frames: one }, { name: "b", frames: two }], "clear");
  assert.deepEqual([counts[0]!.objects, counts[0]!.switches], [2, 0]);
});

Deno.test("posetrackMot() counts exactly two switches when two identities are swapped midway", () => {
  fc.assert(
    fc.property(fc.integer({ min: 4, max: 12 }), fc.integer({ min: 1, max: 2 }), (count, swap) => {
      for (const rules of RULES) {
        const counts = countsOf(walk(count, swap), rules);
        const frames = rules === "poseval" ? count - 1 : count;
        assert.deepEqual(counts, {
          objects: 2 * frames,
          detections: 2 * frames,
          misses: 0,
          falsePositives: 0,
          switches: 2,
          distance: 0,
        });
        const { mota } = motOf(walk(count, swap), rules);
        assert.ok(Math.abs(mota[0]! - 100 * (1 - 2 / (2 * frames))) < SUM_TOLERANCE);
      }
    }),
  );
});

Deno.test("posetrackMot() of perfect predictions is 100 for every joint that is there", () => {
  fc.assert(
    fc.property(anyFrames, (frames) => {
      for (const rules of RULES) {
        const { mota, motp, counts } = motOf(perfect(apart(frames)), rules);
        for (let j = 0; j < JOINTS; j++) {
          const there = counts[j]!.objects > 0;
          assert.deepEqual([mota[j], motp[j]], there ? [100, 100] : [null, null]);
        }
      }
    }),
  );
});

Deno.test("posetrackMot() never rises by a false positive", () => {
  fc.assert(
    fc.property(anyFrames, (frames) => {
      for (const rules of RULES) {
        // Under the rules of poseval a frame with nobody predicted is not counted by its people, so one more prediction
        // changes what is counted: only frames with predictions are asked there.
        const asked = rules === "clear" ? frames : frames.filter(({ predicted }) => predicted.length > 0);
        const more = asked.map((one) => ({ ...one, predicted: [...one.predicted, guess(9, 5000)] }));
        const [before, after] = [motOf(asked, rules), motOf(more, rules)];
        before.mota.forEach((value, j) => {
          if (value === null) return assert.equal(after.mota[j], null);
          assert.ok(after.mota[j]! <= value + SUM_TOLERANCE);
          assert.equal(after.recall[j], before.recall[j]);
          assert.equal(after.motp[j], before.motp[j]);
        });
      }
    }),
  );
});

Deno.test("posetrackMot() refuses people without identities", () => {
  assert.throws(() => motOf([frame([truth(0, 0)], [guess(null, 0)])], "clear"), TypeError);
  assert.throws(() => motOf([frame([truth(null, 0)], [guess(1, 0)])], "clear"), TypeError);
});
