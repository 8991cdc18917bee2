/** Drawing, noise and both samplers against PyTorch, with a decoder that is a formula. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { ddimStep } from "../../../src/core/ddim.ts";
import { diffuse } from "../../../src/core/diffuse.ts";
import { readPeaks, renderGaussian } from "../../../src/core/heatmap.ts";
import { drawMasks } from "../../../src/core/joint_masks.ts";
import { stepIndices } from "../../../src/core/step_list.ts";
import { centreHeatmaps } from "../../../src/systems/heatmap_poses/centre.ts";
import { createDecoder, jointsIn } from "../../../src/systems/diffusionpose/decoder.ts";
import { feedbackSteps, sampleCoordinates, sampleFeedback } from "../../../src/systems/diffusionpose/samplers.ts";
import { readStillSettings } from "../../../src/systems/diffusionpose/settings.ts";
import { fakeSession } from "../heatmap_poses/_fakes.ts";
import { assertSameBytes, assertSome, type Filled, filled, type Some } from "../heatmap_poses/_golden.ts";
import { FIELDS } from "./_tiny_pack.ts";

interface Golden {
  readonly schedule: { t: number[]; gamma: number[] };
  readonly steps: Record<"feedback" | "coordinates" | "coordinatesFrom300", Record<string, number[]>>;
  readonly noised: { points: number[][]; noise: Filled; states: { t: number; state: number[][] }[] };
  readonly drawn: { grid: [number, number]; points: number[][]; maps: Some }[];
  readonly ddim: { cases: { t: number; after: number; eta: number; result: number[][] }[] };
  readonly centred: { reach: number; logits: Filled; maps: Some };
  readonly samplers: {
    feedback: { steps: number; peaks: number[][]; seen: number[] };
    answered: { steps: number; peaks: number[][] };
    coordinates: { steps: number; fromNoise: number[][]; fromCoarse: number[][] };
  };
}

const FIXTURE = join(import.meta.dirname!, "..", "..", "..", "fixtures/golden/diffusionpose/structure.json");
/** The schedule is written with 12 digits. */
const SCHEDULE_TOLERANCE = 1e-9;
/** float32 in Python, values up to 4, written with 6 digits. */
const STATE_TOLERANCE = 5e-6;
/** The same for Gaussians of places that were rounded to 6 digits. */
const MAP_TOLERANCE = 1e-5;
/** Logits down to -14 from float32 probabilities, which keep seven digits. */
const LOGIT_TOLERANCE = 1e-4;
/** A parabola through logarithms of float32 values; peaks are written with 4 digits. */
const PEAK_TOLERANCE = 2e-3;

const SETTINGS = readStillSettings(FIELDS, "golden");
const GRID = { joints: 17, height: 64, width: 64 };
const golden: Golden = JSON.parse(await readFile(FIXTURE, "utf8"));
const points = golden.noised.points;
const noise = filled(golden.noised.noise).data;
const clean = Float32Array.from(points.flat(), (value) => 2 * value / 64 - 1);

function joints(places: readonly number[][]): Float32Array {
  return Float32Array.from(places.flatMap(([x, y]) => [x!, y!, 1]));
}

function assertNear(found: Float32Array, wanted: readonly number[], tolerance: number, what: string): void {
  assert.equal(found.length, wanted.length);
  wanted.forEach((value, i) => {
    assert.ok(Math.abs(found[i]! - value) <= tolerance, `${what}, ${i}: ${found[i]} is not ${value}`);
  });
}

Deno.test("the schedule, noised coordinates and DDIM steps of DiffusionPose are PyTorch's", () => {
  const { alphaBar } = SETTINGS.schedule;
  const { t, gamma } = golden.schedule;
  t.forEach((time, i) => assert.ok(Math.abs(alphaBar[time - 1]! - gamma[i]!) < SCHEDULE_TOLERANCE));
  const goal = clean.map((value) => 2 * value);
  const states = new Map(golden.noised.states.map(({ t, state }) => {
    const found = diffuse(goal, noise, { alphaBar: alphaBar[t - 1]! });
    assertNear(found, state.flat(), STATE_TOLERANCE, `state at ${t}`);
    return [t, found];
  }));
  for (const { t, after, eta, result } of golden.ddim.cases) {
    const found = ddimStep(states.get(t)!, goal.map((value) => 0.9 * value), {
      alphaBar: alphaBar[t - 1]!,
      nextAlphaBar: after === 0 ? 1 : alphaBar[after - 1]!,
      prediction: "x0",
      eta,
      ...(eta > 0 ? { noise } : {}),
    });
    assertNear(found, result.flat(), STATE_TOLERANCE, `from ${t} to ${after}`);
  }
});

