import assert from "node:assert/strict";
import fc from "fast-check";
import { heatmapStatistics, renderGaussian } from "../../src/core/heatmap.ts";
import { heatmapMixture } from "../../src/core/heatmap_mixture.ts";

/** Sums of some hundred doubles. */
const FLOAT64 = 1e-9;

const GRID = { joints: 1, height: 64, width: 64 };

interface Kernel {
  weight: number;
  x: number;
  y: number;
  sx: number;
  sy: number;
}

/** Kernels in use of the first map. */
function kernelsOf(rows: Float64Array): Kernel[] {
  const all = Array.from({ length: rows.length / 5 }, (_, m) => {
    const [weight, x, y, sx, sy] = rows.slice(m * 5, m * 5 + 5) as unknown as [number, number, number, number, number];
    return { weight, x, y, sx, sy };
  });
  return all.filter(({ weight }) => weight > 0);
}

/** Mean and variances of the whole mixture: x, y, xx, yy. */
function momentsOf(kernels: Kernel[]): number[] {
  const sum = (value: (kernel: Kernel) => number): number =>
    kernels.reduce((total, kernel) => total + kernel.weight * value(kernel), 0);
  const [x, y] = [sum((k) => k.x), sum((k) => k.y)];
  return [x, y, sum((k) => k.sx ** 2 + k.x ** 2) - x * x, sum((k) => k.sy ** 2 + k.y ** 2) - y * y];
}

/** A map of three Gaussians with given mass. */
function threePeaks(): Float32Array {
  const peaks = [[14, 20, 2, 0.5], [45, 16, 2, 0.3], [30, 50, 3, 0.2]] as const;
  const map = new Float32Array(64 * 64);
  for (const [x, y, sigma, mass] of peaks) {
    const one = renderGaussian(Float32Array.of(x, y, 1), GRID, { sigma });
    one.forEach((value, i) => map[i]! += (value * mass) / (sigma * sigma));
  }
  return map;
}

Deno.test("heatmapMixture() finds three separate peaks with their weights and widths", () => {
  // The floor of 1 % of the highest peak cuts the tails of the lowest, broadest peak; so look at every cell.
  const found = kernelsOf(heatmapMixture(threePeaks(), GRID, { kernels: 3, floor: 1e-6, places: 4096 }));
  const expected = [[0.5, 14, 20, 2], [0.3, 45, 16, 2], [0.2, 30, 50, 3]] as const;
  assert.equal(found.length, 3);
  expected.forEach(([weight, x, y, sigma], i) => {
    const kernel = found[i]!;
    // The asked-for bounds of the paper file, section 12: weights within 0.02, means within 2 %.
    assert.ok(Math.abs(kernel.weight - weight) < 0.02, JSON.stringify(kernel));
    assert.ok(Math.abs(kernel.x - x) < 0.02 * x && Math.abs(kernel.y - y) < 0.02 * y, JSON.stringify(kernel));
    const spread = Math.sqrt(sigma * sigma + 1 / 12);
    assert.ok(Math.abs(kernel.sx - spread) < 0.02 * spread && Math.abs(kernel.sy - spread) < 0.02 * spread);
  });
});

Deno.test("heatmapMixture() takes a narrow and a broad peak apart that lie over each other", () => {
  const peaks = [[20, 2], [32, 5]] as const;
  const map = new Float32Array(64 * 64);
  for (const [x, sigma] of peaks) {
    const one = renderGaussian(Float32Array.of(x, 32, 1), GRID, { sigma });
    one.forEach((value, i) => map[i]! += value / (sigma * sigma));
  }
  const found = kernelsOf(heatmapMixture(map, GRID, { kernels: 2, floor: 1e-6, places: 4096 }));
  // Fitting stops at a relative change of 1e-4, a little before the end; cutting space in two halves misses by 20 %.
  peaks.forEach(([x, sigma], m) => {
    const { weight, x: foundX, sx, sy } = found[m]!;
    assert.ok(Math.abs(weight - 0.5) < 0.02 && Math.abs(foundX - x) < 0.2, JSON.stringify(found[m]));
    for (const spread of [sx, sy]) assert.ok(Math.abs(spread / sigma - 1) < 0.05, JSON.stringify(found[m]));
  });
});

