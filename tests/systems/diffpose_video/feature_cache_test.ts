import assert from "node:assert/strict";
import { createFeatureCache } from "../../../src/systems/diffpose_video/feature_cache.ts";
import { formulaFeatures } from "../heatmap_poses/_fakes.ts";

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
