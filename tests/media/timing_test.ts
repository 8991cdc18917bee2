import assert from "node:assert/strict";
import fc from "fast-check";
import { InputError } from "../../src/core/errors.ts";
import { checkTiming, frameRange } from "../../src/media/timing.ts";

Deno.test("frameRange() takes [start, end)", () => {
  assert.deepEqual(frameRange("x", 90, 30, { start: 0.3, end: 0.5 }), { first: 9, end: 15 });
  assert.deepEqual(frameRange("x", 90, 30, {}), { first: 0, end: 90 });
  assert.deepEqual(frameRange("x", 90, 30, { start: 2.95, end: 99 }), { first: 89, end: 90 });
});

Deno.test("frameRange() cuts a clip in two without losing or doubling a frame", () => {
  fc.assert(fc.property(fc.integer({ min: 2, max: 500 }), fc.integer({ min: 1, max: 240 }), (count, fps) => {
    for (const cut of [1, count >> 1, count - 1].filter((c) => c > 0)) {
      const seconds = cut / fps;
      assert.equal(frameRange("x", count, fps, { end: seconds }).end, cut);
      assert.equal(frameRange("x", count, fps, { start: seconds }).first, cut);
    }
  }));
});

Deno.test("frameRange() refuses a part without frames", () => {
  assert.throws(() => frameRange("x", 10, 10, { start: 1 }), /x: .*between start 1 s.*end at 1 s/);
  assert.throws(() => frameRange("x", 0, 10, {}), InputError);
});

Deno.test("checkTiming() refuses times that make no sense", () => {
  const wrong = [{ fps: 0 }, { fps: NaN }, { fps: 2000 }, { start: -1 }, { start: NaN }, { start: 2, end: 2 }, {
    end: NaN,
  }];
  for (const options of wrong) assert.throws(() => checkTiming(options), InputError, JSON.stringify(options));
  checkTiming({ fps: 29.97, start: 0, end: 1 });
});
