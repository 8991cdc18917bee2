import assert from "node:assert/strict";
import fc from "fast-check";
import { type Box, cropToFrame, cropTransform, frameToCrop } from "../../src/core/crop.ts";

/** float32 coordinates below 4096 px. */
const FLOAT32_PX = 2e-3;

const boxes: fc.Arbitrary<Box> = fc.record({
  x: fc.integer({ min: -500, max: 1500 }),
  y: fc.integer({ min: -500, max: 1500 }),
  width: fc.integer({ min: 1, max: 900 }),
  height: fc.integer({ min: 1, max: 900 }),
});
const sizes = fc.constantFrom([256, 256], [192, 256], [64, 48]) as fc.Arbitrary<[number, number]>;

Deno.test("cropTransform() keeps the centre, holds the padded box and touches it on one axis", () => {
  fc.assert(fc.property(boxes, sizes, fc.constantFrom(1, 1.25, 2), (box, [width, height], padding) => {
    const { scale, left, top } = cropTransform(box, { width, height, padding });
    assert.ok(Math.abs(left + (width * scale) / 2 - (box.x + box.width / 2)) < 1e-9 * 1e4);
    assert.ok(Math.abs(top + (height * scale) / 2 - (box.y + box.height / 2)) < 1e-9 * 1e4);
    const spare = [width * scale - box.width * padding, height * scale - box.height * padding];
    assert.ok(Math.min(...spare) > -1e-9 && Math.min(...spare) < 1e-9);
  }));
});

Deno.test("cropTransform() of a tall or wide box is the same as of its square when asked for a square", () => {
  const tall = { x: 90, y: 100, width: 20, height: 200 };
  const square = { x: 0, y: 100, width: 200, height: 200 };
  const wide = { x: 0, y: 190, width: 200, height: 20 };
  for (const [width, height] of [[256, 256], [192, 256], [256, 192]] as const) {
    assert.deepEqual(cropTransform(wide, { width, height, square: true }), cropTransform(square, { width, height }));
    assert.deepEqual(cropTransform(tall, { width, height, square: true }), cropTransform(square, { width, height }));
  }
});

Deno.test("cropTransform() of a whole picture puts bars where the aspect differs", () => {
  const transform = cropTransform({ x: 0, y: 0, width: 640, height: 480 }, { width: 256, height: 256 });
  assert.deepEqual(transform, { width: 256, height: 256, scale: 2.5, left: 0, top: -80 });
});

Deno.test("cropToFrame() and frameToCrop() are inverse, and corners go to corners", () => {
  fc.assert(
    fc.property(
      boxes,
      sizes,
      fc.array(fc.integer({ min: 0, max: 256 }), { minLength: 2, maxLength: 2 }),
      (box, [width, height], at) => {
        const transform = cropTransform(box, { width, height, padding: 1.25 });
        const point = Float32Array.of(...at, 0.5);
        const there = cropToFrame(transform, point, { channels: 3 });
        const back = frameToCrop(transform, there, { channels: 3 });
        assert.deepEqual([...point], [...at, 0.5]);
        assert.equal(back[2], 0.5);
        // In pixels of the crop one float32 step of the frame grows by 1 / scale.
        for (const c of [0, 1]) {
          assert.ok(
            Math.abs(back[c]! - at[c]!) < FLOAT32_PX * Math.max(1, 1 / transform.scale),
          );
        }
        const corner = cropToFrame(transform, Float32Array.of(width, height));
        assert.ok(Math.abs(corner[0]! - (transform.left + width * transform.scale)) < FLOAT32_PX);
        assert.ok(Math.abs(corner[1]! - (transform.top + height * transform.scale)) < FLOAT32_PX);
      },
    ),
  );
});

Deno.test("cropToFrame() writes into `out`, which may be the input", () => {
  const transform = cropTransform({ x: 10, y: 20, width: 4, height: 4 }, { width: 2, height: 2 });
  const points = Float32Array.of(0, 0, 1, 1);
  assert.equal(cropToFrame(transform, points, { out: points }), points);
  assert.deepEqual([...points], [10, 20, 12, 22]);
});

Deno.test("crops refuse boxes without area, wrong sizes and broken points", () => {
  const box = { x: 0, y: 0, width: 10, height: 10 };
  const size = { width: 8, height: 8 };
  for (const wrong of [{ width: 0 }, { height: -1 }, { x: NaN }, { width: Infinity }]) {
    assert.throws(() => cropTransform({ ...box, ...wrong }, size), RangeError);
  }
  for (const wrong of [{ width: 0 }, { height: 1.5 }, { padding: 0 }, { padding: NaN }]) {
    assert.throws(() => cropTransform(box, { ...size, ...wrong }), RangeError);
  }
  const transform = cropTransform(box, size);
  assert.throws(() => cropToFrame(transform, new Float32Array(3)), { name: "ShapeError" });
  assert.throws(() => frameToCrop(transform, new Float32Array(2), { out: new Float32Array(4) }), {
    name: "ShapeError",
  });
  assert.throws(() => frameToCrop(transform, new Float32Array(2), { channels: 1 }), { name: "ShapeError" });
});
