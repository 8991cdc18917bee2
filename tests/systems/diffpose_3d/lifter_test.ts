/** The window function of opened packs: pure, really sampled, whatever the mode of the pack. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { InputError } from "../../../src/core/errors.ts";
import { fillNormal } from "../../../src/core/normal.ts";
import { createRng } from "../../../src/core/rng.ts";
import { loadPack } from "../../../src/runtime/mod.ts";
import { loadPackFrom, openFolder } from "../../../src/runtime/pack_fs.ts";
import { type Lifter, type LiftWindow, openLifter } from "../../../src/systems/diffpose_3d/mod.ts";
import { estimateWindow, openSystem, samplePoses } from "../../../src/systems/estimate_window.ts";

const WASM = { device: "wasm", threads: 1 } as const;
const OFFICIAL = join(import.meta.dirname!, "../../../fixtures/golden/diffpose_3d_official/frame/");

/** A standing person with a little noise, COCO order, in a picture of 640 x 480. */
const STANDING = [
  50,
  8,
  52,
  6,
  48,
  6,
  55,
  8,
  45,
  8,
  62,
  22,
  38,
  22,
  68,
  38,
  32,
  38,
  70,
  52,
  30,
  52,
  58,
  52,
  42,
  52,
  59,
  75,
  41,
  75,
  60,
  98,
  40,
  98,
];

function walker(frames: number, options: { person?: number; first?: number } = {}): LiftWindow {
  const { person = 1, first = 0 } = options;
  const noise = fillNormal(new Float32Array(frames * 34), createRng({ seed: 9, person }));
  const points = new Float32Array(frames * 51);
  for (let f = 0; f < frames; f++) {
    for (let joint = 0; joint < 17; joint++) {
      const at = f * 51 + joint * 3;
      points[at] = 200 + 3 * STANDING[joint * 2]! + f + noise[f * 34 + joint * 2]!;
      points[at + 1] = 60 + 3 * STANDING[joint * 2 + 1]! + noise[f * 34 + joint * 2 + 1]!;
      points[at + 2] = 0.8;
    }
  }
  return { person, frames: Array.from({ length: frames }, (_, f) => first + f), points, width: 640, height: 480 };
}

async function trained(): Promise<Lifter> {
  return await openLifter(await loadPackFrom("diffpose-3d"), WASM);
}

/** Distance between two hypotheses of a frame, mean over joints, metres. */
function apart(poses: Float32Array, a: number, b: number): number {
  let sum = 0;
  for (let joint = 0; joint < 17; joint++) {
    sum += Math.hypot(...[0, 1, 2].map((c) => poses[a * 51 + joint * 3 + c]! - poses[b * 51 + joint * 3 + c]!));
  }
  return sum / 17;
}

Deno.test("samplePoses() is pure: the same bytes again, whatever was computed in between", async () => {
  await using lifter = await trained();
  const window = walker(lifter.frames);
  const before = structuredClone(window);
  const first = await samplePoses(lifter, window, { seed: 3 });
  await samplePoses(lifter, walker(lifter.frames, { person: 2 }), { seed: 8, hypotheses: 2 });
  const again = await samplePoses(lifter, window, { seed: 3 });
  assert.deepEqual(again, first);
  assert.deepEqual(window, before, "the window is not changed");
  await using other = await trained();
  assert.deepEqual(await samplePoses(other, window, { seed: 3 }), first, "a fresh session");
});

Deno.test("samplePoses() really samples: hypotheses differ, and so do seeds and people", async () => {
  await using lifter = await trained();
  const { hypotheses, count, sigma, poses } = await samplePoses(lifter, walker(lifter.frames), { seed: 0 });
  assert.equal(count, lifter.defaultHypotheses);
  for (let f = 0; f < lifter.frames; f++) {
    for (let n = 1; n < count; n++) {
      assert.ok(apart(hypotheses, f * count, f * count + n) > 1e-4, `frame ${f}: hypothesis ${n} is a copy`);
    }
  }
  assert.ok(sigma.every((value, i) => i % 17 === 0 ? value === 0 : value > 0), "only the root has no spread");
  assert.ok(poses.every((value) => Math.abs(value) < 2), "a person is below 2 m");
  for (const [window, seed] of [[{}, 1], [{ person: 2 }, 0]] as const) {
    const points = walker(lifter.frames).points;
    const found = await samplePoses(lifter, { ...walker(lifter.frames, window), points }, { seed });
    assert.notDeepEqual(found.hypotheses, hypotheses);
  }
  const later = await samplePoses(lifter, {
    ...walker(lifter.frames),
    frames: walker(lifter.frames, { first: 500 }).frames,
  });
  assert.deepEqual(
    later.hypotheses,
    hypotheses,
    "a hypothesis is one movement: its noise does not change with the frame",
  );
});

