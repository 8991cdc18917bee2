import assert from "node:assert/strict";
import { measureVideoCosts } from "../../../src/systems/diffpose_video/measure.ts";
import { estimateHeatmaps } from "../../../src/systems/diffpose_video/window.ts";
import { fakeBackbone } from "../heatmap_poses/_fakes.ts";
import { fakeModel } from "./_fakes.ts";

for (const centre of [null, 12]) {
  Deno.test(`measureVideoCosts() times whole windows of a pack ${centre ? "that centres" : "as before"}`, async () => {
    const fake = fakeModel();
    const model = { ...fake, settings: { ...fake.settings, centre } };
    let time = 0;
    const costs = await measureVideoCosts(
      {
        settings: model.settings,
        estimate: (window, options) => {
          time += 10;
          return estimateHeatmaps(model, window, options);
        },
      },
      fakeBackbone(),
      { passes: 5, rounds: 1, now: () => time },
    );
    assert.deepEqual(costs, { fixed: 0, beside: 0, encode: 10, run: 0, set: 0 });
  });
}
