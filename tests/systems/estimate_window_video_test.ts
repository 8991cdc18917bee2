import assert from "node:assert/strict";
import { InputError } from "../../src/core/errors.ts";
import { loadPack, probeDevices } from "../../src/runtime/mod.ts";
import { estimateWindow, openSystem } from "../../src/systems/estimate_window.ts";
import type { DiffposeVideo } from "../../src/systems/diffpose_video/mod.ts";
import { memorySource } from "../runtime/_tiny.ts";
import { formulaFeatures } from "./heatmap_poses/_fakes.ts";
import { tinyVideoPack } from "./diffpose_video/_tiny_pack.ts";

/** The project's bound between devices: other orders of summation and other exponentials, far below a pixel. */
const DEVICE_TOLERANCE = 1e-3;

const WINDOW = { person: 1, frame: 5, features: [0, 0, 1, 2, 3].map((value) => formulaFeatures(value, [10, 20, 256])) };
const OPTIONS = { steps: 2, sets: 3, seed: 4 };

async function open(device: "wasm" | "webgpu"): Promise<DiffposeVideo> {
  const system = await openSystem(await loadPack(memorySource(await tinyVideoPack())), { device, threads: 1 });
  assert.equal(system.system, "diffpose_video");
  return system as DiffposeVideo;
}

Deno.test("estimateWindow() of DiffPose-Video on WASM gives the same bytes again, and the peaks of the features", async () => {
  await using system = await open("wasm");
  const first = await estimateWindow(system, WINDOW, OPTIONS);
  const again = await estimateWindow(system, WINDOW, OPTIONS);
  assert.deepEqual(again.heatmaps, first.heatmaps);
  assert.deepEqual(again.setKeypoints, first.setKeypoints);
  for (let joint = 0; joint < 17; joint++) {
    // A peak of one cell between noise of 3 %: the parabola moves by a small part of its 4 px.
    assert.ok(Math.abs(first.keypoints[joint * 3]! - (10 + 4 * (20.5 + joint))) < 1, `x of joint ${joint}`);
  }
  const other = await estimateWindow(system, WINDOW, { ...OPTIONS, seed: 5 });
  assert.notDeepEqual(other.heatmaps, first.heatmaps);
});

Deno.test("estimateWindow() refuses a window of another system", async () => {
  await using system = await open("wasm");
  const window = { person: 1, frames: [0], points: new Float32Array(51), width: 1, height: 1 };
  await assert.rejects(estimateWindow(system, window), (error) => {
    assert.ok(error instanceof InputError);
    assert.match(error.message, /a window must hold features: person, frames, points/);
    return true;
  });
});

const found = await probeDevices();
if (found.webgpu === null) {
  // deno-lint-ignore no-console -- an ignored test must say why
  console.warn(`WebGPU tests are ignored: ${found.webgpuNote}`);
}

Deno.test({
  name: "estimateWindow() of DiffPose-Video agrees on WebGPU and WASM",
  ignore: found.webgpu === null,
  fn: async () => {
    await using wasm = await open("wasm");
    await using gpu = await open("webgpu");
    assert.equal(gpu.denoise.device, "webgpu");
    const [a, b] = [await estimateWindow(wasm, WINDOW, OPTIONS), await estimateWindow(gpu, WINDOW, OPTIONS)];
    const far = a.heatmaps.reduce((most, value, i) => Math.max(most, Math.abs(value - b.heatmaps[i]!)), 0);
    assert.ok(far < DEVICE_TOLERANCE, `heatmaps differ by ${far}`);
  },
});
