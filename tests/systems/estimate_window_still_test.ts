import assert from "node:assert/strict";
import { InputError } from "../../src/core/errors.ts";
import { loadPack, probeDevices } from "../../src/runtime/mod.ts";
import type { DiffusionPose, StillEstimate } from "../../src/systems/diffusionpose/mod.ts";
import { estimateWindow, openSystem } from "../../src/systems/estimate_window.ts";
import { memorySource } from "../runtime/_tiny.ts";
import { CENTRED_FIELDS, FIELDS, tinyStillPack } from "./diffusionpose/_tiny_pack.ts";
import { formulaFeatures } from "./heatmap_poses/_fakes.ts";
import { assertSameBytes } from "./heatmap_poses/_golden.ts";

/** The project's bound between devices: other orders of summation and other exponentials, far below a pixel. */
const DEVICE_TOLERANCE = 1e-3;

/** Joints near the peaks of the features' heatmaps, for packs that centre them. */
const JOINTS = Float32Array.from({ length: 51 }, (_, i) => [18 + Math.floor(i / 3), 33, 1][i % 3]!);
const PEOPLE = [0, 1, 2].map((person) => ({
  person,
  features: { ...formulaFeatures(person, [10, 20, 256]), joints: JOINTS },
}));
const PLANS = [{ steps: 2, seed: 4 }, { steps: 2, hypotheses: 3, seed: 4 }] as const;

async function open(device: "wasm" | "webgpu", fields = FIELDS): Promise<DiffusionPose> {
  const system = await openSystem(await loadPack(memorySource(await tinyStillPack(fields))), { device, threads: 1 });
  assert.equal(system.system, "diffusionpose");
  return system as DiffusionPose;
}

Deno.test("estimateWindow() of DiffusionPose on WASM gives the same bytes again, alone and in company", async () => {
  await using system = await open("wasm");
  for (const options of PLANS) {
    const all = await estimateWindow(system, { people: PEOPLE }, options);
    const again = await estimateWindow(system, { people: PEOPLE }, options);
    for (const [i, person] of PEOPLE.entries()) {
      const [alone] = await estimateWindow(system, { people: [person] }, options);
      for (const name of ["heatmaps", "keypoints", "sigma", "setKeypoints"] as const) {
        assertSameBytes(again[i]![name], all[i]![name], `${name} again`);
        assertSameBytes(alone![name], all[i]![name], `${name} alone`);
      }
      for (let joint = 0; joint < 17; joint++) {
        // Peaks of one cell and Gaussians about them, cells of 4 px.
        assert.ok(Math.abs(all[i]!.keypoints[joint * 3]! - (10 + 4 * (20.5 + joint))) < 4, `x of joint ${joint}`);
      }
    }
  }
});

Deno.test("estimateWindow() of a pack that centres heatmaps and feeds answers looks where the joints are", async () => {
  await using plain = await open("wasm");
  await using centring = await open("wasm", CENTRED_FIELDS);
  // A stronger peak of every joint far from the middle one's: somebody else.
  const features = formulaFeatures(1, [10, 20, 256]);
  for (let joint = 0; joint < 17; joint++) features.heatmaps[joint * 4096 + 60 * 64 + 3 * joint] = 6;
  const window = { people: [{ person: 1, features: { ...features, joints: JOINTS } }] };
  for (const [system, wanted] of [[plain, 60.5], [centring, 30.5]] as const) {
    const [{ keypoints }] = await estimateWindow(system, window) as [StillEstimate];
    for (let joint = 0; joint < 17; joint++) {
      // Cells of 4 px.
      assert.ok(Math.abs(keypoints[3 * joint + 1]! - (20 + 4 * wanted)) < 4, `y of joint ${joint}`);
    }
  }
});

Deno.test("estimateWindow() refuses people for another system, and another window for DiffusionPose", async () => {
  await using system = await open("wasm");
  const window = { person: 1, frame: 0, features: [] };
  await assert.rejects(estimateWindow(system, window), (error) => {
    assert.ok(error instanceof InputError);
    assert.match(error.message, /a window must hold people: person, frame, features/);
    return true;
  });
});

const found = await probeDevices();
if (found.webgpu === null) {
  // deno-lint-ignore no-console -- an ignored test must say why
  console.warn(`WebGPU tests are ignored: ${found.webgpuNote}`);
}

Deno.test({
  name: "estimateWindow() of DiffusionPose agrees on WebGPU and WASM",
  ignore: found.webgpu === null,
  fn: async () => {
    for (const fields of [FIELDS, CENTRED_FIELDS]) {
      await using wasm = await open("wasm", fields);
      await using gpu = await open("webgpu", fields);
      assert.equal(gpu.denoise.device, "webgpu");
      for (const options of PLANS) {
        const [a, b] = [
          await estimateWindow(wasm, { people: PEOPLE }, options),
          await estimateWindow(gpu, { people: PEOPLE }, options),
        ];
        for (const [i, { heatmaps }] of a.entries()) {
          const far = heatmaps.reduce((most, value, at) => Math.max(most, Math.abs(value - b[i]!.heatmaps[at]!)), 0);
          assert.ok(far < DEVICE_TOLERANCE, `heatmaps differ by ${far}`);
        }
      }
    }
  },
});
