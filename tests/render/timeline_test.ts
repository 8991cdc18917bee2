import assert from "node:assert/strict";
import fc from "fast-check";
import type { ViewerPerson } from "../../src/render/payload.ts";
import { isDoubtful, spreadOf } from "../../src/render/client/spread.ts";
import { nextDoubtful, stretches } from "../../src/render/client/timeline.ts";

const someone: ViewerPerson = {
  id: 1,
  interpolated: false,
  score: 1,
  box: Float32Array.of(0, 0, 20, 50),
  keypoints: Float32Array.of(0, 0, 1, 2, 0, 0, 1, 4, 0, 0, 1, NaN),
  keypoints3d: null,
  derived: [],
};

Deno.test("spreadOf() averages the sigmas that are there", () => {
  assert.equal(spreadOf(someone, false), 6, "percent of the longer side of the box");
  assert.ok(Number.isNaN(spreadOf(someone, true)));
});

Deno.test("isDoubtful() marks interpolated people and wide spreads, and nobody else", () => {
  assert.equal(isDoubtful(someone, 0.05, 0.06), false);
  assert.equal(isDoubtful(someone, 0.07, 0.06), true);
  assert.equal(isDoubtful({ ...someone, interpolated: true }, 0.01, 0.06), true);
  assert.equal(isDoubtful(null, 0.07, 0.06), false);
  assert.equal(isDoubtful(someone, NaN, 0.06), false);
});

Deno.test("nextDoubtful() finds the start of the next stretch, both ways, and wraps", () => {
  const doubtful = [false, true, true, false, true, false];
  assert.deepEqual([0, 1, 2, 4].map((position) => nextDoubtful(doubtful, position, 1)), [1, 4, 4, 1]);
  assert.deepEqual([0, 1, 4].map((position) => nextDoubtful(doubtful, position, -1)), [4, 4, 1]);
  assert.equal(nextDoubtful([false, false], 0, 1), -1);
  assert.equal(nextDoubtful([], 0, 1), -1);
});

Deno.test("stretches() covers exactly the positions that have a kind", () => {
  fc.assert(fc.property(fc.array(fc.constantFrom("", "a", "b")), (kinds) => {
    const painted = kinds.map(() => "");
    const found = stretches(kinds);
    for (const { kind, start, end } of found) painted.fill(kind, start, end);
    assert.deepEqual(painted, kinds);
    for (let k = 1; k < found.length; k++) {
      const [before, after] = [found[k - 1]!, found[k]!];
      assert.ok(before.end < after.start || before.kind !== after.kind, "neighbours of one kind are one stretch");
    }
  }));
});
