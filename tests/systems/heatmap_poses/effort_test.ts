import assert from "node:assert/strict";
import fc from "fast-check";
import { chooseEffort, type Effort, effortCost } from "../../../src/systems/heatmap_poses/effort.ts";

const EFFORTS: readonly Effort[] = [[1, 1], [2, 1], [2, 3], [4, 8]].map(([steps, sets]) => ({
  steps: steps!,
  sets: sets!,
}));

const costs = fc.record({
  fixed: fc.double({ min: 0, max: 500, noNaN: true }),
  beside: fc.double({ min: 0, max: 200, noNaN: true }),
  encode: fc.double({ min: 0, max: 200, noNaN: true }),
  run: fc.double({ min: 0, max: 50, noNaN: true }),
  set: fc.double({ min: 0, max: 50, noNaN: true }),
});

Deno.test("chooseEffort() takes the best choice within the budget, and says when none is", () => {
  fc.assert(fc.property(costs, fc.double({ min: 1, max: 2000, noNaN: true }), (each, budget) => {
    const choice = chooseEffort(each, { budget }, EFFORTS);
    assert.equal(choice.cost, effortCost(choice, each));
    assert.equal(choice.fits, choice.cost <= budget);
    const place = EFFORTS.findIndex(({ steps, sets }) => steps === choice.steps && sets === choice.sets);
    for (const better of EFFORTS.slice(place + 1)) assert.ok(effortCost(better, each) > budget);
    if (!choice.fits) assert.equal(place, 0);
  }));
});

Deno.test("chooseEffort() never takes less for a larger budget, and leaves alone what is given", () => {
  fc.assert(fc.property(costs, fc.double({ min: 1, max: 500, noNaN: true }), (each, budget) => {
    assert.ok(chooseEffort(each, { budget: 2 * budget }, EFFORTS).cost >= chooseEffort(each, { budget }, EFFORTS).cost);
    assert.equal(chooseEffort(each, { budget, steps: 3 }, EFFORTS).steps, 3);
    assert.equal(chooseEffort(each, { budget, sets: 7 }, EFFORTS).sets, 7);
  }));
});

Deno.test("chooseEffort() refuses a budget that is none", () => {
  assert.throws(
    () => chooseEffort({ fixed: 1, beside: 0, encode: 1, run: 1, set: 1 }, { budget: 0 }, EFFORTS),
    /budget must be above 0 ms: 0/,
  );
});
