import assert from "node:assert/strict";
import fc from "fast-check";
import { cosineSchedule } from "../../src/core/schedule.ts";
import { checkStepList, officialStepIndices, stepIndices } from "../../src/core/step_list.ts";

const FIFTY = cosineSchedule(50);

Deno.test("stepIndices() spaces 5 of 50 as the paper file does", () => {
  assert.deepEqual(stepIndices(FIFTY, 5), [49, 39, 29, 19, 9]);
});

Deno.test("stepIndices() spaces steps of 1000 as DiffusionDet does", () => {
  // Video paper file, section 3.
  const thousand = cosineSchedule(1000);
  assert.deepEqual(stepIndices(thousand, 1), [999]);
  assert.deepEqual(stepIndices(thousand, 2), [999, 499]);
  assert.deepEqual(stepIndices(thousand, 4), [999, 749, 499, 249]);
  assert.deepEqual(stepIndices(thousand, 8), [999, 874, 749, 624, 499, 374, 249, 124]);
});

Deno.test("stepIndices() begins at the noisiest step, falls strictly and has as many as asked", () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 200 }), (a, b) => {
    const schedule = cosineSchedule(Math.max(a, b));
    const steps = stepIndices(schedule, Math.min(a, b));
    assert.equal(steps.length, Math.min(a, b));
    assert.equal(steps[0], Math.max(a, b) - 1);
    assert.deepEqual(checkStepList(schedule, steps), steps);
  }));
});

Deno.test("stepIndices() refuses more steps than the schedule has", () => {
  for (const steps of [0, 51, 2.5, NaN]) assert.throws(() => stepIndices(FIFTY, steps), RangeError);
});

Deno.test("officialStepIndices() gives the lists of the four published configurations", () => {
  // Paper file, section 8.7: frame CPN, frame GT, video CPN, video GT.
  assert.deepEqual(officialStepIndices(24, 2), [12, 0]);
  assert.deepEqual(officialStepIndices(12, 2), [6, 0]);
  assert.deepEqual(officialStepIndices(6, 1), [0]);
  assert.deepEqual(officialStepIndices(9, 4), [8, 6, 4, 2, 0]);
});

Deno.test("officialStepIndices() equals range(0, start, start // steps) reversed", () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 100 }), (a, b) => {
    const start = Math.max(a, b);
    const stride = Math.floor(start / Math.min(a, b));
    const range: number[] = [];
    for (let k = 0; k < start; k += stride) range.unshift(k);
    assert.deepEqual(officialStepIndices(start, Math.min(a, b)), range);
  }));
  for (const [start, steps] of [[0, 1], [5, 6], [5, 0]] as const) {
    assert.throws(() => officialStepIndices(start, steps), RangeError);
  }
});

Deno.test("checkStepList() refuses lists that leave the schedule or do not fall", () => {
  for (const wrong of [[], [50], [-1], [3, 3], [3, 4], [3, -1], [2.5], [NaN]]) {
    assert.throws(() => checkStepList(FIFTY, wrong), RangeError, String(wrong));
  }
  assert.deepEqual(checkStepList(FIFTY, [49, 3, 0]), [49, 3, 0]);
});

Deno.test("stepIndices() from a start takes the least noisy part of the schedule", () => {
  const schedule = cosineSchedule(1000);
  assert.deepEqual(stepIndices(schedule, 3, { start: 300 }), [299, 199, 99]);
  assert.deepEqual(stepIndices(schedule, 5, { start: 1000 }), stepIndices(schedule, 5));
  assert.throws(() => stepIndices(schedule, 1, { start: 1001 }), /start must be an integer from 1 to 1000: 1001/);
  assert.throws(() => stepIndices(schedule, 4, { start: 3 }), /steps must be an integer from 1 to 3: 4/);
});
