import assert from "node:assert/strict";
import fc from "fast-check";
import { chooseEffort, effortCost, EFFORTS } from "../../../src/systems/diffpose_video/effort.ts";

const costs = fc.record({
  fixed: fc.double({ min: 0, max: 500, noNaN: true }),
  beside: fc.double({ min: 0, max: 200, noNaN: true }),
  encode: fc.double({ min: 0, max: 200, noNaN: true }),
  run: fc.double({ min: 0, max: 50, noNaN: true }),
  set: fc.double({ min: 0, max: 50, noNaN: true }),
});

Deno.test("chooseEffort() takes the best choice within the budget, and says when none is", () => {
  fc.assert(fc.property(costs, fc.double({ min: 1, max: 2000, noNaN: true }), (each, budget) => {
    const choice = chooseEffort(each, { budget });
    assert.equal(choice.cost, effortCost(choice, each));
    assert.equal(choice.fits, choice.cost <= budget);
    const place = EFFORTS.findIndex(({ steps, sets }) => steps === choice.steps && sets === choice.sets);
    for (const better of EFFORTS.slice(place + 1)) assert.ok(effortCost(better, each) > budget);
    if (!choice.fits) assert.equal(place, 0);
  }));
});

Deno.test("chooseEffort() never takes less for a larger budget, and leaves alone what is given", () => {
  fc.assert(fc.property(costs, fc.double({ min: 1, max: 500, noNaN: true }), (each, budget) => {
    assert.ok(chooseEffort(each, { budget: 2 * budget }).cost >= chooseEffort(each, { budget }).cost);
    assert.equal(chooseEffort(each, { budget, steps: 3 }).steps, 3);
    assert.equal(chooseEffort(each, { budget, sets: 7 }).sets, 7);
  }));
});

Deno.test("EFFORTS rise in steps and in sets, so that what costs more promises more", () => {
  EFFORTS.slice(1).forEach((effort, i) => {
    assert.ok(effort.steps >= EFFORTS[i]!.steps && effort.sets >= EFFORTS[i]!.sets);
  });
});

Deno.test("chooseEffort() refuses a budget that is none", () => {
  assert.throws(
    () => chooseEffort({ fixed: 1, beside: 0, encode: 1, run: 1, set: 1 }, { budget: 0 }),
    /budget must be above 0 ms: 0/,
  );
});
