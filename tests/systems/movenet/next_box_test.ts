import assert from "node:assert/strict";
import fc from "fast-check";
import { boxAround, jointsMiddle, nextBox } from "../../../src/systems/movenet/next_box.ts";

const joints = fc.array(
  fc.tuple(
    fc.float({ min: -100, max: 5000, noNaN: true }),
    fc.float({ min: -100, max: 5000, noNaN: true }),
    fc.float({ min: 0, max: 1 }),
  ),
  { minLength: 17, maxLength: 17 },
);

/** Sums of float32 coordinates up to 5000. */
const TOLERANCE = 1e-2;

Deno.test("nextBox() holds every sure joint, and is undefined exactly when fewer than four are sure or all lie in a pixel", () => {
  fc.assert(
    fc.property(joints, (points) => {
      const keypoints = Float32Array.from(points.flat());
      const sure = points.filter(([, , score]) => score >= 0.2);
      const box = nextBox(keypoints);
      const extent = (axis: 0 | 1) => Math.max(...sure.map((p) => p[axis])) - Math.min(...sure.map((p) => p[axis]));
      assert.equal(box === undefined, sure.length < 4 || Math.max(extent(0), extent(1)) < 1);
      for (const [x, y] of box === undefined ? [] : sure) {
        assert.ok(x >= box![0] - TOLERANCE && x <= box![0] + box![2] + TOLERANCE);
        assert.ok(y >= box![1] - TOLERANCE && y <= box![1] + box![3] + TOLERANCE);
      }
    }),
  );
});

Deno.test("nextBox() leaves a tenth of the longer side on each edge", () => {
  const keypoints = new Float32Array(51);
  for (let joint = 0; joint < 17; joint++) keypoints.set([100 + (joint % 2) * 20, 50 + joint * 10, 0.9], joint * 3);
  assert.deepEqual(nextBox(keypoints)!.map(Math.round), [84, 34, 52, 192]);
});

Deno.test("nextBox() takes NaN for a joint that is not sure", () => {
  const keypoints = new Float32Array(51).fill(NaN);
  assert.equal(nextBox(keypoints), undefined);
});

Deno.test("jointsMiddle() is the median of the sure joints, and stays where it is when one arm goes astray", () => {
  const keypoints = new Float32Array(51);
  for (let joint = 0; joint < 17; joint++) keypoints.set([100 + joint, 200 - joint, 0.2 + 0.01 * joint], 3 * joint);
  assert.deepEqual(jointsMiddle(keypoints), [108, 192]);
  keypoints.set([900, 900, 0.9], 3 * 16);
  keypoints.set([900, 900, 0.1], 0); // Not sure.
  assert.deepEqual(jointsMiddle(keypoints), [108.5, 192.5]);
  assert.deepEqual(jointsMiddle(keypoints, { minScore: 0.345, minJoints: 2 }), [507.5, 542.5]);
  assert.equal(jointsMiddle(keypoints, { minScore: 0.345 }), undefined);
  assert.equal(jointsMiddle(new Float32Array(51).fill(NaN)), undefined);
  assert.throws(() => jointsMiddle(new Float32Array(50)), { name: "ShapeError" });
});

Deno.test("boxAround() is tight around the joints above the score", () => {
  const keypoints = new Float32Array(51);
  keypoints.set([10, 20, 0.5, 30, 25, 0.3, 900, 900, 0.1]);
  assert.deepEqual(boxAround(keypoints), [10, 20, 20, 5]);
  assert.equal(boxAround(keypoints, 0.4), undefined);
});

Deno.test("boxAround() refuses other than 17 joints", () => {
  assert.throws(() => boxAround(new Float32Array(50)), { name: "ShapeError" });
});
