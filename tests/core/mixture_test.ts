import assert from "node:assert/strict";
import fc from "fast-check";
import { fitMixture } from "../../src/core/fit_mixture.ts";
import { heatmapMixture } from "../../src/core/heatmap_mixture.ts";
import { logLikelihood, type Mixture, pickKernel, sampleMixture } from "../../src/core/mixture.ts";
import { createRng } from "../../src/core/rng.ts";

/** Sums over at most some hundred points of numbers near 1. */
const FLOAT64 = 1e-9;

const THREE: Mixture = {
  dimensions: 2,
  weights: Float64Array.of(0.5, 0.3, 0.2),
  means: Float64Array.of(10, 20, 40, 15, 25, 50),
  deviations: Float64Array.of(2, 3, 4, 1, 3, 3),
};

Deno.test("fitMixture() recovers a known mixture of three kernels from its samples", () => {
  const points = sampleMixture(THREE, new Float64Array(2 * 6000), createRng({ seed: 5 }));
  const { mixture } = fitMixture(points, { dimensions: 2, kernels: 3, rng: createRng({ seed: 6 }) });
  assert.equal(mixture.weights.length, 3);
  // Bounds of the paper file, section 12: means within 2 %, weights within 0.02.
  THREE.weights.forEach((weight, m) => assert.ok(Math.abs(mixture.weights[m]! - weight) < 0.02));
  THREE.means.forEach((mean, i) => assert.ok(Math.abs(mixture.means[i]! / mean - 1) < 0.02, `${mixture.means}`));
  // 1200 points or more a kernel: a deviation is known to 1 / sqrt(2 * 1200) = 2 %; four times that.
  THREE.deviations.forEach((sigma, i) => assert.ok(Math.abs(mixture.deviations[i]! / sigma - 1) < 0.08));
});

const clouds = fc.record({
  dimensions: fc.integer({ min: 1, max: 3 }),
  numbers: fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 6, maxLength: 90 }),
  weights: fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 90, maxLength: 90 }),
  kernels: fc.integer({ min: 1, max: 6 }),
  seed: fc.nat(1000),
  minVariance: fc.constantFrom(1e-6, 4),
});

Deno.test("fitMixture() never lowers the likelihood, and ends with a mixture of the cloud's mean", () => {
  fc.assert(fc.property(clouds, ({ dimensions, numbers, weights, kernels, seed, minVariance }) => {
    const count = Math.floor(numbers.length / dimensions);
    const points = numbers.slice(0, count * dimensions);
    const mass = weights.slice(0, count).map((weight, i) => i === 0 ? weight + 1 : weight);
    const before = [...points];
    const { mixture, history } = fitMixture(points, {
      dimensions,
      kernels,
      weights: mass,
      rng: createRng({ seed }),
      tolerance: 0,
      minVariance,
      minWeight: 0,
    });
    assert.deepEqual(points, before);
    history.forEach((value, round) => {
      const previous = history[round - 1] ?? -Infinity;
      assert.ok(value >= previous - FLOAT64 * Math.abs(value), `${previous} -> ${value}`);
    });
    const total = mass.reduce((sum, weight) => sum + weight, 0);
    assert.ok(logLikelihood(mixture, points, { weights: mass }) / total >= history.at(-1)! - FLOAT64 * 100);
    for (let d = 0; d < dimensions; d++) {
      const mean = mass.reduce((sum, weight, i) => sum + weight * points[i * dimensions + d]!, 0) / total;
      const found = mixture.weights.reduce((sum, weight, m) => sum + weight * mixture.means[m * dimensions + d]!, 0);
      assert.ok(Math.abs(found - mean) < FLOAT64 * 1e3, `${found} is not ${mean}`);
    }
    assert.ok(Math.abs(mixture.weights.reduce((sum, weight) => sum + weight, 0) - 1) < FLOAT64);
    assert.ok(mixture.deviations.every((deviation) => deviation >= Math.sqrt(minVariance) - FLOAT64));
  }));
});

Deno.test("fitMixture() reads a weight of two as the point twice", () => {
  const once = fitMixture([0, 1, 5, 6], {
    dimensions: 1,
    kernels: 1,
    weights: [2, 1, 0, 1],
    rng: createRng({ seed: 1 }),
  });
  const twice = fitMixture([0, 0, 1, 6], { dimensions: 1, kernels: 1, rng: createRng({ seed: 1 }) });
  assert.deepEqual(once.mixture, twice.mixture);
});

Deno.test("fitMixture() drops kernels below the least weight and gives their share to the rest", () => {
  const points = [...Array.from({ length: 2000 }, (_, i) => (i % 7) / 7), 1000];
  const { mixture } = fitMixture(points, { dimensions: 1, kernels: 2, rng: createRng({ seed: 2 }) });
  assert.equal(mixture.weights.length, 1);
  assert.equal(mixture.weights[0], 1);
  assert.ok(mixture.means[0]! < 1);
});

Deno.test("fitMixture() of equal points is one kernel of the least variance", () => {
  const { mixture } = fitMixture([3, 4, 3, 4], { dimensions: 2, minVariance: 0.25, rng: createRng({ seed: 3 }) });
  assert.deepEqual([...mixture.weights, ...mixture.means, ...mixture.deviations], [1, 3, 4, 0.5, 0.5]);
});

Deno.test("fitMixture() is the same for the same random numbers", () => {
  const points = sampleMixture(THREE, new Float64Array(400), createRng({ seed: 9 }));
  const fit = (seed: number): Mixture => fitMixture(points, { dimensions: 2, rng: createRng({ seed }) }).mixture;
  assert.deepEqual(fit(4), fit(4));
});

