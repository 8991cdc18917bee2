import assert from "node:assert/strict";
import { openStillWorkers } from "../../src/cli/open_still_workers.ts";
import { InputError } from "../../src/core/errors.ts";
import { openSession } from "../../src/runtime/mod.ts";
import { loadPackFrom } from "../../src/runtime/pack_fs.ts";
import { openDiffusionPose } from "../../src/systems/diffusionpose/mod.ts";
import { writeTinyStillPack } from "../systems/diffusionpose/_tiny_pack.ts";
import { formulaFeatures } from "../systems/heatmap_poses/_fakes.ts";
import { assertSameBytes } from "../systems/heatmap_poses/_golden.ts";
import { inTemp } from "./harness.ts";

const BACKBONE = "movenet-thunder";
const PEOPLE = [3, 4, 5].map((person) => ({ person, features: formulaFeatures(person, [10, 20, 256]) }));
const IMAGE = { data: Float32Array.from({ length: 3 * 256 * 256 }, (_, i) => i % 251), dims: [1, 3, 256, 256] };

Deno.test("openStillWorkers() answers with the bytes of the same packs opened here on two threads", async () => {
  await inTemp(async (folder) => {
    const model = await writeTinyStillPack(folder);
    await using there = await openStillWorkers({ backbone: BACKBONE, model, dtype: "fp32", count: 2 });
    const here = { device: "wasm", threads: 2 } as const;
    await using backbone = await openSession(await loadPackFrom(BACKBONE), "person", here);
    await using system = await openDiffusionPose(await loadPackFrom(model), here);
    const wanted = await backbone.run({ image: IMAGE });
    for (const seen of await Promise.all([1, 2, 3].map(() => there.look({ image: IMAGE })))) {
      assert.deepEqual(Object.keys(seen), Object.keys(wanted));
      for (const [name, { data, dims }] of Object.entries(wanted)) {
        assert.deepEqual(seen[name]!.dims, dims);
        assertSameBytes(seen[name]!.data, data, name);
      }
    }
    for (const options of [{ steps: 2 }, { hypotheses: 3, seed: 5, batch: 2 }]) {
      assert.deepEqual(await there.estimate(PEOPLE, options), await system.estimate(PEOPLE, options));
    }
    assert.deepEqual(await there.estimate([]), []);
    assert.equal(IMAGE.data[250], 250, "what is given stays");
  });
});

Deno.test("openStillWorkers() says why a pack cannot be opened, passes errors on, and stops when told to", async () => {
  await inTemp(async (folder) => {
    const missing = { backbone: BACKBONE, model: "./no-such-pack", dtype: "fp32", count: 2 } as const;
    await assert.rejects(openStillWorkers(missing), (error) => {
      assert.ok(error instanceof InputError);
      assert.match(error.message, /no-such-pack: must open in a worker: .*must exist/);
      return true;
    });
    const model = await writeTinyStillPack(folder);
    const stop = new AbortController();
    const opening = openStillWorkers({ ...missing, model, signal: stop.signal });
    stop.abort(new Error("stop"));
    await assert.rejects(opening, /stop/);
    await using there = await openStillWorkers({ ...missing, model, count: 1 });
    await assert.rejects(there.estimate(PEOPLE, { steps: -1 }), /steps must be a whole number/);
    await assert.rejects(there.estimate(PEOPLE, { signal: stop.signal }), /stop/);
  });
});
