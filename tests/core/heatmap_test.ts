import assert from "node:assert/strict";
import fc from "fast-check";
import { heatmapStatistics, readPeaks, renderGaussian } from "../../src/core/heatmap.ts";

/** float32 logarithms of values near 1 have an error of 1e-7; a parabola of sigma 2 turns that into 1e-6 cells. */
const EXACT_CELL = 1e-4;
/** A Gaussian drawn at 1.5 cells or more and cut at 6 sigma has its moments to this share. */
const SAMPLED = 1e-3;
/** What is left of a Gaussian six sigma away, and a float32's rounding of 1. */
const CUT = 1e-7;

const GRID = { joints: 2, height: 48, width: 40 };
const inner = (size: number) => fc.double({ min: 9, max: size - 9, noNaN: true });

Deno.test("readPeaks() finds the centre that renderGaussian() drew, between cells", () => {
  const places = fc.tuple(inner(40), inner(48), inner(40), inner(48));
  fc.assert(fc.property(places, fc.double({ min: 1, max: 4, noNaN: true }), ([x0, y0, x1, y1], sigma) => {
    const points = Float32Array.of(x0, y0, 1, x1, y1, 0.5);
    const before = points.slice();
    const heatmaps = renderGaussian(points, GRID, { sigma });
    assert.deepEqual(points, before);
    const peaks = readPeaks(heatmaps, GRID);
    [x0, y0, x1, y1].forEach((value, i) => {
      const found = peaks[i < 2 ? i : i + 1]!;
      assert.ok(Math.abs(found - value) < EXACT_CELL, `${found} is not ${value}`);
    });
  }));
});

Deno.test("readPeaks() without refinement gives cell centres and the cell's value", () => {
  const heatmaps = new Float32Array(2 * 48 * 40);
  heatmaps[3 * 40 + 7] = 0.75;
  heatmaps[48 * 40] = 2;
  const out = new Float32Array(6);
  assert.equal(readPeaks(heatmaps, GRID, { subCell: false, out }), out);
  assert.deepEqual([...out], [7.5, 3.5, 0.75, 0.5, 0.5, 2]);
  assert.deepEqual([...readPeaks(heatmaps, GRID)], [7.5, 3.5, 0.75, 0.5, 0.5, 2]);
});

Deno.test("readPeaks() stays within half a cell of the strongest cell for any map, and passes over NaN", () => {
  const grid = { joints: 1, height: 5, width: 6 };
  const value = fc.oneof(fc.float({ min: -1, max: 1, noNaN: true }), fc.constant(NaN));
  fc.assert(fc.property(fc.array(value, { minLength: 30, maxLength: 30 }), (values) => {
    const map = Float32Array.from(values);
    const [x, y, score] = readPeaks(map, grid);
    const best = Math.max(0, ...[...map].filter((v) => !Number.isNaN(v)));
    assert.equal(score, best);
    if (best === 0) return assert.deepEqual([x, y], [0, 0]);
    const at = map.indexOf(best);
    assert.ok(Math.abs(x! - (at % 6 + 0.5)) <= 0.5 && Math.abs(y! - (Math.floor(at / 6) + 0.5)) <= 0.5);
  }));
});

Deno.test("renderGaussian() leaves a map empty for a missing point and clears `out`", () => {
  const out = new Float32Array(2 * 48 * 40).fill(9);
  assert.equal(renderGaussian(Float32Array.of(10, 10, 0, NaN, 10, 1), GRID, { sigma: 2, out }), out);
  assert.ok(out.every((value) => value === 0));
});