Deno.test("fitMixture() on the cells of a heatmap agrees with heatmapMixture()", () => {
  const grid = { joints: 1, height: 40, width: 40 };
  const map = new Float32Array(1600);
  const cells: number[] = [];
  for (let j = 0; j < 40; j++) {
    for (let i = 0; i < 40; i++) {
      const at = (x: number, y: number): number => Math.exp(-((i + 0.5 - x) ** 2 + (j + 0.5 - y) ** 2) / 8);
      map[j * 40 + i] = 0.7 * at(10, 12) + 0.3 * at(28, 25);
      cells.push(i + 0.5, j + 0.5);
    }
  }
  const { mixture } = fitMixture(cells, { dimensions: 2, kernels: 2, weights: map, rng: createRng({ seed: 8 }) });
  const rows = heatmapMixture(map, grid, { kernels: 2, floor: 0, places: 1600 });
  // The two differ by their first centres, and by the variance within a cell while fitting; the peaks are far apart.
  for (const m of [0, 1]) {
    const [weight, x, y, sx, sy] = rows.slice(m * 5, m * 5 + 5);
    assert.ok(Math.abs(weight! - mixture.weights[m]!) < 1e-3);
    assert.ok(Math.abs(x! - mixture.means[2 * m]!) < 1e-2 && Math.abs(y! - mixture.means[2 * m + 1]!) < 1e-2);
    assert.ok(Math.abs(sx! ** 2 - 1 / 12 - mixture.deviations[2 * m]! ** 2) < 2e-2);
    assert.ok(Math.abs(sy! ** 2 - 1 / 12 - mixture.deviations[2 * m + 1]! ** 2) < 2e-2);
  }
});

Deno.test("logLikelihood() of one kernel is the Gaussian's, even where the density underflows", () => {
  const one: Mixture = {
    dimensions: 1,
    weights: Float64Array.of(1),
    means: Float64Array.of(2),
    deviations: Float64Array.of(0.5),
  };
  const expected = (x: number): number => -0.5 * ((x - 2) / 0.5) ** 2 - Math.log(0.5 * Math.sqrt(2 * Math.PI));
  assert.ok(Math.abs(logLikelihood(one, [2.5]) - expected(2.5)) < FLOAT64);
  assert.ok(Math.abs(logLikelihood(one, [1e4]) / expected(1e4) - 1) < FLOAT64);
  assert.ok(Math.abs(logLikelihood(one, [1, 3], { weights: [2, 0.5] }) - 2.5 * expected(1)) < FLOAT64);
});

Deno.test("sampleMixture() has the mixture's mean and variance", () => {
  const points = sampleMixture(THREE, new Float32Array(2 * 20_000), createRng({ seed: 10 }));
  for (const d of [0, 1]) {
    const axis = points.filter((_, i) => i % 2 === d);
    const mean = axis.reduce((sum, value) => sum + value, 0) / axis.length;
    const expected = THREE.weights.reduce((sum, weight, m) => sum + weight * THREE.means[m * 2 + d]!, 0);
    const variance = THREE.weights.reduce(
      (sum, weight, m) =>
        sum + weight * (THREE.deviations[m * 2 + d]! ** 2 + (THREE.means[m * 2 + d]! - expected) ** 2),
      0,
    );
    // Four standard errors; the fourth moment of such a flat mixture is below 3 variance^2, so var(z^2) < 2 variance^2.
    assert.ok(Math.abs(mean - expected) < 4 * Math.sqrt(variance / axis.length));
    const found = axis.reduce((sum, value) => sum + (value - mean) ** 2, 0) / axis.length;
    assert.ok(Math.abs(found / variance - 1) < 4 * Math.sqrt(2 / axis.length));
  }
});

Deno.test("pickKernel() picks by share, never a kernel without weight", () => {
  assert.equal(pickKernel([0, 0.5, 0, 0.5, 0], 0), 1);
  assert.equal(pickKernel([0, 0.5, 0, 0.5, 0], 0.499), 1);
  assert.equal(pickKernel([0, 0.5, 0, 0.5, 0], 0.5), 3);
  assert.equal(pickKernel([0, 3, 0, 1, 0], 1 - 2 ** -32), 3);
  assert.equal(pickKernel([0, 0], 0.7), 0);
  fc.assert(fc.property(fc.array(fc.nat(3), { minLength: 1, maxLength: 6 }), fc.nat(2 ** 31), (weights, bits) => {
    if (weights.some((weight) => weight > 0)) assert.ok(weights[pickKernel(weights, bits / 2 ** 31 / 1.0000001)]! > 0);
  }));
});

Deno.test("mixtures refuse points that are not whole, no mass, and options out of range", () => {
  const good = { dimensions: 2, rng: createRng({ seed: 0 }) };
  assert.throws(() => fitMixture([1, 2, 3], good), { name: "ShapeError" });
  assert.throws(() => fitMixture([1, 2], { ...good, weights: [1, 1] }), { name: "ShapeError" });
  assert.throws(() => fitMixture([], good), RangeError);
  for (
    const wrong of [{ weights: [0] }, { weights: [-1] }, { weights: [NaN] }, { kernels: 0 }, { rounds: 0 }, {
      minVariance: 0,
    }]
  ) {
    assert.throws(() => fitMixture([1, 2], { ...good, ...wrong }), RangeError, JSON.stringify(wrong));
  }
  assert.throws(() => sampleMixture(THREE, new Float32Array(3), good.rng), { name: "ShapeError" });
  assert.throws(() => logLikelihood(THREE, [1]), { name: "ShapeError" });
  assert.throws(() => logLikelihood(THREE, [1, 2], { weights: [1, 2] }), { name: "ShapeError" });
});
