import assert from "node:assert/strict";
import { createFeatureCache } from "../../../src/systems/diffpose_video/feature_cache.ts";
import { featuresOf, readFeatures } from "../../../src/systems/diffpose_video/features.ts";
import { fakeBackbone, formulaFeatures } from "./_fakes.ts";

Deno.test("featuresOf() crops the square and hands the features out", async () => {
  const backbone = fakeBackbone();
  const picture = { width: 8, height: 8, data: new Uint8ClampedArray(8 * 8 * 4).fill(200) };
  const features = await featuresOf(backbone, picture, [-4, 0, 8]);
  assert.deepEqual(features, formulaFeatures(0, [-4, 0, 8]));
  const { image } = backbone.calls[0]!;
  assert.deepEqual([...image!.dims], [1, 3, 256, 256]);
  assert.equal(image!.data[0], 0, "black outside of the picture");
  assert.equal(image!.data[255], 200);
});

Deno.test("readFeatures() says what to do when the graph hands out no features, and refuses other sizes", async () => {
  const outputs = await fakeBackbone().run({});
  const { features_8: _, ...old } = outputs;
  assert.throws(() => readFeatures(old, [0, 0, 1]), /features_8: .*movenet-thunder anew with `setup`/);
  const other = { ...outputs, features_8: { data: new Float32Array(3), dims: [3] } };
  assert.throws(() => readFeatures(other, [0, 0, 1]), /read features_8 as data must hold \[24, 32, 32\]/);
});

Deno.test("createFeatureCache() keeps by frame and crop until told to forget", () => {
  const cache = createFeatureCache();
  const [a, b] = [formulaFeatures(1, [0, 0, 10]), formulaFeatures(2, [0, 0, 10.01])];
  cache.set(4, a);
  cache.set(4, b);
  cache.set(5, a);
  assert.equal(cache.get(4, [0, 0, 10]), a);
  assert.equal(cache.get(4, [0, 0, 10.01]), b);
  assert.equal(cache.get(5, [0, 0, 10.01]), undefined);
  assert.equal(cache.size, 3);
  cache.forget(5);
  assert.equal(cache.get(4, [0, 0, 10]), undefined);
  assert.equal(cache.get(5, [0, 0, 10]), a);
  assert.equal(cache.size, 1);
});