Deno.test("renderGaussian() draws the Gaussian in its own map, wherever the point lies, and nothing else", () => {
  const grid = { joints: 2, height: 12, width: 16 };
  const place = fc.double({ min: -30, max: 45, noNaN: true });
  fc.assert(fc.property(place, place, fc.double({ min: 0.3, max: 6, noNaN: true }), (x, y, sigma) => {
    const points = Float32Array.of(0, 0, 0, x, y, 1);
    const maps = renderGaussian(points, grid, { sigma, out: new Float32Array(2 * 192).fill(7) });
    assert.ok(maps.subarray(0, 192).every((value) => value === 0));
    for (let cell = 0; cell < 192; cell++) {
      const [dx, dy] = [cell % 16 + 0.5 - points[3]!, Math.floor(cell / 16) + 0.5 - points[4]!];
      const wanted = Math.exp(-(dx * dx + dy * dy) / (2 * sigma * sigma));
      assert.ok(Math.abs(maps[192 + cell]! - wanted) < CUT, `${maps[192 + cell]} is not ${wanted}`);
    }
  }));
});

Deno.test("renderGaussian() is 1 at a centre on a cell and exp(-1/2) one sigma away", () => {
  const map = renderGaussian(Float32Array.of(10.5, 20.5, 1, 0, 0, 0), GRID, { sigma: 3 });
  assert.equal(map[20 * 40 + 10], 1);
  for (const at of [20 * 40 + 13, 17 * 40 + 10]) assert.equal(map[at], Math.fround(Math.exp(-0.5)));
});

Deno.test("heatmapStatistics() of a Gaussian are its mean and variance, its mass and its entropy", () => {
  fc.assert(fc.property(inner(40), inner(48), (x, y) => {
    const sigma = 1.5;
    const heatmaps = renderGaussian(Float32Array.of(x, y, 1, 0, 0, 0), GRID, { sigma });
    const { mean, covariance, mass, entropy } = heatmapStatistics(heatmaps, GRID);
    const near = (found: number, expected: number): void =>
      assert.ok(Math.abs(found - expected) < SAMPLED * Math.max(1, Math.abs(expected)), `${found} is not ${expected}`);
    near(mean[0]!, x);
    near(mean[1]!, y);
    near(covariance[0]!, sigma ** 2 + 1 / 12);
    near(covariance[1]!, 0);
    near(covariance[2]!, sigma ** 2 + 1 / 12);
    near(mass[0]!, 2 * Math.PI * sigma ** 2);
    near(entropy[0]!, Math.log(2 * Math.PI * Math.E * sigma ** 2));
    assert.deepEqual([mass[1], entropy[1], mean[2], covariance[5]], [0, 0, 0, 0]);
  }));
});

Deno.test("heatmapStatistics() of one cell, of two cells on a diagonal, and of an even map", () => {
  const grid = { joints: 3, height: 2, width: 2 };
  const { mean, covariance, mass, entropy } = heatmapStatistics(
    Float32Array.of(0, 4, 0, NaN, 1, -5, 0, 1, 3, 3, 3, 3),
    grid,
  );
  assert.deepEqual([...mean], [1.5, 0.5, 1, 1, 1, 1]);
  assert.deepEqual([...mass], [4, 2, 12]);
  const twelfth = 1 / 12;
  const expected = [twelfth, 0, twelfth, 0.25 + twelfth, 0.25, 0.25 + twelfth, 0.25 + twelfth, 0, 0.25 + twelfth];
  expected.forEach((value, i) => assert.ok(Math.abs(covariance[i]! - value) < 1e-12));
  [0, Math.log(2), Math.log(4)].forEach((value, i) => assert.ok(Math.abs(entropy[i]! - value) < 1e-12));
});

Deno.test("heatmap functions refuse data that does not fill the grid, and a sigma of 0", () => {
  assert.throws(() => readPeaks(new Float32Array(5), GRID), { name: "ShapeError" });
  assert.throws(() => heatmapStatistics(new Float32Array(5), GRID), { name: "ShapeError" });
  assert.throws(() => renderGaussian(new Float32Array(5), GRID, { sigma: 1 }), { name: "ShapeError" });
  assert.throws(() => renderGaussian(new Float32Array(6), GRID, { sigma: 0 }), RangeError);
  const heatmaps = new Float32Array(2 * 48 * 40);
  assert.throws(() => readPeaks(heatmaps, GRID, { out: new Float32Array(5) }), { name: "ShapeError" });
});
