import assert from "node:assert/strict";
import fc from "fast-check";
import { chooseEffort, CostMeter, FIRST_COSTS, windowMs } from "../../src/edge/effort.ts";

const STANDARD = { steps: 5, hypotheses: 5 };
const COSTS = { fixed: 10, run: 2, hypothesis: 4 };
/** Products and sums of a few doubles. */
const ROUNDING = 1e-9;

Deno.test("chooseEffort() spends what the budget allows, never more, and never above the standard", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 500 }), fc.double({ min: 1, max: 1e6, noNaN: true }), (windows, budgetMs) => {
      const choice = chooseEffort(COSTS, { windows, budgetMs, asked: {}, standard: STANDARD });
      assert.ok(Math.abs(choice.ms - windows * windowMs(choice, COSTS)) < ROUNDING * choice.ms);
      assert.equal(choice.fits, choice.ms <= budgetMs);
      if (!choice.fits) assert.deepEqual([choice.steps, choice.hypotheses], [1, 1]);
      assert.ok(choice.steps <= STANDARD.steps && choice.hypotheses <= STANDARD.hypotheses);
      const more = chooseEffort(COSTS, { windows, budgetMs: 2 * budgetMs, asked: {}, standard: STANDARD });
      assert.ok(more.ms >= choice.ms, "twice the budget chooses no less");
    }),
  );
});

Deno.test("chooseEffort() keeps what the client fixed, and takes the standard without a budget", () => {
  const asked = { hypotheses: 20 };
  const choice = chooseEffort(COSTS, { windows: 1, budgetMs: 100, asked, standard: STANDARD });
  assert.deepEqual([choice.steps, choice.hypotheses, choice.fits], [1, 20, true]);
  const free = chooseEffort(COSTS, { windows: 1000, budgetMs: Infinity, asked: {}, standard: STANDARD });
  assert.deepEqual([free.steps, free.hypotheses, free.fits], [5, 5, true]);
});

Deno.test("CostMeter takes the fastest of the last windows, and does not believe the first ones", () => {
  const meter = new CostMeter();
  const guess = meter.costs;
  assert.ok(windowMs(STANDARD, guess) > windowMs(STANDARD, FIRST_COSTS), "there is a surcharge at the beginning");
  const slow = 7 * windowMs(STANDARD, FIRST_COSTS);
  for (let i = 0; i < 11; i++) meter.add(STANDARD, slow);
  assert.deepEqual(meter.costs, guess);
  meter.add(STANDARD, slow);
  assert.ok(Math.abs(windowMs(STANDARD, meter.costs) - slow) < ROUNDING * slow);
  meter.add(STANDARD, slow / 14);
  assert.ok(Math.abs(windowMs(STANDARD, meter.costs) - slow / 14) < ROUNDING * slow);
});
