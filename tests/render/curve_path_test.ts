import assert from "node:assert/strict";
import fc from "fast-check";
import { curvePaths, markStep, rangeOf } from "../../src/render/client/curve_path.ts";

const scales = (width: number, count: number) => ({
  x: (position: number) => (position / count) * width,
  y: (value: number) => value,
  width,
});

Deno.test("curvePaths() keeps gaps as gaps", () => {
  const value = Float32Array.of(1, 2, NaN, 4, NaN);
  const { line, band } = curvePaths({ value, sigma: new Float32Array(5).fill(0.5) }, scales(50, 5));
  assert.equal(line, "M0 1L10 2M30 4h.5");
  assert.equal(band, "M0 1.5L10 2.5L10 1.5L0 0.5ZM30 4.5L30 3.5Z");
});

Deno.test("curvePaths() draws long clips with few points and loses no peak", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 300, maxLength: 3000 }), (values) => {
      const value = Float32Array.from(values);
      const { line } = curvePaths({ value, sigma: new Float32Array(value.length) }, scales(50, value.length));
      const drawn = [...line.matchAll(/[ML][\d.]+ (-?[\d.]+)/g)].map((match) => Number(match[1]));
      assert.ok(drawn.length <= 2 * 50 + 2);
      assert.equal(Math.max(...drawn), Math.max(...values));
      assert.equal(Math.min(...drawn), Math.min(...values));
    }),
    { numRuns: 20 },
  );
});

Deno.test("rangeOf() includes the spread and skips what is not finite", () => {
  assert.deepEqual(rangeOf({ value: Float32Array.of(1, NaN, 3), sigma: Float32Array.of(0.5, 9, NaN) }), [0.5, 3]);
  assert.equal(rangeOf({ value: Float32Array.of(NaN), sigma: Float32Array.of(1) }), null);
});

Deno.test("markStep() is 1, 2 or 5 times a power of ten and gives no more marks than asked", () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-3, max: 1e5, noNaN: true }), fc.integer({ min: 1, max: 20 }), (range, count) => {
      const step = markStep(range, count);
      const digit = step / 10 ** Math.floor(Math.log10(step) + 1e-9);
      assert.ok([1, 2, 5].some((allowed) => Math.abs(digit - allowed) < 1e-6), `step ${step}`);
      assert.ok(range / step <= count * 1.01);
    }),
  );
});
