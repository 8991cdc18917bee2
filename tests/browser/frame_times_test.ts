import assert from "node:assert/strict";
import fc from "fast-check";
import { listedTimes, measuredTimes, seekTime, snapRate } from "../../src/browser/frame_times.ts";
import { PreviewChoice } from "../../src/browser/previews.ts";

const grid = (count: number, rate: number, digits = 6): Float64Array =>
  Float64Array.from({ length: count }, (_, i) => Number((i / rate).toFixed(digits)));

Deno.test("listedTimes() takes the rate from the file, rounded to milliseconds or not", () => {
  for (const rate of [23.976, 24, 25, 29.97, 30, 59.94, 60]) {
    const { fps, note, times } = listedTimes(grid(90, rate, 3));
    assert.ok(Math.abs(fps - rate) < 0.001, `${rate}: ${fps}`);
    assert.equal(note, "stated by the file");
    assert.equal(times.length, 90);
  }
});

Deno.test("listedTimes(): frames that are missing do not change the rate, another clock does", () => {
  const whole = grid(100, 30);
  const gaps = whole.filter((_, i) => i < 40 || i > 46);
  assert.equal(listedTimes(gaps).fps, 30);
  const wild = Float64Array.from({ length: 50 }, (_, i) => i / 30 + 0.01 * Math.sin(i));
  const { fps, note } = listedTimes(wild);
  assert.match(note, /varying/);
  assert.ok(Math.abs(fps - 30) < 0.5, "the mean");
  assert.equal(listedTimes(Float64Array.of(0)).times.length, 1);
});

Deno.test("measuredTimes() finds the rate although most frames were skipped", () => {
  const seen = [0, 1, 2, 5, 9, 10, 14, 15, 22].map((i) => i / 25);
  const { fps, times, note } = measuredTimes(seen, 4);
  assert.equal(fps, 25);
  assert.equal(times.length, 100);
  assert.match(note, /measured/);
});

Deno.test("measuredTimes() says so when it has to assume a rate", () => {
  for (const seen of [[], [0], [0, 0.1, 0.2]]) {
    const { fps, times, note } = measuredTimes(seen, 2);
    assert.deepEqual([fps, times.length], [30, 60]);
    assert.match(note, /assumed/);
  }
});

Deno.test("snapRate() keeps rates that are far from every common one", () => {
  assert.equal(snapRate(29.9), 30000 / 1001);
  assert.equal(snapRate(17), 17);
});

Deno.test("seekTime() lies inside of its frame, whatever the steps", () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0.002, max: 2, noNaN: true }), { minLength: 1, maxLength: 60 }), (steps) => {
      let now = 0;
      const plan = listedTimes(Float64Array.from([0, ...steps], (step) => now += step));
      for (let at = 0; at < plan.times.length; at++) {
        const time = seekTime(plan, at);
        assert.ok(time > plan.times[at]!);
        assert.ok(at + 1 === plan.times.length || time < plan.times[at + 1]!);
      }
    }),
    { numRuns: 200 },
  );
});

Deno.test("PreviewChoice keeps an even choice of a clip of any length, never more than it may", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 2000 }), (most, frames) => {
      const choice = new PreviewChoice(most);
      const kept = new Set<number>();
      for (let frame = 0; frame < frames; frame++) {
        if (!choice.takes(frame)) continue;
        kept.add(frame);
        if (kept.size > most) { for (const each of kept) if (!choice.stays(each)) kept.delete(each); }
        assert.ok(kept.size <= most, `${kept.size} of ${most}`);
      }
      const last = [...kept].filter((each) => choice.stays(each)).sort((a, b) => a - b);
      assert.equal(last[0], 0);
      assert.ok(last.length >= Math.min(frames, most) / 2, `${last.length} of ${Math.min(frames, most)}`);
      const steps = new Set(last.slice(1).map((each, i) => each - last[i]!));
      assert.ok(steps.size <= 1, "evenly");
    }),
    { numRuns: 200 },
  );
});
