import assert from "node:assert/strict";
import fc from "fast-check";
import {
  headSize,
  isInsidePolygon,
  jointDistances,
  type PoseTrackFrame,
  scoredFrames,
} from "../../src/metrics/posetrack_frames.ts";
import { posetrackGroups } from "../../src/metrics/posetrack_groups.ts";
import { matchPoses } from "../../src/metrics/posetrack_match.ts";
import { frame, guess, truth } from "./_posetrack.ts";

/** Rounding of a sum of 15 numbers below 100. */
const SUM_TOLERANCE = 1e-12;

Deno.test("headSize() is 0.6 of the diagonal", () => {
  // 3-4-5 triangle: the diagonal of 30 x 40 is 50.
  assert.equal(headSize(30, 40), 30);
});

Deno.test("jointDistances() counts in head sizes and is infinite where a joint is missing", () => {
  // 3 px across and 4 px down are 5 px, half of a head of 10 px.
  const distances = jointDistances(guess(0, 3, 0.9, 4, [0, 1]), truth(0, 0, 0, [0, 2]));
  assert.equal(distances[0], 0.5);
  assert.equal(distances[1], Infinity);
  assert.equal(distances[2], Infinity);
});

Deno.test("jointDistances() is infinite where the head box has no size", () => {
  assert.equal(jointDistances(guess(0, 0), { ...truth(0, 0), headSize: 0 })[0], Infinity);
});

Deno.test("posetrackGroups() weighs head 3, other groups 2 of 15", () => {
  // Validation figures of DiffPose (ICCV 2023) on PoseTrack2018; its Total is printed as 83.0.
  const printed = { Head: 85.0, Shou: 87.7, Elb: 84.3, Wri: 81.5, Hip: 81.4, Knee: 82.9, Ankl: 77.6 };
  const { Head, Shou, Elb, Wri, Hip, Knee, Ankl } = printed;
  // Order of the evaluator: ankle knee hip | hip knee ankle | wrist elbow shoulder | shoulder elbow wrist | head x 3
  const joints = [Ankl, Knee, Hip, Hip, Knee, Ankl, Wri, Elb, Shou, Shou, Elb, Wri, Head, Head, Head];
  const groups = posetrackGroups(joints);
  for (const [name, value] of Object.entries(printed)) {
    assert.ok(Math.abs(groups[name as keyof typeof printed]! - value) < SUM_TOLERANCE, name);
  }
  // (3 x 85.0 + 2 x (87.7 + 84.3 + 81.5 + 81.4 + 82.9 + 77.6)) / 15 = (255 + 990.8) / 15
  assert.ok(Math.abs(groups.Total! - 1245.8 / 15) < SUM_TOLERANCE);
});

Deno.test("posetrackGroups() leaves out joints without a figure", () => {
  const groups = posetrackGroups([null, 40, ...new Array(13).fill(null)]);
  assert.equal(groups.Ankl, null);
  assert.equal(groups.Knee, 40);
  assert.equal(groups.Total, 40);
});

const SQUARE = Float64Array.of(0, 0, 10, 0, 10, 10, 0, 10);

Deno.test("isInsidePolygon() holds what is inside, not what is on an edge", () => {
  assert.equal(isInsidePolygon(SQUARE, 5, 5), true);
  for (
    const [x, y] of [[0, 5], [10, 5], [5, 0], [5, 10], [0, 0], [10, 10], [-1, 5], [11, 5], [5, 11], [-1, 0], [11, 10]]
  ) {
    assert.equal(isInsidePolygon(SQUARE, x!, y!), false, `${x}, ${y}`);
  }
  assert.equal(isInsidePolygon(Float64Array.of(0, 0, 10, 10), 5, 4), false);
  assert.equal(isInsidePolygon(new Float64Array(0), 0, 0), false);
});

Deno.test("isInsidePolygon() is the same for either direction and any first corner", () => {
  const corner = fc.tuple(fc.integer({ min: 0, max: 8 }), fc.integer({ min: 0, max: 8 }));
  fc.assert(
    fc.property(fc.array(corner, { minLength: 3, maxLength: 7 }), corner, fc.nat(6), (corners, [x, y], turn) => {
      const inside = isInsidePolygon(Float64Array.from(corners.flat()), x, y);
      const turned = [...corners.slice(turn % corners.length), ...corners.slice(0, turn % corners.length)];
      assert.equal(isInsidePolygon(Float64Array.from(turned.flat()), x, y), inside);
      assert.equal(isInsidePolygon(Float64Array.from(corners.toReversed().flat()), x, y), inside);
    }),
  );
});

Deno.test("scoredFrames() drops frames without annotated people, and their predictions", () => {
  const empty = frame([], [guess(0, 0)]);
  const onlyListed: PoseTrackFrame = { ...empty, annotated: true };
  assert.deepEqual(scoredFrames([empty, onlyListed]), [onlyListed]);
});

Deno.test("scoredFrames() drops points in ignore regions, annotated and predicted, and people without points left", () => {
  const half = { ...truth(0, 5, 5, [0, 1]) };
  half.points.set([50, 50], 2); // joint 1 lies outside
  const [scored] = scoredFrames([
    frame([half, truth(1, 5, 5), truth(2, 50, 50)], [guess(0, 5, 0.9, 5), guess(1, 50, 0.9, 50)], [SQUARE]),
  ]);
  assert.deepEqual(scored!.truth.map(({ id, present }) => [id, present[0], present[1]]), [[0, 0, 1], [2, 1, 1]]);
  assert.deepEqual(scored!.predicted.map(({ id }) => id), [1]);
  assert.equal(half.present[0], 1, "the input was changed");
});

Deno.test("matchPoses() gives every prediction its best person only", () => {
  // Person 0 at 0 px, person 1 at 8 px; half a head is 5 px. Prediction 0 at 4 px reaches all joints of both (4 px each):
  // a tie, and the first counts. Prediction 1 at 0 px with 12 of 15 joints reaches person 0 with 12/15 < 15/15.
  // So person 0 takes prediction 0, and person 1 gets nobody, though prediction 0 would reach it too.
  const twelve = Array.from({ length: 12 }, (_, j) => j);
  const { truthOf } = matchPoses(frame([truth(0, 0), truth(1, 8)], [guess(0, 4), guess(1, 0, 0.9, 0, twelve)]));
  assert.deepEqual([...truthOf], [0, -1]);
});

Deno.test("matchPoses() does not match where no joint is near", () => {
  assert.deepEqual([...matchPoses(frame([truth(0, 0)], [guess(0, 6)])).truthOf], [-1]);
  assert.deepEqual([...matchPoses(frame([], [guess(0, 6)])).truthOf], [-1]);
});

Deno.test("matchPoses() takes a distance of exactly half a head", () => {
  assert.deepEqual([...matchPoses(frame([truth(0, 0)], [guess(0, 5)])).truthOf], [0]);
});
