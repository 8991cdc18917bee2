import assert from "node:assert/strict";
import fc from "fast-check";
import { renderGaussian } from "../../../src/core/heatmap.ts";
import { readSets } from "../../../src/systems/heatmap_poses/read_sets.ts";

const GRID = { joints: 17, height: 64, width: 64 };
const SETTINGS = { targetSigma: 2, sigmaScale: new Float32Array(17).fill(1) };
/** The parabola through logarithms is exact for a Gaussian; float32 cells leave this much. */
const PLACE_TOLERANCE = 1e-3;

function maps(points: readonly (readonly [number, number])[], sigma = 2): Float32Array {
  const all = new Float32Array(points.length * 17 * 4096);
  points.forEach(([x, y], m) => {
    const joints = Float32Array.from({ length: 51 }, (_, i) => [x, y, 1][i % 3]!);
    all.set(renderGaussian(joints, GRID, { sigma }), m * 17 * 4096);
  });
  return all;
}

Deno.test("readSets() reads the place of one set, in pixels of the picture, as sure as a cell allows", () => {
  fc.assert(
    fc.property(fc.double({ min: 10, max: 54, noNaN: true }), fc.double({ min: 10, max: 54, noNaN: true }), (x, y) => {
      const { keypoints, sigma } = readSets(maps([[x, y]]), 1, [-30, 7, 192], SETTINGS);
      assert.ok(Math.abs(keypoints[0]! - (-30 + 3 * x)) < 3 * PLACE_TOLERANCE);
      assert.ok(Math.abs(keypoints[1]! - (7 + 3 * y)) < 3 * PLACE_TOLERANCE);
      // A quarter of a cell of 3 px; a sure map that is cut into cells may seem up to a tenth wider.
      assert.ok(sigma[0]! >= 0.75 && sigma[0]! < 2, `${sigma[0]}`);
    }),
    { numRuns: 30 },
  );
});

Deno.test("readSets() averages the maps; sets that disagree raise sigma, and the factor of the pack scales it", () => {
  const one = maps([[30, 30]]);
  const agree = readSets(maps([[30, 30], [30, 30], [30, 30]]), 3, [0, 0, 64], SETTINGS);
  one.forEach((value, i) => assert.ok(Math.abs(value - agree.heatmaps[i]!) < 1e-6));
  assert.equal(agree.setKeypoints.length, 3 * 51);
  const apart = readSets(maps([[28, 30], [30, 30], [32, 30]]), 3, [0, 0, 64], SETTINGS);
  assert.ok(apart.sigma[0]! > agree.sigma[0]! + 1, `${apart.sigma[0]} and ${agree.sigma[0]}`);
  assert.ok(Math.abs(apart.keypoints[0]! - 30) < 0.01);
  const sigmaScale = new Float32Array(17).fill(1);
  sigmaScale[0] = 3;
  const scaled = readSets(maps([[30, 30], [30, 30], [30, 30]]), 3, [0, 0, 64], { ...SETTINGS, sigmaScale });
  assert.ok(Math.abs(scaled.sigma[0]! - 3 * agree.sigma[0]!) < 1e-6);
  assert.equal(scaled.sigma[1], agree.sigma[1]);
});

Deno.test("readSets() takes a wide map for doubt, and an empty one for not knowing", () => {
  const sure = readSets(maps([[30, 30]]), 1, [0, 0, 64], SETTINGS);
  const wide = readSets(maps([[30, 30]], 4), 1, [0, 0, 64], SETTINGS);
  // Variances: 16 - 4, less what the floor cuts off.
  assert.ok(wide.sigma[0]! > 2.4 && wide.sigma[0]! < 3.6, `${wide.sigma[0]}`);
  assert.ok(sure.sigma[0]! < 0.6);
  const empty = readSets(new Float32Array(17 * 4096), 1, [0, 0, 64], SETTINGS);
  assert.ok(empty.sigma[0]! > 18, "anywhere in 64 cells");
  assert.equal(empty.keypoints[2], 0);
});

Deno.test("readSets() refuses maps that do not fill the sets", () => {
  assert.throws(() => readSets(new Float32Array(17 * 4096 + 1), 1, [0, 0, 1], SETTINGS), /must hold/);
});
