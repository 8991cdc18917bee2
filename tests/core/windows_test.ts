import assert from "node:assert/strict";
import fc from "fast-check";
import {
  frameShares,
  planWindows,
  strideForRate,
  windowAt,
  windowCount,
  type WindowPlan,
  windowsTouching,
  windowTaper,
} from "../../src/core/windows.ts";

/** A sum of at most some hundred weights. */
const FLOAT64 = 1e-12;

const plans: fc.Arbitrary<WindowPlan> = fc.record({
  count: fc.integer({ min: 1, max: 120 }),
  size: fc.integer({ min: 1, max: 30 }),
  hop: fc.integer({ min: 1, max: 30 }),
  stride: fc.integer({ min: 1, max: 4 }),
  blend: fc.constantFrom("triangular" as const, "cosine" as const),
}).map(({ count, size, hop, stride, blend }) => planWindows(count, { size, hop: Math.min(hop, size), stride, blend }));

Deno.test("frameShares() sum to 1 and name entries that are the frame itself", () => {
  fc.assert(fc.property(plans, (plan) => {
    for (let frame = 0; frame < plan.count; frame++) {
      const shares = frameShares(plan, frame);
      assert.ok(shares.length > 0);
      assert.ok(Math.abs(shares.reduce((sum, { weight }) => sum + weight, 0) - 1) < FLOAT64);
      for (const { window, slot, weight } of shares) {
        const { frames, inside } = windowAt(plan, window);
        assert.ok(weight > 0 && inside[slot]);
        assert.equal(frames[slot], frame);
      }
    }
  }));
});

Deno.test("windowsTouching() the whole clip holds each frame in every window that contains it", () => {
  fc.assert(fc.property(plans, (plan) => {
    const seen = Array.from({ length: plan.count }, () => 0);
    for (const index of windowsTouching(plan, 0, plan.count)) {
      const { frames, inside } = windowAt(plan, index);
      frames.forEach((frame, slot) => seen[frame]! += inside[slot] ? 1 : 0);
    }
    seen.forEach((times, frame) => assert.equal(times, frameShares(plan, frame).length));
  }));
});

Deno.test("windowCount() is how many windows touch the whole clip", () => {
  fc.assert(
    fc.property(plans, (plan) => assert.equal(windowCount(plan), windowsTouching(plan, 0, plan.count).length)),
  );
});

Deno.test("windowsTouching() a range is what its frames need, a part of what the clip needs", () => {
  fc.assert(fc.property(plans, fc.nat(), fc.nat(), (plan, a, b) => {
    const from = a % plan.count;
    const to = from + b % (plan.count - from + 1);
    const all = new Set(windowsTouching(plan, 0, plan.count));
    const part = windowsTouching(plan, from, to);
    assert.deepEqual(part, [...part].sort((x, y) => x - y));
    assert.ok(part.every((index) => all.has(index)));
    for (let frame = from; frame < to; frame++) {
      for (const { window } of frameShares(plan, frame)) assert.ok(part.includes(window));
    }
  }));
});

Deno.test("windowAt() does not depend on where the clip ends, but for repeated edge frames", () => {
  fc.assert(fc.property(plans, (plan) => {
    const endless = { ...plan, count: Infinity };
    for (const index of windowsTouching(plan, 0, plan.count)) {
      const { frames, inside } = windowAt(plan, index);
      const open = windowAt(endless, index);
      const own = Array.from({ length: plan.count }, (_, frame) => frame)
        .filter((frame) => frame % plan.stride === frames[0]! % plan.stride);
      frames.forEach((frame, slot) => assert.equal(frame, inside[slot] ? open.frames[slot] : own.at(-1)));
    }
  }));
});

Deno.test("frameShares() of a frame stay the same once the clip is long enough", () => {
  const shares = frameShares(planWindows(Infinity, { size: 9, hop: 4 }), 20);
  for (const count of [29, 100]) assert.deepEqual(frameShares(planWindows(count, { size: 9, hop: 4 }), 20), shares);
  assert.deepEqual(shares.map(({ window, slot }) => [window, slot]), [[3, 8], [4, 4], [5, 0]]);
});

Deno.test("windowAt() repeats the last frame of a clip shorter than a window", () => {
  const plan = planWindows(3, { size: 5, hop: 2 });
  assert.deepEqual(windowsTouching(plan, 0, 3), [0]);
  assert.deepEqual(windowAt(plan, 0), {
    index: 0,
    frames: [0, 1, 2, 2, 2],
    inside: [true, true, true, false, false],
  });
});

Deno.test("windowAt() interleaves a fast clip", () => {
  const plan = planWindows(11, { size: 3, hop: 2, stride: 2 });
  const windows = windowsTouching(plan, 0, 11).map((index) => windowAt(plan, index).frames);
  assert.deepEqual(windows, [[0, 2, 4], [1, 3, 5], [4, 6, 8], [5, 7, 9], [8, 10, 10]]);
});

Deno.test("windows that do not overlap carry each frame alone", () => {
  const plan = planWindows(10, { size: 4, hop: 4 });
  for (let frame = 0; frame < 10; frame++) {
    assert.deepEqual(frameShares(plan, frame), [{ window: Math.floor(frame / 4), slot: frame % 4, weight: 1 }]);
  }
});

Deno.test("windowTaper() is symmetric, highest in the middle and above 0 at the ends", () => {
  for (const blend of ["triangular", "cosine"] as const) {
    for (const size of [1, 2, 9, 27]) {
      const taper = [...windowTaper(size, blend)];
      assert.ok(taper.every((value, i) => value > 0 && Math.abs(value - taper[size - 1 - i]!) < FLOAT64));
      for (let i = 1; i < size / 2; i++) assert.ok(taper[i]! > taper[i - 1]!);
    }
  }
});

Deno.test("strideForRate() sees at most 60 frames a second", () => {
  assert.deepEqual([10, 25, 60, 60.5, 120, 240].map(strideForRate), [1, 1, 1, 2, 2, 4]);
  for (const fps of [0, -1, NaN, Infinity]) assert.throws(() => strideForRate(fps), RangeError);
});

Deno.test("windows refuse plans and ranges that make no sense", () => {
  for (const count of [0, 1.5, NaN]) assert.throws(() => planWindows(count, { size: 3, hop: 1 }), RangeError);
  for (
    const options of [{ size: 0, hop: 1 }, { size: 3, hop: 0 }, { size: 3, hop: 4 }, { size: 3, hop: 1, stride: 0 }]
  ) {
    assert.throws(() => planWindows(9, options), RangeError);
  }
  const plan = planWindows(9, { size: 3, hop: 1 });
  for (const frame of [-1, 9, 0.5]) assert.throws(() => frameShares(plan, frame), RangeError);
  for (const [from, to] of [[-1, 3], [3, 2], [3, 10]] as const) {
    assert.throws(() => windowsTouching(plan, from, to), RangeError);
  }
});
