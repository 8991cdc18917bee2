import assert from "node:assert/strict";
import { InputError } from "../../src/core/errors.ts";
import { observe } from "../../src/track/detection.ts";
import { interpolatePerson } from "../../src/track/gap.ts";
import { sight, type Walker } from "./walkers.ts";

/** Float32 keeps 7 digits of coordinates below 1000 px. */
const FLOAT32_TOLERANCE = 1e-4;

const WALKER: Walker = { x: 100, y: 400, speed: 100, height: 200, phase: 0 };
const before = observe({ ...sight(WALKER, 0), score: 0.8 }, { index: 10, time: 0.4, detection: 0 });
const after = observe({ ...sight(WALKER, 1), score: 0.6 }, { index: 20, time: 0.8, detection: 1 });

Deno.test("interpolatePerson() moves linearly in time, whatever the indices say", () => {
  const person = interpolatePerson(3, before, after, { index: 19, time: 0.5 }, 1);
  for (let i = 0; i < 51; i++) {
    if (i % 3 === 2) continue;
    const expected = before.keypoints[i]! + 0.25 * (after.keypoints[i]! - before.keypoints[i]!);
    assert.ok(Math.abs(person.keypoints[i]! - expected) < FLOAT32_TOLERANCE);
  }
  person.box.forEach((value, i) => {
    assert.ok(Math.abs(value - (0.75 * before.box[i]! + 0.25 * after.box[i]!)) < FLOAT32_TOLERANCE);
  });
  assert.deepEqual([person.id, person.detection, person.interpolated], [3, null, true]);
});

Deno.test("interpolatePerson() lowers scores to half of the worse side, and further with the distance", () => {
  const near = interpolatePerson(1, before, after, { index: 11, time: 0.5 }, 1);
  const middle = interpolatePerson(1, before, after, { index: 15, time: 0.6 }, 1);
  assert.ok(Math.abs(near.score - 0.5 * 0.6 * 0.9) < FLOAT32_TOLERANCE);
  assert.ok(Math.abs(middle.score - 0.5 * 0.6 * 0.8) < FLOAT32_TOLERANCE);
  assert.ok(Math.abs(middle.keypoints[2]! - 0.5 * 0.9 * 0.8) < FLOAT32_TOLERANCE);
});

Deno.test("interpolatePerson() leaves a joint missing that one side does not show", () => {
  const keypoints = [...after.keypoints];
  keypoints[3 * 9 + 2] = 0;
  const person = interpolatePerson(1, before, { ...after, keypoints }, { index: 15, time: 0.6 }, 1);
  assert.equal(person.keypoints[3 * 9 + 2], 0);
  assert.ok(person.keypoints[3 * 10 + 2]! > 0);
});

Deno.test("interpolatePerson() goes by the indices where time stands still", () => {
  const person = interpolatePerson(1, before, { ...after, time: 0.4 }, { index: 15, time: 0.4 }, 1);
  assert.ok(Math.abs(person.box[0] - (before.box[0] + after.box[0]) / 2) < FLOAT32_TOLERANCE);
});

Deno.test("interpolatePerson() extrapolates nobody", () => {
  const OUTSIDE = [{ index: 10, time: 0.4 }, { index: 20, time: 0.8 }, { index: 9, time: 0.3 }, {
    index: 21,
    time: 0.9,
  }];
  for (const frame of OUTSIDE) {
    assert.throws(() => interpolatePerson(1, before, after, frame, 1), InputError);
  }
});
