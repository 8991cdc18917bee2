import assert from "node:assert/strict";
import { estimateStills, measureStillCosts, STILL_EFFORTS } from "../../../src/systems/diffusionpose/mod.ts";
import { fakeBackbone, formulaFeatures } from "../heatmap_poses/_fakes.ts";
import { fakeStillModel } from "./_fakes.ts";

Deno.test("STILL_EFFORTS rise in steps and in hypotheses, and each of them can be run", async () => {
  const model = fakeStillModel();
  const grey = { person: 0, features: formulaFeatures(1) };
  for (const [i, { steps, sets }] of STILL_EFFORTS.entries()) {
    const before = STILL_EFFORTS[i - 1] ?? { steps: 0, sets: 0 };
    assert.ok(steps >= before.steps && sets >= before.sets);
    const [still] = await estimateStills(model, [grey], { steps, hypotheses: sets });
    assert.equal(still!.hypotheses, sets);
  }
});

Deno.test("measureStillCosts() times one person's hypotheses", async () => {
  const model = fakeStillModel();
  let time = 0;
  const costs = await measureStillCosts(
    {
      estimate: (people, { steps = 0, hypotheses = 0, ...rest } = {}) => {
        assert.equal(people.length, 1);
        time += 14 + steps * (2 + 40 * hypotheses);
        return estimateStills(model, people, { steps, hypotheses, ...rest });
      },
    },
    fakeBackbone(),
    { passes: 1, rounds: 1, now: () => time },
  );
  assert.deepEqual(costs, { fixed: 0, beside: 0, encode: 14, run: 2, set: 40 });
});
