import assert from "node:assert/strict";
import { openVideoWorker } from "../../src/cli/open_video_worker.ts";
import { InputError } from "../../src/core/errors.ts";
import { loadPackFrom } from "../../src/runtime/pack_fs.ts";
import { openDiffposeVideo } from "../../src/systems/diffpose_video/mod.ts";
import { formulaFeatures } from "../systems/heatmap_poses/_fakes.ts";
import { CENTRED_FIELDS, writeTinyVideoPack } from "../systems/diffpose_video/_tiny_pack.ts";
import { inTemp } from "./harness.ts";

const WINDOW = { person: 1, frame: 5, features: [0, 0, 1, 2, 3].map((value) => formulaFeatures(value, [10, 20, 256])) };
const OPTIONS = { steps: 2, sets: 3, seed: 4 };

Deno.test("openVideoWorker() answers with the bytes of the same pack opened here, several windows at a time", async () => {
  await inTemp(async (folder) => {
    const path = await writeTinyVideoPack(folder);
    await using here = await openDiffposeVideo(await loadPackFrom(path), { device: "wasm", threads: 1 });
    await using there = await openVideoWorker(path, { dtype: "auto", threads: 1, settings: here.settings });
    assert.deepEqual([there.device, there.dtype], ["wasm", "fp32"]);
    const windows = [WINDOW, { ...WINDOW, frame: 6 }];
    const answers = await Promise.all(windows.map((window) => there.estimate(window, OPTIONS)));
    for (const [i, window] of windows.entries()) {
      assert.deepEqual(answers[i], await here.estimate(window, OPTIONS));
    }
    await assert.rejects(there.estimate({ ...WINDOW, features: WINDOW.features.slice(2) }, OPTIONS), /must hold \[5\]/);
    const stop = new AbortController();
    const stopped = there.estimate(WINDOW, { ...OPTIONS, signal: stop.signal });
    stop.abort(new Error("stop"));
    await assert.rejects(stopped, /stop/);
  });
});

Deno.test("openVideoWorker() centres heatmaps as the same pack opened here does", async () => {
  await inTemp(async (folder) => {
    const path = await writeTinyVideoPack(folder, CENTRED_FIELDS);
    await using here = await openDiffposeVideo(await loadPackFrom(path), { device: "wasm", threads: 1 });
    await using there = await openVideoWorker(path, { dtype: "auto", threads: 1, settings: here.settings });
    const features = WINDOW.features.map((each) => ({ ...each, joints: new Float32Array(51).fill(9) }));
    const window = { ...WINDOW, features };
    assert.deepEqual(await there.estimate(window, OPTIONS), await here.estimate(window, OPTIONS));
    await assert.rejects(there.estimate(WINDOW, OPTIONS), /must hold the joints that the backbone decodes/);
  });
});

Deno.test("openVideoWorker() says why a pack cannot be opened", async () => {
  const settings = undefined as never;
  await assert.rejects(openVideoWorker("./no-such-pack", { dtype: "auto", threads: 1, settings }), (error) => {
    assert.ok(error instanceof InputError);
    assert.match(error.message, /no-such-pack: must open in a worker: .*must exist/);
    return true;
  });
});
