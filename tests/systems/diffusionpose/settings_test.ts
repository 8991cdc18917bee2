import assert from "node:assert/strict";
import { cosineSchedule } from "../../../src/core/schedule.ts";
import { coco17, crowdpose14 } from "../../../src/skeleton/mod.ts";
import { readStillSettings } from "../../../src/systems/diffusionpose/settings.ts";
import { FIELDS } from "./_tiny_pack.ts";

Deno.test("readStillSettings() reads what the exporter writes", () => {
  const settings = readStillSettings(FIELDS, "pack");
  assert.equal(settings.skeleton, coco17);
  assert.deepEqual([settings.cells, settings.padding, settings.targetSigma], [64, 1.25, 2]);
  assert.deepEqual([settings.keypointReach, settings.limbReach, settings.softMasks], [4, 2, false]);
  assert.deepEqual([settings.leastPeak, settings.scale, settings.startTime], [0.05, 2, 300]);
  assert.deepEqual(
    [settings.defaultSampler, settings.defaultSteps, settings.defaultHypotheses],
    ["feedback", 2, 1],
  );
  assert.deepEqual(settings.schedule.alphaBar, cosineSchedule(1000).alphaBar);
  assert.deepEqual(settings.sigmaScale.feedback, new Float32Array(17).fill(1));
  assert.deepEqual([settings.centre, settings.defaultFed], [null, "drawn"], "packs before these fields");
});

Deno.test("readStillSettings() takes centred heatmaps, and answers that are fed as they are", () => {
  const { input, diffusion } = FIELDS;
  const settings = readStillSettings({
    ...FIELDS,
    input: { ...input, centre: 12 },
    diffusion: { ...diffusion, fed: "answered" },
  }, "pack");
  assert.deepEqual([settings.centre, settings.defaultFed], [12, "answered"]);
  assert.equal(readStillSettings({ ...FIELDS, input: { ...input, centre: null } }, "pack").centre, null);
});

Deno.test("readStillSettings() takes another joint set, lines in any order, and a calibration of each sampler", () => {
  const limbs = [...crowdpose14.edges].reverse();
  const settings = readStillSettings({
    ...FIELDS,
    skeleton: "crowdpose14",
    structure: { ...FIELDS.structure, limbs },
    sigmaScale: { feedback: Array(14).fill(2), coordinates: Array(14).fill(3) },
  }, "pack");
  assert.equal(settings.skeleton, crowdpose14);
  assert.deepEqual([settings.sigmaScale.feedback[13], settings.sigmaScale.coordinates[0]], [2, 3]);
});

const { structure, diffusion, input, heatmap } = FIELDS;
const wrong: readonly (readonly [string, object, RegExp])[] = [
  ["no structure", { structure: undefined }, /pack: structure: .*needs an object/],
  ["an unknown layout", { skeleton: "cat12" }, /pack\.skeleton: must be coco17 or .*: "cat12"/],
  ["lines of another layout", { structure: { ...structure, limbs: [[0, 1]] } }, /limbs: must be the lines of coco17/],
  ["a mask without width", { structure: { ...structure, limbReach: 0 } }, /limbReach: must be a number above 0: 0/],
  ["a backbone of its own", { input: { ...input, backbone: { mean: [0, 0, 0] } } }, /must be the pack movenet-thunder/],
  ["another crop", { input: { ...input, side: [256, 192] } }, /input\.side: must be 256: \[256,192\]/],
  ["maps that are not square", { heatmap: { ...heatmap, width: 48 } }, /must be square.*: \[64,48\]/],
  ["noise prediction", { diffusion: { ...diffusion, prediction: "eps" } }, /prediction: must be x0: "eps"/],
  ["a start beyond the schedule", { diffusion: { ...diffusion, start: 1001 } }, /start: must be at most 1000: 1001/],
  ["an unknown sampler", { diffusion: { ...diffusion, defaultSampler: "x" } }, /must be feedback or coordinates: "x"/],
  ["a centre without reach", { input: { ...input, centre: 0 } }, /input\.centre: must be a number above 0: 0/],
  ["an unknown feed", { diffusion: { ...diffusion, fed: "x" } }, /fed: must be drawn or answered: "x"/],
  ["calibration", { sigmaScale: { feedback: [1] } }, /sigmaScale\.feedback: must list 17 numbers above 0/],
];
for (const [what, change, message] of wrong) {
  Deno.test(`readStillSettings() refuses ${what}`, () => {
    assert.throws(() => readStillSettings({ ...FIELDS, ...change }, "pack"), message);
  });
}
