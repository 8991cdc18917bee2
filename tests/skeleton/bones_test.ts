import assert from "node:assert/strict";
import fc from "fast-check";
import { boneLengths, mirrorPose } from "../../src/skeleton/bones.ts";
import { coco17, h36m17 } from "../../src/skeleton/layouts.ts";

const poses = fc.array(fc.integer({ min: -500, max: 500 }), { minLength: 51, maxLength: 51 })
  .map((values) => Float32Array.from(values));

Deno.test("mirrorPose() twice gives the pose back and leaves its input alone", () => {
  fc.assert(
    fc.property(poses, fc.constantFrom(coco17, h36m17), fc.integer({ min: 0, max: 640 }), (pose, skeleton, axis) => {
      const before = pose.slice();
      const mirrored = mirrorPose(pose, skeleton, { channels: 3, axis });
      assert.deepEqual(pose, before);
      assert.deepEqual(mirrorPose(mirrored, skeleton, { channels: 3, axis }), pose.map((value) => value + 0));
    }),
  );
});

Deno.test("mirrorPose() puts the left wrist of a picture of width 100 where the right one was", () => {
  const pose = new Float32Array(51);
  pose.set([30, 7, 0.5], 9 * 3);
  const out = new Float32Array(51);
  assert.equal(mirrorPose(pose, coco17, { channels: 3, axis: 50, out }), out);
  assert.deepEqual([...out.slice(30, 33)], [70, 7, 0.5]);
});

Deno.test("boneLengths() keeps left and right apart and does not change in a mirror", () => {
  fc.assert(fc.property(poses, (pose) => {
    const lengths = boneLengths(pose, h36m17);
    const mirrored = boneLengths(mirrorPose(pose, h36m17, { channels: 3 }), h36m17);
    assert.deepEqual(mirrored, Float32Array.from(h36m17.mirror, (other) => lengths[other]!));
  }));
});

Deno.test("boneLengths() measures a bone of 3, 4, 12 as 13, and a root as 0", () => {
  const pose = new Float32Array(51);
  pose.set([3, 4, 12], 1 * 3);
  const lengths = boneLengths(pose, h36m17);
  assert.deepEqual([lengths[0], lengths[1], lengths[2]], [0, 13, 13]);
  assert.throws(() => boneLengths(new Float32Array(50), h36m17), { name: "ShapeError" });
});
