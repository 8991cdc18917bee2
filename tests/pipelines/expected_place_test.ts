import assert from "node:assert/strict";
import { expectedPlace } from "../../src/pipelines/expected_place.ts";

Deno.test("expectedPlace() is about the sure joints, and their median, not the box's middle, is where the person is", () => {
  const keypoints = new Float32Array(51);
  for (let joint = 0; joint < 17; joint++) keypoints.set([100 + (joint % 2) * 20, 50 + joint * 10, 0.9], joint * 3);
  keypoints.set([300, 130, 0.9], 3 * 9); // A wrist of somebody else.
  const { box, near, within } = expectedPlace(keypoints, [0, 0, 1, 1]);
  assert.deepEqual(box.map(Math.round), [80, 30, 240, 200]);
  assert.deepEqual(near, [100, 130]);
  assert.ok(Math.abs(within - 0.3 * box[2]) < 1e-9);
});

Deno.test("expectedPlace() is the box where too few joints are sure", () => {
  const place = expectedPlace(new Float32Array(51), [10, 20, 30, 40]);
  assert.deepEqual(place, { box: [10, 20, 30, 40], near: [25, 40], within: 12 });
});