Deno.test("heatmapMixture() with the usual floor loses little of a single peak's width", () => {
  fc.assert(
    fc.property(
      fc.double({ min: 20, max: 44, noNaN: true }),
      fc.double({ min: 1, max: 4, noNaN: true }),
      (x, sigma) => {
        const map = renderGaussian(Float32Array.of(x, 32, 1), GRID, { sigma });
        const [meanX, meanY, xx, yy] = momentsOf(kernelsOf(heatmapMixture(map, GRID)));
        assert.ok(Math.abs(meanX! - x) < 0.05 && Math.abs(meanY! - 32) < 0.05);
        // A Gaussian cut at 1 % of its peak keeps 95.3 % of its variance; cells cut the circle roughly, hence 10 %.
        for (const variance of [xx!, yy!]) {
          assert.ok(Math.abs(variance / (sigma * sigma + 1 / 12) - 1) < 0.1, `${variance}`);
        }
      },
    ),
  );
});

Deno.test("heatmapMixture() with the width of a spot as least width says one place where several kernels said many", () => {
  const spot = renderGaussian(Float32Array.of(30.3, 31.6, 1), GRID, { sigma: 2 });
  const spread = (kernels: Kernel[]): number => {
    const [, , xx] = momentsOf(kernels);
    return Math.sqrt(xx! - kernels.reduce((sum, { weight, sx }) => sum + weight * sx ** 2, 0));
  };
  const options = { kernels: 5, floor: 0.1 };
  const [many, one] = [options, { ...options, leastDeviation: 2 }].map((each) =>
    spread(kernelsOf(heatmapMixture(spot, GRID, each)))
  );
  assert.ok(many! > 1, `${many} cells between the kernels`);
  assert.ok(one! < 0.2, `${one} cells between the kernels`);
});

Deno.test("heatmapMixture() with a least width still takes two spots apart", () => {
  const map = new Float32Array(64 * 64);
  for (const [x, mass] of [[20, 2], [32, 1]] as const) {
    renderGaussian(Float32Array.of(x, 32, 1), GRID, { sigma: 2 }).forEach((value, i) => map[i]! += mass * value);
  }
  const found = kernelsOf(heatmapMixture(map, GRID, { kernels: 4, floor: 0.05, leastDeviation: 2 }));
  const left = found.filter(({ x }) => x < 26);
  assert.ok(Math.abs(left.reduce((sum, { weight }) => sum + weight, 0) - 2 / 3) < 0.05);
  for (const { x } of found) assert.ok(Math.min(Math.abs(x - 20), Math.abs(x - 32)) < 0.5, `${x}`);
});

const randomMaps = fc.record({
  width: fc.integer({ min: 1, max: 24 }),
  height: fc.integer({ min: 1, max: 24 }),
  kernels: fc.integer({ min: 1, max: 6 }),
  places: fc.constantFrom(1, 7, 128, 600),
  seed: fc.array(fc.float({ min: -1, max: 1, noNaN: true }), { minLength: 576, maxLength: 576 }),
});