Deno.test("Gaussians at any grid are PyTorch's", () => {
  for (const { grid: [height, width], points, maps } of golden.drawn) {
    const drawn = renderGaussian(joints(points), { joints: 17, height, width }, { sigma: 2 * height / 64 });
    assertSome(drawn, maps, MAP_TOLERANCE, `${height} x ${width}`);
  }
});

Deno.test("feedbackSteps() and the steps of coordinates are PyTorch's", () => {
  for (const [count, list] of Object.entries(golden.steps.feedback)) {
    assert.deepEqual(feedbackSteps(Number(count), 300), list);
  }
  for (const [count, list] of Object.entries(golden.steps.coordinates)) {
    assert.deepEqual(stepIndices(SETTINGS.schedule, Number(count)), list);
  }
  for (const [count, list] of Object.entries(golden.steps.coordinatesFrom300)) {
    assert.deepEqual(stepIndices(SETTINGS.schedule, Number(count), { start: 300 }), list);
  }
  assert.throws(() => feedbackSteps(301, 300), /from 1 to 300: 301/);
});

/** The fixture's decoder: `samplers.decoder`. */
const formula = fakeSession(({ noisy, masks }) => {
  const { data, dims } = noisy!;
  const clean = data.map((value, i) => {
    const cell = i % 4096;
    const guide = Math.floor(i / (17 * 4096)) * 2 * 4096 + cell;
    const before = cell % 64 === 0 ? 0 : data[i - 1]!;
    return 0.8 * before + (0.05 * masks!.data[guide]! + 0.1 * masks!.data[guide + 4096]!) * value;
  });
  return { clean: { data: clean, dims } };
});

function coarseMaps(): Float32Array {
  const coarse = renderGaussian(joints(points), GRID, { sigma: 3 });
  return coarse.map((value, i) => value * (0.02 + 0.98 * Math.floor(i / 4096) / 16));
}

Deno.test("centred heatmaps are PyTorch's", () => {
  const { reach, logits, maps } = golden.centred;
  assertSome(centreHeatmaps(filled(logits).data, joints(points), reach), maps, LOGIT_TOLERANCE, "centred");
});

for (const fed of ["drawn", "answered"] as const) {
  Deno.test(`sampleFeedback() ends where PyTorch does, ${fed}`, async () => {
    const { steps, peaks } = golden.samplers[fed === "drawn" ? "feedback" : fed];
    const coarse = coarseMaps();
    const before = coarse.slice();
    const found = await sampleFeedback(createDecoder(SETTINGS, formula, {}, 1), coarse, SETTINGS, { steps, fed });
    assertNear(readPeaks(found, GRID), peaks.flat(), PEAK_TOLERANCE, "peaks");
    assert.deepEqual(coarse, before);
    assert.deepEqual(formula.calls.slice(-3).map(({ step }) => [...step!.data]), [[299], [150], [0]]);
  });
}

Deno.test("sampleFeedback() feeds answers as they are, clipped, with masks of their joints", async () => {
  // Peaks up to 1.5, and a joint that is too faint to be there but is fed nevertheless.
  const coarse = coarseMaps().map((value, i) => i < 4096 ? value / 2 : 1.5 * value - 0.001);
  const before = coarse.slice();
  const found = await sampleFeedback(createDecoder(SETTINGS, formula, {}, 1), coarse, SETTINGS, {
    steps: 2,
    fed: "answered",
  });
  assert.deepEqual(coarse, before);
  let fed: Float32Array = coarse;
  for (const { noisy, masks } of formula.calls.slice(-2)) {
    assertSameBytes(noisy!.data, fed.map((value) => Math.min(Math.max(value, 0), 1)), "fed");
    const { keypointReach, limbReach } = SETTINGS;
    const guide = drawMasks(jointsIn(fed, SETTINGS), SETTINGS.skeleton.edges, GRID, { keypointReach, limbReach });
    assertSameBytes(masks!.data, guide, "masks");
    fed = (await formula.run({ noisy: noisy!, masks: masks! }))["clean"]!.data;
  }
  assert.equal(jointsIn(coarse, SETTINGS)[2], 0, "the first joint is not there");
  assertSameBytes(found, fed, "answer");
});

Deno.test("sampleCoordinates() ends where PyTorch does, from noise and from the coarse heatmaps", async () => {
  const { steps, fromNoise, fromCoarse } = golden.samplers.coordinates;
  for (const [startTime, peaks] of [[undefined, fromNoise], [300, fromCoarse]] as const) {
    const decode = createDecoder(SETTINGS, formula, {}, 1);
    const found = await sampleCoordinates(decode, coarseMaps(), SETTINGS, { steps, noise, startTime });
    assertNear(readPeaks(found, GRID), peaks.flat(), PEAK_TOLERANCE, `peaks from ${startTime}`);
  }
});
