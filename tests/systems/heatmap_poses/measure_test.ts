import assert from "node:assert/strict";
import { type Effort, type FrameFeatures, measureCosts } from "../../../src/systems/heatmap_poses/mod.ts";
import { fakeBackbone } from "./_fakes.ts";

/** A clock of whole milliseconds: costs come back as they were put in, but for the order of the sums. */
const ROUNDING = 1e-9;

Deno.test("measureCosts() tells encoder, run and set apart, and takes the fastest round", async () => {
  let time = 0;
  let round = 0;
  const backbone = fakeBackbone();
  const slow = {
    ...backbone,
    run: (feeds: Parameters<typeof backbone.run>[0]) => {
      time += 100 + 7 * (round++ % 3);
      return backbone.run(feeds);
    },
  };
  const estimate = (features: FrameFeatures, { steps, sets }: Effort): Promise<void> => {
    assert.deepEqual(features.square, [0, 0, 256]);
    time += 40 + steps * (3 + 5 * sets) + 11 * (round++ % 2);
    return Promise.resolve();
  };
  const costs = await measureCosts(estimate, slow, { passes: 5, besides: 1, now: () => time });
  const wanted = { fixed: 500, beside: 100, encode: 40, run: 3, set: 5 };
  for (const [part, value] of Object.entries(wanted)) {
    assert.ok(
      Math.abs(costs[part as keyof typeof costs] - value) < ROUNDING,
      `${part}: ${costs[part as keyof typeof costs]}`,
    );
  }
});
