import assert from "node:assert/strict";
import type { Frame } from "../../src/media/frame.ts";
import { createMovenetFinder } from "../../src/pipelines/find_people.ts";
import type { ExpectedPerson } from "../../src/pipelines/identities.ts";
import type { Tensor } from "../../src/runtime/session.ts";
import { createFeatureCache } from "../../src/systems/diffpose_video/mod.ts";
import { featuresOf, type Square, squareAround } from "../../src/systems/heatmap_poses/mod.ts";
import { fakeBackbone, fakeSession } from "../systems/heatmap_poses/_fakes.ts";

const FRAME: Frame = { index: 7, time: 0.28, width: 100, height: 100, data: new Uint8ClampedArray(40000) };

/** Multipose that sees nobody. */
function nobody() {
  const plane = (channels: number): Tensor => ({
    data: new Float32Array(channels * 64 * 64).fill(-20),
    dims: [1, channels, 64, 64],
  });
  return fakeSession(() => ({
    center: plane(1),
    keypoint_heatmap: plane(17),
    keypoint_regression: plane(34),
    keypoint_offset: plane(34),
    box_offset: plane(2),
    box_scale: plane(2),
  }));
}

/** Somebody whose joints say nothing, so that the box decides. */
function expected(box: ExpectedPerson["box"], crop?: Square): ExpectedPerson {
  const last = { index: 6, detection: 0 };
  return { id: 1, box, keypoints: new Float32Array(51), last, ...(crop === undefined ? {} : { crop }) };
}

Deno.test("createMovenetFinder() searches the whole frame on every n-th frame, and looks at those it follows on each", async () => {
  const [multipose, thunder] = [nobody(), fakeBackbone()];
  const finder = createMovenetFinder(multipose, thunder, { detFrequency: 3, mixtures: 0 });
  for (let ordinal = 0; ordinal < 7; ordinal++) await finder.find(FRAME, ordinal, [expected([20, 20, 30, 40])]);
  assert.equal(multipose.calls.length, 3);
  assert.equal(thunder.calls.length, 7);
});

Deno.test("createMovenetFinder() searches the whole frame five times a second unless it is told otherwise", async () => {
  for (const [fps, searches] of [[undefined, 24], [25, 24], [60, 10], [29.97, 20], [10, 60], [2, 120]] as const) {
    const multipose = nobody();
    const rate = fps === undefined ? {} : { fps };
    const finder = createMovenetFinder(multipose, fakeBackbone(), { ...rate, mixtures: 0 });
    for (let ordinal = 0; ordinal < 120; ordinal++) await finder.find(FRAME, ordinal, []);
    assert.equal(multipose.calls.length, searches, `${fps}`);
  }
});

Deno.test("createMovenetFinder() with a cache looks through a square that stays, and keeps what it shows", async () => {
  const features = createFeatureCache();
  const thunder = fakeBackbone();
  const finder = createMovenetFinder(nobody(), thunder, { mixtures: 0, features });
  const square = squareAround([20, 20, 30, 40]);
  for (const [box, stays] of [[[21, 19, 30, 40], true], [[60, 20, 30, 40], false]] as const) {
    const [person] = await finder.find(FRAME, 1, [expected(box, square)]);
    const wanted = stays ? square : squareAround(box);
    assert.deepEqual(person!.crop, wanted);
    // A continued run computes them anew, and knows nothing of who was expected.
    assert.deepEqual(features.get(7, wanted), await featuresOf(fakeBackbone(), FRAME, wanted, { joints: true }));
    // The fake backbone shows a joint at (20 + joint, 30) cells of 64 in whatever square it is given.
    assert.ok(Math.abs(person!.keypoints[0]! - (wanted[0] + 20 / 64 * wanted[2])) < 1);
  }
  assert.equal(features.size, 2);
  assert.equal(thunder.calls.length, 2);
});

Deno.test("createMovenetFinder() without a cache has a crop for each frame, and says nothing of it", async () => {
  const finder = createMovenetFinder(nobody(), fakeBackbone(), { mixtures: 5 });
  const [person] = await finder.find(FRAME, 1, [expected([20, 20, 30, 40], [0, 0, 64])]);
  assert.equal(person!.crop, undefined);
  assert.equal(person!.heatmaps!.length, 17 * 5 * 5);
  assert.ok(Math.abs(person!.keypoints[0]! - (squareAround([20, 20, 30, 40])[0] + 20 / 64 * 50)) < 1);
});
