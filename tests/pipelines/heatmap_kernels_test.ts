import assert from "node:assert/strict";
import fc from "fast-check";
import { renderGaussian } from "../../src/core/heatmap.ts";
import { heatmapKernels, kernelSigma } from "../../src/pipelines/heatmap_kernels.ts";

const GRID = { joints: 1, height: 64, width: 64 };
/** Width of the Gaussians of training, cells. */
const BLUR = 2;
/** Pixels of a cell. */
const CELL = 3;

function sigmaOf(map: Float32Array, blur: number): number {
  const point = Float32Array.of(100 + 32 * CELL, 50 + 32 * CELL, 1);
  const options = { kernels: 5, origin: [100, 50], cell: [CELL, CELL], floor: 0.1, blur } as const;
  return kernelSigma(heatmapKernels(map, GRID, point, options), 1)[0]! / CELL;
}

/** A map of one joint in the middle, as wide as `sigma` cells. */
function spot(sigma: number, x = 32): Float32Array {
  return renderGaussian(Float32Array.of(x, 32, 1), GRID, { sigma });
}

Deno.test("heatmapKernels() of a sure map are narrow once the width of training is taken off", () => {
  const [raw, sharp] = [sigmaOf(spot(BLUR), 0), sigmaOf(spot(BLUR), BLUR)];
  assert.ok(raw > 1.6 && raw < 2, `${raw} cells`);
  assert.ok(sharp > 0.4 && sharp < 0.7, `${sharp} cells`);
});

Deno.test("heatmapKernels() of wider maps keep what the width of training does not explain", () => {
  fc.assert(fc.property(fc.double({ min: 1.5, max: 5, noNaN: true }), (own) => {
    const found = sigmaOf(spot(Math.hypot(own, BLUR)), BLUR);
    // Cut at a tenth of its peak, a Gaussian keeps three quarters of its variance: what is taken off weighs more then.
    assert.ok(found < own + 0.1 && found > 0.45 * own, `${found} of ${own} cells`);
  }));
});

Deno.test("heatmapKernels() keep two places apart that are both possible", () => {
  const map = spot(BLUR, 24);
  spot(BLUR, 40).forEach((value, i) => map[i]! += value);
  // Along one axis: 8 cells to either side in x, none in y.
  const expected = Math.sqrt(8 ** 2 / 2);
  const found = sigmaOf(map, BLUR);
  assert.ok(Math.abs(found / expected - 1) < 0.05, `${found} is not ${expected}`);
});