Deno.test("heatmapMixture() keeps mean and variance of any map exactly, however cells are pooled", () => {
  fc.assert(fc.property(randomMaps, ({ width, height, kernels, places, seed }) => {
    const map = Float32Array.from(seed.slice(0, width * height));
    const grid = { joints: 1, height, width };
    const before = map.slice();
    const rows = heatmapMixture(map, grid, { kernels, places, floor: 0 });
    assert.deepEqual(map, before);
    assert.equal(rows.length, kernels * 5);
    const found = kernelsOf(rows);
    const { mean, covariance, mass } = heatmapStatistics(map, grid);
    if (mass[0] === 0) return assert.ok(rows.every((value) => value === 0));
    assert.ok(Math.abs(found.reduce((sum, { weight }) => sum + weight, 0) - 1) < FLOAT64);
    // Dropping a kernel below 1e-3 is the only step that may move the moments; it moves them by less than that share.
    const dropped = found.length < Math.min(kernels, map.filter((value) => value > 0).length);
    const tolerance = dropped ? 5e-3 * 24 * 24 : 1e-6;
    momentsOf(found).forEach((value, i) => {
      const expected = [mean[0]!, mean[1]!, covariance[0]!, covariance[2]!][i]!;
      assert.ok(Math.abs(value - expected) < tolerance, `${value} is not ${expected}`);
    });
    found.forEach(({ weight, sx, sy }, m) => {
      assert.ok(sx >= Math.sqrt(1 / 12) - FLOAT64 && sy >= Math.sqrt(1 / 12) - FLOAT64);
      assert.ok(m === 0 || weight <= found[m - 1]!.weight);
    });
  }));
});

Deno.test("heatmapMixture() of one cell is that cell, the other rows are zero", () => {
  const map = new Float32Array(64 * 64);
  map[10 * 64 + 20] = 0.3;
  const rows = heatmapMixture(map, GRID);
  const edge = Math.sqrt(1 / 12);
  [1, 20.5, 10.5, edge, edge].forEach((value, i) => assert.ok(Math.abs(rows[i]! - value) < FLOAT64));
  assert.ok(rows.slice(5).every((value) => value === 0));
});

Deno.test("heatmapMixture() of peaks too far apart for any density stays finite", () => {
  const grid = { joints: 1, height: 1, width: 4096 };
  const map = new Float32Array(4096);
  for (const at of [0, 2000, 4095]) map[at] = 1;
  const found = kernelsOf(heatmapMixture(map, grid, { kernels: 2, floor: 0 }));
  assert.ok(found.every((kernel) => Object.values(kernel).every(Number.isFinite)));
  const [x, , xx] = momentsOf(found);
  assert.ok(Math.abs(x! - (6095 / 3 + 0.5)) < 1e-6 && Math.abs(xx! / 2795338.972222 - 1) < 1e-6, `${x} ${xx}`);
});

Deno.test("heatmapMixture() of empty, negative, NaN and infinite maps is all zero or finite", () => {
  const grid = { joints: 4, height: 2, width: 2 };
  const map = Float32Array.of(0, 0, 0, 0, -1, -2, -3, -4, NaN, NaN, NaN, NaN, Infinity, 1, NaN, -Infinity);
  const rows = heatmapMixture(map, grid, { kernels: 2 });
  assert.ok(rows.slice(0, 30).every((value) => value === 0));
  assert.deepEqual([...rows.slice(30, 33)], [1, 0.5, 0.5]);
});

Deno.test("heatmapMixture() treats joints one by one and writes into `out`", () => {
  const grid = { joints: 2, height: 64, width: 64 };
  const both = renderGaussian(Float32Array.of(20, 20, 1, 40, 30, 1), grid, { sigma: 2 });
  const out = new Float64Array(2 * 3 * 5).fill(7);
  assert.equal(heatmapMixture(both, grid, { kernels: 3, out }), out);
  for (const joint of [0, 1]) {
    const alone = heatmapMixture(both.slice(joint * 4096, (joint + 1) * 4096), GRID, { kernels: 3 });
    assert.deepEqual(out.slice(joint * 15, (joint + 1) * 15), alone);
  }
});

Deno.test("heatmapMixture() refuses data that does not fill the grid and options out of range", () => {
  const map = new Float32Array(64 * 64);
  assert.throws(() => heatmapMixture(map.subarray(1), GRID), { name: "ShapeError" });
  assert.throws(() => heatmapMixture(map, GRID, { out: new Float64Array(24) }), { name: "ShapeError" });
  for (
    const wrong of [{ kernels: 0 }, { kernels: 1.5 }, { floor: 1 }, { floor: -1 }, { floor: NaN }, { places: 0 }, {
      leastDeviation: -1,
    }]
  ) {
    assert.throws(() => heatmapMixture(map, GRID, wrong), RangeError, JSON.stringify(wrong));
  }
});
