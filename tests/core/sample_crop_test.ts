import assert from "node:assert/strict";
import fc from "fast-check";
import { cropTransform } from "../../src/core/crop.ts";
import { type RgbaPicture, sampleCrop } from "../../src/core/sample_crop.ts";

/** float32 holds 0..255 to 2e-5; sums of a few products. */
const FLOAT32_LEVEL = 1e-3;

function picture(
  width: number,
  height: number,
  colour: (x: number, y: number) => [number, number, number],
): RgbaPicture {
  const data = new Uint8ClampedArray(width * height * 4);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) data.set([...colour(x, y), 255], (y * width + x) * 4);
  }
  return { width, height, data };
}

const whole = ({ width, height }: RgbaPicture) => ({ x: 0, y: 0, width, height });

Deno.test("sampleCrop() at scale 1 gives the pixels themselves, in both layouts", () => {
  const source = picture(5, 3, (x, y) => [x * 10, y * 10, x + y]);
  const transform = cropTransform(whole(source), { width: 5, height: 3 });
  const pixels = sampleCrop(source, transform, { layout: "nhwc" });
  const planes = sampleCrop(source, transform, { layout: "nchw" });
  for (let y = 0; y < 3; y++) {
    for (let x = 0; x < 5; x++) {
      const at = y * 5 + x;
      assert.deepEqual([...pixels.slice(at * 3, at * 3 + 3)], [x * 10, y * 10, x + y]);
      assert.deepEqual([planes[at], planes[15 + at], planes[30 + at]], [x * 10, y * 10, x + y]);
    }
  }
});

Deno.test("sampleCrop() keeps a linear ramp linear at any scale, so no half pixel is lost", () => {
  // Level 2 (x + 0.5) + (y + 0.5) at a pixel centre; bilinear and block means both keep a plane exactly.
  const source = picture(96, 96, (x, y) => [2 * x + y, 0, 0]);
  fc.assert(fc.property(
    fc.double({ min: 20, max: 30, noNaN: true }),
    fc.double({ min: 20, max: 30, noNaN: true }),
    fc.double({ min: 2, max: 50, noNaN: true }),
    (x, y, size) => {
      const transform = cropTransform({ x, y, width: size, height: size }, { width: 8, height: 8 });
      const levels = sampleCrop(source, transform, { layout: "nchw" });
      for (const [column, row] of [[0, 0], [7, 0], [3, 5], [7, 7]] as const) {
        const u = transform.left + (column + 0.5) * transform.scale;
        const v = transform.top + (row + 0.5) * transform.scale;
        const expected = 2 * (u - 0.5) + (v - 0.5);
        assert.ok(
          Math.abs(levels[row * 8 + column]! - expected) < FLOAT32_LEVEL,
          `${levels[row * 8 + column]} ${expected}`,
        );
      }
    },
  ));
});

Deno.test("sampleCrop() of a fine pattern four times reduced is its mean, not a sample of it", () => {
  const stripes = picture(64, 64, (x) => x % 4 === 0 ? [200, 0, 0] : [0, 100, 0]);
  const transform = cropTransform(whole(stripes), { width: 16, height: 16 });
  const levels = sampleCrop(stripes, transform, { layout: "nhwc" });
  for (let i = 0; i < levels.length; i += 3) assert.deepEqual([...levels.slice(i, i + 3)], [50, 75, 0]);
});

Deno.test("sampleCrop() takes the mean of what a block has where the picture ends within it", () => {
  fc.assert(fc.property(fc.integer({ min: 2, max: 30 }), fc.integer({ min: 2, max: 30 }), (width, height) => {
    const source = picture(width, height, () => [137, 20, 255]);
    const transform = cropTransform({ x: 0, y: 0, width: 32, height: 32 }, { width: 8, height: 8 });
    const levels = sampleCrop(source, transform, { layout: "nhwc" });
    for (let row = 0; row < 8; row++) {
      for (let column = 0; column < 8; column++) {
        const inside = transform.left + (column + 0.5) * 4 < width && transform.top + (row + 0.5) * 4 < height;
        const at = (row * 8 + column) * 3;
        const expected = inside ? [137, 20, 255] : [0, 0, 0];
        expected.forEach((level, colour) => assert.ok(Math.abs(levels[at + colour]! - level) < FLOAT32_LEVEL));
      }
    }
  }));
});

Deno.test("sampleCrop() is black outside of the picture and unmixed inside, whatever the scale", () => {
  fc.assert(fc.property(
    fc.integer({ min: -60, max: 60 }),
    fc.integer({ min: -60, max: 60 }),
    fc.double({ min: 1, max: 120, noNaN: true }),
    fc.constantFrom("nhwc" as const, "nchw" as const),
    (x, y, size, layout) => {
      const source = picture(37, 23, () => [90, 90, 90]);
      const transform = cropTransform({ x, y, width: size, height: size }, { width: 7, height: 9 });
      const levels = sampleCrop(source, transform, { layout });
      for (let row = 0; row < 9; row++) {
        for (let column = 0; column < 7; column++) {
          const u = transform.left + (column + 0.5) * transform.scale;
          const v = transform.top + (row + 0.5) * transform.scale;
          const inside = u >= 0 && u < 37 && v >= 0 && v < 23;
          const at = row * 7 + column;
          const level = layout === "nhwc" ? levels[at * 3]! : levels[at]!;
          assert.ok(Math.abs(level - (inside ? 90 : 0)) < FLOAT32_LEVEL, `${level} at ${u}, ${v}`);
        }
      }
    },
  ));
});

Deno.test("sampleCrop() writes into a part of a batch and clears what was there", () => {
  const source = picture(4, 4, () => [7, 8, 9]);
  const batch = new Float32Array(2 * 12).fill(55);
  const out = batch.subarray(12);
  const transform = cropTransform({ x: -4, y: 0, width: 8, height: 8 }, { width: 2, height: 2 });
  const before = source.data.slice();
  assert.equal(sampleCrop(source, transform, { layout: "nhwc", out }), out);
  assert.ok(batch.subarray(0, 12).every((value) => value === 55));
  assert.deepEqual([...out], [0, 0, 0, 7, 8, 9, 0, 0, 0, 0, 0, 0]);
  assert.deepEqual(source.data, before);
});

Deno.test("sampleCrop() refuses pictures that do not fill their size, and an `out` of another size", () => {
  const source = picture(4, 4, () => [1, 2, 3]);
  const transform = cropTransform(whole(source), { width: 2, height: 2 });
  assert.throws(() => sampleCrop({ ...source, height: 5 }, transform, { layout: "nhwc" }), { name: "ShapeError" });
  assert.throws(() => sampleCrop(source, transform, { layout: "nchw", out: new Float32Array(11) }), {
    name: "ShapeError",
    message: /\[3, 2, 2\].* 11/,
  });
});
