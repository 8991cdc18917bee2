import assert from "node:assert/strict";
import fc from "fast-check";
import type { Frame } from "../../src/media/frame.ts";
import { resizeFrame } from "../../src/media/resize.ts";

// Averages are stored in single precision and rounded once.
const ROUNDING = 1;

function frameOf(width: number, height: number, value: (i: number) => number): Frame {
  const data = Uint8ClampedArray.from({ length: width * height * 4 }, (_, i) => i % 4 === 3 ? 255 : value(i));
  return { index: 7, time: 0.5, name: "x", width, height, data };
}

Deno.test("resizeFrame() averages areas", () => {
  const checkered = frameOf(8, 4, (i) => ((i >> 2) % 8 + Math.floor((i >> 2) / 8)) % 2 ? 200 : 100);
  const small = resizeFrame(checkered, 4);
  assert.deepEqual([small.width, small.height, small.index, small.time, small.name], [4, 2, 7, 0.5, "x"]);
  assert.ok(small.data.every((v, i) => v === (i % 4 === 3 ? 255 : 150)));
});

Deno.test("resizeFrame() returns frames that fit as they are and refuses odd sides", () => {
  const frame = frameOf(3, 2, () => 9);
  assert.equal(resizeFrame(frame, 3), frame);
  for (const side of [0, -1, 2.5, NaN]) assert.throws(() => resizeFrame(frame, side), RangeError);
});

Deno.test("resizeFrame() keeps the mean, the bound and the aspect, and its input", () => {
  const side = fc.integer({ min: 1, max: 40 });
  fc.assert(fc.property(side, side, fc.integer({ min: 1, max: 40 }), fc.nat(255), (width, height, maxSide, seed) => {
    const frame = frameOf(width, height, (i) => (i * 37 + seed) % 256);
    const before = frame.data.slice();
    const small = resizeFrame(frame, maxSide);
    assert.deepEqual(frame.data, before);
    assert.equal(Math.max(small.width, small.height), Math.min(maxSide, Math.max(width, height)));
    const mean = (data: Uint8ClampedArray) => data.reduce((sum, v) => sum + v, 0) / data.length;
    assert.ok(Math.abs(mean(small.data) - mean(frame.data)) <= ROUNDING);
  }));
});