Deno.test("samplePoses() gives the first hypotheses of a larger N: asking for more only adds", async () => {
  await using lifter = await openLifter(await loadPackFrom("diffpose-3d"), { ...WASM, dtype: "fp32" });
  const window = walker(lifter.frames);
  const two = await samplePoses(lifter, window, { hypotheses: 2 });
  const four = await samplePoses(lifter, window, { hypotheses: 4 });
  // Sums over another batch size may be added in another order; q8 would even choose other ranges.
  const tolerance = 1e-5;
  for (let f = 0; f < lifter.frames; f++) {
    for (let i = 0; i < 2 * 51; i++) {
      assert.ok(Math.abs(two.hypotheses[f * 102 + i]! - four.hypotheses[f * 204 + i]!) < tolerance);
    }
  }
});

Deno.test("samplePoses() takes any number of steps without retraining, and one hypothesis with the encoder's own error", async () => {
  await using lifter = await trained();
  const window = walker(lifter.frames);
  for (const steps of [1, 2, 10, 50]) {
    const { poses } = await samplePoses(lifter, window, { steps, hypotheses: 1 });
    assert.ok(poses.every((value) => Math.abs(value) < 2), `${steps} steps`);
  }
  const { sigma } = await samplePoses(lifter, window, { hypotheses: 1 });
  const { depthSigma } = lifter.spread;
  const wanted = Math.sqrt((depthSigma[9]! ** 2 + depthSigma[10]! ** 2 + depthSigma[11]! ** 2) / 3);
  assert.ok(Math.abs(sigma[3]! - wanted) < 1e-6);
});

Deno.test("samplePoses() stops between steps and refuses windows and counts that do not fit", async () => {
  await using lifter = await trained();
  const window = walker(lifter.frames);
  await assert.rejects(samplePoses(lifter, window, { signal: AbortSignal.abort(new Error("enough")) }), /enough/);
  await assert.rejects(samplePoses(lifter, walker(5)), /27/);
  await assert.rejects(samplePoses(lifter, window, { hypotheses: 0 }), RangeError);
  await assert.rejects(samplePoses(lifter, window, { steps: 51 }), RangeError);
});

Deno.test("openLifter() opens the authors' checkpoints, too: one pose without noise, several with", async () => {
  await using lifter = await openLifter(await loadPackFrom(OFFICIAL), WASM);
  assert.equal(lifter.defaultHypotheses, 1);
  const window = walker(lifter.frames);
  const one = await samplePoses(lifter, window);
  assert.deepEqual(await samplePoses(lifter, window), one);
  const five = await samplePoses(lifter, window, { hypotheses: 5 });
  assert.ok(apart(five.hypotheses, 0, 1) > 1e-4);
  const missing = { ...window, points: window.points.slice() };
  missing.points[2] = 0; // The nose alone is made up for by the rest of the face; a wrist is not.
  await samplePoses(lifter, missing);
  missing.points[9 * 3 + 2] = 0;
  await assert.rejects(
    samplePoses(lifter, missing),
    (error) => error instanceof InputError && /joint 13/.test(error.message),
  );
});

Deno.test("openSystem() opens any pack by its system; a system that looks at pictures refuses windows", async () => {
  await using thunder = await openSystem(await loadPackFrom("movenet-thunder"), WASM);
  assert.equal(thunder.system, "movenet");
  await assert.rejects(estimateWindow(thunder, walker(27)), /single pictures/);
  await using lifter = await openSystem(await loadPackFrom("diffpose-3d"), WASM);
  assert.equal((await estimateWindow(lifter, walker(27), { hypotheses: 2 })).count, 2);
  const source = openFolder(join(OFFICIAL));
  const strange = await loadPack(source);
  const manifest = { ...strange.manifest, system: "horoscope" };
  await assert.rejects(openSystem({ ...strange, manifest }), /must belong to a system of this version/);
});
