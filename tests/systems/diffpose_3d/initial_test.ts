import assert from "node:assert/strict";
import { drawStart, imageMixtures } from "../../../src/systems/diffpose_3d/initial.ts";
import { type LiftSettings, readLiftSettings } from "../../../src/systems/diffpose_3d/settings.ts";

const MIXTURES = 2;
/** Weights 0.25 and 0.75, at -0.1 and 0.2, standard deviations 0.03 and 0.05. */
const RESIDUAL = [[0.25, -0.1, 0, 0.03, 0.03], [0.75, 0.2, 0, 0.05, 0.05]];

const FIELDS = {
  input: { frames: 27 },
  diffusion: {
    steps: 3,
    alphaBar: [0.9, 0.5, 0.001],
    prediction: "x0",
    defaultSteps: 3,
    defaultHypotheses: 5,
    mixtures: MIXTURES,
    missingSigma: 0.5,
  },
  residualMixture: Array.from({ length: 17 }, () => RESIDUAL),
  depthSigma: Array.from({ length: 17 }, () => [0.04, 0.05, 0.08]),
  sigmaScale: Array(17).fill(1.5),
};

const settings: LiftSettings = readLiftSettings(FIELDS, "pack");

/** Joint j at (j / 10, 0), all sure. */
function points(): Float32Array {
  return Float32Array.from({ length: 51 }, (_, i) => i % 3 === 0 ? i / 30 : i % 3 === 1 ? 0 : 0.9);
}

const kernel = (mixtures: Float32Array, joint: number, k: number): number[] => {
  const at = (joint * MIXTURES + k) * 5;
  return [...mixtures.subarray(at, at + 5)].map((value) => Math.round(value * 1e5) / 1e5);
};

Deno.test("imageMixtures() shifts the pack's residuals to the points where there are no heatmaps", () => {
  const mixtures = imageMixtures(points(), settings, undefined, 0.01);
  assert.deepEqual(kernel(mixtures, 3, 0), [0.25, 0.2, 0, 0.03, 0.03]);
  assert.deepEqual(kernel(mixtures, 3, 1), [0.75, 0.5, 0, 0.05, 0.05]);
});

Deno.test("imageMixtures() gives a missing joint one wide kernel in the middle of the person", () => {
  const given = points();
  given.fill(0, 9, 12);
  const mixtures = imageMixtures(given, settings, undefined, 0.01);
  assert.deepEqual(kernel(mixtures, 3, 0), [1, 0, 0, 0.5, 0.5]);
  assert.deepEqual(kernel(mixtures, 3, 1), [0, 0, 0, 0, 0]);
});

Deno.test("imageMixtures() scales the kernels of heatmaps, copied joints as they are, derived ones as means of their sources", () => {
  const heatmaps = new Float32Array(17 * MIXTURES * 5);
  for (let joint = 0; joint < 17; joint++) heatmaps.set([0.5, -4, 0, 2, 2, 0.5, 4, 2, 2, 2], joint * MIXTURES * 5);
  const mixtures = imageMixtures(points(), settings, heatmaps, 0.01);
  // Right wrist of H36M, 16, is joint 10 of COCO.
  assert.deepEqual(kernel(mixtures, 16, 0), [0.5, 1.56, 0, 0.02, 0.02]);
  assert.deepEqual(kernel(mixtures, 16, 1), [0.5, 1.64, 0.02, 0.02, 0.02]);
  // Pelvis: the mean of two hips, each with mean (0, 1) px and variance 4 + 16 in x, 4 + 1 in y.
  const [weight, x, y, sx, sy] = kernel(mixtures, 0, 0);
  assert.deepEqual([weight, x, y], [1, 0, 0.01]);
  assert.ok(Math.abs(sx! - 0.01 * Math.sqrt(20 / 2)) < 1e-5 && Math.abs(sy! - 0.01 * Math.sqrt(5 / 2)) < 1e-5);
});

Deno.test("imageMixtures() falls back to the residuals for a joint whose heatmap is empty", () => {
  const mixtures = imageMixtures(points(), settings, new Float32Array(17 * MIXTURES * 5), 0.01);
  assert.deepEqual(kernel(mixtures, 16, 1), [0.75, 1.8, 0, 0.05, 0.05]);
});

Deno.test("drawStart() draws kernels by their weights, normal noise, and the encoder's pose as the depth's mean", () => {
  const hypotheses = 2000;
  const mixtures = imageMixtures(points(), settings, undefined, 1);
  const pose = Float32Array.from({ length: 51 }, (_, i) => i / 100);
  const state = new Float32Array(hypotheses * 85);
  const anchor = new Float32Array(hypotheses * 170);
  drawStart(mixtures, pose, settings, { seed: 1, person: 1 }, hypotheses, state, anchor);
  let second = 0;
  for (let n = 0; n < hypotheses; n++) {
    const at = n * 170 + 16 * 10;
    const mean = anchor[at]!;
    if (Math.abs(mean - 1.8) < 1e-5) second++;
    else assert.ok(Math.abs(mean - 1.5) < 1e-5);
    assert.deepEqual([...anchor.subarray(at + 2, at + 5)], [...pose.subarray(48, 51)]);
    assert.deepEqual([...anchor.subarray(at + 7, at + 10)], [...Float32Array.of(0.04, 0.05, 0.08)]);
  }
  // Five standard deviations of a share of 0.75 among 2000.
  assert.ok(Math.abs(second / hypotheses - 0.75) < 0.05, `${second}`);
  const mean = state.reduce((sum, value) => sum + value, 0) / state.length;
  const variance = state.reduce((sum, value) => sum + value * value, 0) / state.length;
  assert.ok(Math.abs(mean) < 0.02 && Math.abs(variance - 1) < 0.02, `${mean} ${variance}`);
});

Deno.test("readLiftSettings() names the first wrong field of a manifest", () => {
  const broken: [unknown, RegExp][] = [
    [{ ...FIELDS, depthSigma: [[1]] }, /depthSigma: must hold \[17, 3\] finite numbers: 1 values/],
    [
      { ...FIELDS, diffusion: { ...FIELDS.diffusion, prediction: "v" } },
      /diffusion\.prediction: must be x0 or eps: "v"/,
    ],
    [{ ...FIELDS, diffusion: { ...FIELDS.diffusion, steps: 4 } }, /diffusion\.alphaBar: must hold \[4\]/],
    [{ ...FIELDS, input: {} }, /input\.frames: must be a whole number above 0: nothing/],
    [{ ...FIELDS, sigmaScale: Array(17).fill(NaN) }, /sigmaScale/],
    [[], /needs an object/],
  ];
  for (const [fields, message] of broken) assert.throws(() => readLiftSettings(fields, "pack"), message);
});
