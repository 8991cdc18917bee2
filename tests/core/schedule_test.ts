import assert from "node:assert/strict";
import fc from "fast-check";
import { cosineSchedule, explicitSchedule, linearSchedule, type Schedule } from "../../src/core/schedule.ts";

const at = (schedule: Schedule, indices: number[]): number[] => indices.map((index) => schedule.alphaBar[index]!);
const rounded = (values: number[], digits: number): string[] => values.map((value) => value.toFixed(digits));

Deno.test("linearSchedule() gives the shares of the authors' code", () => {
  // Paper file, section 4.2: 51 betas from 1e-4 to 1e-3.
  const schedule = linearSchedule(51, { first: 1e-4, last: 1e-3 });
  assert.deepEqual(rounded(at(schedule, [0, 6, 12, 24, 50]), 5), [
    "0.99990",
    "0.99892",
    "0.99730",
    "0.99213",
    "0.97233",
  ]);
});

Deno.test("linearSchedule() from 0.002 to 0.4 ends near pure noise", () => {
  // Paper file, section 4.2: 8e-6 at step 49.
  assert.equal(linearSchedule(50, { first: 0.002, last: 0.4 }).alphaBar[49]!.toExponential(0), "8e-6");
});

Deno.test("cosineSchedule() gives the shares of the paper mode", () => {
  // Paper file, section 4.2, K = 50.
  const schedule = cosineSchedule(50);
  assert.deepEqual(rounded(at(schedule, [0, 9, 19, 29, 39]), 3), ["0.998", "0.899", "0.647", "0.341", "0.094"]);
  assert.equal(schedule.alphaBar[49]!.toExponential(0), "1e-6");
});

Deno.test("cosineSchedule() gives the shares of a thousand steps", () => {
  // Video paper file, section 3, T = 1000.
  const schedule = cosineSchedule(1000);
  assert.equal(schedule.alphaBar[0]!.toFixed(5), "0.99996");
  assert.deepEqual(rounded(at(schedule, [249, 499, 749]), 3), ["0.847", "0.494", "0.144"]);
  assert.equal(schedule.alphaBar[999]!.toExponential(1), "2.4e-9");
});

Deno.test("schedules fall strictly within (0, 1] for any number of steps", () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 300 }), (steps) => {
    for (const schedule of [cosineSchedule(steps), linearSchedule(steps, { first: 1e-4, last: 0.02 })]) {
      assert.equal(schedule.alphaBar.length, steps);
      schedule.alphaBar.forEach((value, k) =>
        assert.ok(value > 0 && value < (k === 0 ? 1 : schedule.alphaBar[k - 1]!))
      );
    }
  }));
});

Deno.test("explicitSchedule() takes the numbers as they are and keeps its own copy", () => {
  const numbers = [1, 0.5, 0.001];
  const schedule = explicitSchedule(numbers);
  numbers[0] = 0;
  assert.deepEqual([...schedule.alphaBar], [1, 0.5, 0.001]);
});

Deno.test("explicitSchedule() refuses what does not fall strictly within (0, 1]", () => {
  for (const wrong of [[], [0], [1.1], [NaN], [0.5, 0.5], [0.5, 0.6], [0.5, 0], [0.5, NaN], [0.5, -0.1]]) {
    assert.throws(() => explicitSchedule(wrong), RangeError, String(wrong));
  }
});

Deno.test("schedules refuse wrong options", () => {
  for (const steps of [0, -1, 1.5, NaN]) {
    assert.throws(() => cosineSchedule(steps), RangeError);
    assert.throws(() => linearSchedule(steps, { first: 0.1, last: 0.2 }), RangeError);
  }
  assert.throws(() => linearSchedule(5, { first: 0, last: 0.2 }), RangeError);
  assert.throws(() => linearSchedule(5, { first: 0.1, last: 1 }), RangeError);
  assert.throws(() => cosineSchedule(5, { offset: -1 }), RangeError);
  assert.throws(() => cosineSchedule(5, { maxBeta: 1 }), RangeError);
});
