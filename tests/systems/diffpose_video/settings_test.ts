import assert from "node:assert/strict";
import { cosineSchedule } from "../../../src/core/schedule.ts";
import { readVideoSettings } from "../../../src/systems/diffpose_video/settings.ts";
import { FIELDS } from "./_tiny_pack.ts";

Deno.test("readVideoSettings() reads what the exporter writes", () => {
  const settings = readVideoSettings(FIELDS, "pack");
  assert.equal(settings.frames, 5);
  assert.equal(settings.side / settings.stride, 64);
  assert.equal(settings.targetSigma, 2);
  assert.deepEqual([settings.defaultSteps, settings.defaultSets], [2, 3]);
  assert.deepEqual(settings.schedule.alphaBar, cosineSchedule(1000).alphaBar);
  assert.deepEqual(settings.sigmaScale, new Float32Array(17).fill(1));
  assert.equal(settings.centre, null, "packs before this field");
});

Deno.test("readVideoSettings() takes centred heatmaps", () => {
  for (const centre of [12, null]) {
    assert.equal(readVideoSettings({ ...FIELDS, input: { ...FIELDS.input, centre } }, "pack").centre, centre);
  }
});

Deno.test("readVideoSettings() takes a listed schedule and a calibration", () => {
  const diffusion = { ...FIELDS.diffusion, steps: 2, alphaBar: [0.5, 0.1] };
  const settings = readVideoSettings({ ...FIELDS, diffusion, sigmaScale: Array(17).fill(1.5) }, "pack");
  assert.deepEqual([...settings.schedule.alphaBar], [0.5, 0.1]);
  assert.equal(settings.sigmaScale[16], 1.5);
});

const wrong: readonly (readonly [string, object, RegExp])[] = [
  ["no input", { input: undefined }, /pack: input: .*needs an object/],
  ["even frames", { input: { frames: 4 } }, /input\.frames: must be odd: 4/],
  ["a centre without reach", { input: { ...FIELDS.input, centre: 0 } }, /input\.centre: must be a number above 0: 0/],
  ["noise prediction", { diffusion: { ...FIELDS.diffusion, prediction: "eps" } }, /prediction: must be x0: "eps"/],
  ["another schedule", { diffusion: { ...FIELDS.diffusion, schedule: "linear" } }, /schedule: must be cosine/],
  ["a short schedule", { diffusion: { ...FIELDS.diffusion, alphaBar: [0.5] } }, /alphaBar: must list 1000 numbers/],
  ["no scale", { diffusion: { ...FIELDS.diffusion, scale: 0 } }, /scale: must be a number above 0: 0/],
  ["steps", { diffusion: { ...FIELDS.diffusion, steps: 1.5 } }, /steps: must be a whole number above 0: 1\.5/],
  ["calibration", { sigmaScale: [1, 2] }, /sigmaScale: must list 17 numbers above 0/],
];
for (const [what, change, message] of wrong) {
  Deno.test(`readVideoSettings() refuses ${what}`, () => {
    assert.throws(() => readVideoSettings({ ...FIELDS, ...change }, "pack"), message);
  });
}
