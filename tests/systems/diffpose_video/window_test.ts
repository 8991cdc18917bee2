import assert from "node:assert/strict";
import fc from "fast-check";
import { drawNoise, estimateHeatmaps, type VideoEstimate } from "../../../src/systems/diffpose_video/window.ts";
import { centreHeatmaps } from "../../../src/systems/heatmap_poses/centre.ts";
import { exchangeSides } from "../../../src/systems/heatmap_poses/turned_frames.ts";
import { fakeModel } from "./_fakes.ts";
import { formulaFeatures } from "../heatmap_poses/_fakes.ts";

const FEATURES = [0, 1, 2, 3, 4].map((value) => formulaFeatures(value, [100, 50, 128]));
const WINDOW = { person: 3, frame: 17, features: FEATURES };

function bytes({ heatmaps, keypoints, sigma, setKeypoints }: VideoEstimate): Float32Array[] {
  return [heatmaps, keypoints, sigma, setKeypoints];
}

Deno.test("estimateHeatmaps() is pure: the same bytes again, and nothing of its input is changed", async () => {
  const before = structuredClone(FEATURES);
  const first = await estimateHeatmaps(fakeModel(), WINDOW, { seed: 5 });
  const model = fakeModel();
  await estimateHeatmaps(model, { ...WINDOW, frame: 1 }, { seed: 9 });
  assert.deepEqual(bytes(await estimateHeatmaps(model, WINDOW, { seed: 5 })), bytes(first));
  assert.deepEqual(FEATURES, before);
});

Deno.test("estimateHeatmaps() differs with seed, person and frame", async () => {
  const base = await estimateHeatmaps(fakeModel(), WINDOW, { seed: 5 });
  for (const [window, seed] of [[WINDOW, 6], [{ ...WINDOW, person: 4 }, 5], [{ ...WINDOW, frame: 18 }, 5]] as const) {
    assert.notDeepEqual((await estimateHeatmaps(fakeModel(), window, { seed })).heatmaps, base.heatmaps);
  }
});

Deno.test("estimateHeatmaps() finds the peaks in pixels of the picture", async () => {
  const { keypoints, grid, square } = await estimateHeatmaps(fakeModel(), WINDOW, { steps: 1, sets: 8 });
  assert.deepEqual(grid, { height: 64, width: 64 });
  assert.deepEqual(square, [100, 50, 128]);
  for (let joint = 0; joint < 17; joint++) {
    // Cells of 2 px; noise of a tenth between neighbours moves a peak by less than half a cell.
    assert.ok(Math.abs(keypoints[joint * 3]! - (100 + 2 * (20.5 + joint))) <= 1, `x of joint ${joint}`);
    assert.ok(Math.abs(keypoints[joint * 3 + 1]! - (50 + 2 * 30.5)) <= 1, `y of joint ${joint}`);
    assert.ok(keypoints[joint * 3 + 2]! > 0.8 && keypoints[joint * 3 + 2]! <= 1);
  }
});

Deno.test("estimateHeatmaps() samples a set alike whatever the number of sets and the batch", async () => {
  const whole = await estimateHeatmaps(fakeModel(), WINDOW, { steps: 2, sets: 5, seed: 1 });
  for (const batch of [1, 2, 4]) {
    assert.deepEqual(
      bytes(await estimateHeatmaps(fakeModel(), WINDOW, { steps: 2, sets: 5, seed: 1, batch })),
      bytes(whole),
    );
  }
  for (const sets of [1, 3]) {
    const part = await estimateHeatmaps(fakeModel(), WINDOW, { steps: 2, sets, seed: 1 });
    assert.deepEqual(part.setKeypoints, whole.setKeypoints.slice(0, sets * 51));
  }
});

Deno.test("estimateHeatmaps() runs the encoder once, the decoder once a step and batch", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 7 }),
      fc.integer({ min: 1, max: 8 }),
      async (steps, sets, batch) => {
        const model = fakeModel();
        await estimateHeatmaps(model, WINDOW, { steps, sets, batch });
        assert.equal(model.encode.calls.length, 1);
        assert.equal(model.denoise.calls.length, steps * Math.ceil(sets / batch));
        const sampled = model.denoise.calls.map(({ noisy }) => noisy!.dims[0]!);
        assert.equal(sampled.reduce((sum, count) => sum + count, 0), steps * sets);
        for (const { base } of model.denoise.calls) assert.equal(base!.dims[0], 1);
      },
    ),
    { numRuns: 8 },
  );
});

Deno.test("estimateHeatmaps() feeds the frames in order, the finest features of the key frame, falling steps", async () => {
  const model = fakeModel();
  await estimateHeatmaps(model, WINDOW, { steps: 2, sets: 2 });
  const [feeds] = model.encode.calls;
  assert.deepEqual([...feeds!["features_32"]!.dims], [1, 5, 64, 8, 8]);
  assert.deepEqual([0, 1, 2, 3, 4].map((f) => feeds!["features_32"]!.data[f * 64 * 64]), [0, 1, 2, 3, 4]);
  assert.deepEqual([...feeds!["features_4"]!.dims], [1, 24, 64, 64]);
  assert.equal(feeds!["features_4"]!.data[0], 2);
  assert.deepEqual(model.denoise.calls.map(({ step }) => [...step!.data]), [[999, 999], [499, 499]]);
});

Deno.test("estimateHeatmaps() shows the network a frame with left and right exchanged as the frames around say", async () => {
  // Joints of the left side, which have odd numbers, 16 cells beside those of the right.
  const heatmaps = new Float32Array(17 * 4096).fill(-9);
  for (let joint = 0; joint < 17; joint++) heatmaps[joint * 4096 + (20 + joint) * 64 + 24 + 16 * (joint % 2)] = 2;
  const straight = FEATURES.map((each) => ({ ...each, heatmaps }));
  const model = fakeModel();
  const turned = straight.map((each, f) => f === 2 ? { ...each, heatmaps: exchangeSides(heatmaps) } : each);
  await estimateHeatmaps(model, { ...WINDOW, features: turned });
  await estimateHeatmaps(model, { ...WINDOW, features: straight });
  assert.deepEqual(model.encode.calls[0], model.encode.calls[1]);
});

Deno.test("estimateHeatmaps() starts from what it is given, which drawNoise() makes when nothing is", async () => {
  const options = { steps: 2, sets: 2, seed: 3 };
  const drawn = await estimateHeatmaps(fakeModel(), WINDOW, options);
  const start = drawNoise(fakeModel().settings, WINDOW, options);
  assert.deepEqual(bytes(await estimateHeatmaps(fakeModel(), WINDOW, { ...options, start })), bytes(drawn));
  const mean = start.reduce((sum, value) => sum + value, 0) / start.length;
  const square = start.reduce((sum, value) => sum + value * value, 0) / start.length;
  // 139,264 draws: deviations of 0.003 and 0.004.
  assert.ok(Math.abs(mean) < 0.015 && Math.abs(square - 1) < 0.02, `mean ${mean}, mean square ${square}`);
  const zeros = await estimateHeatmaps(fakeModel(), WINDOW, { ...options, start: new Float32Array(start.length) });
  assert.notDeepEqual(zeros.heatmaps, drawn.heatmaps);
  assert.deepEqual(zeros.setKeypoints.slice(0, 51), zeros.setKeypoints.slice(51));
  await assert.rejects(
    estimateHeatmaps(fakeModel(), WINDOW, { ...options, start: start.slice(1) }),
    /must hold \[2, 17/,
  );
});

Deno.test("estimateHeatmaps() refuses windows and options that do not fit", async () => {
  const model = fakeModel();
  const refuse = (change: object, options: object, message: RegExp) =>
    assert.rejects(estimateHeatmaps(model, { ...WINDOW, ...change }, options), message);
  await refuse({ features: FEATURES.slice(1) }, {}, /must hold \[5\]/);
  await refuse({ features: [...FEATURES.slice(1), formulaFeatures(0, [0, 0, 1])] }, {}, /through one crop: .*0, 0, 1/);
  await refuse({}, { sets: 0 }, /sets must be a whole number of at least 1: 0/);
  await refuse({}, { batch: 1.5 }, /batch must be/);
  await refuse({}, { steps: 1001 }, /steps must be an integer from 1 to 1000/);
  assert.equal(model.denoise.calls.length, 0);
  const stop = new AbortController();
  stop.abort(new Error("stop"));
  await refuse({}, { signal: stop.signal }, /stop/);
});

Deno.test("estimateHeatmaps() weakens each frame's heatmaps about its own joints where the pack wants it", async () => {
  const model = fakeModel();
  const centring = { ...model, settings: { ...model.settings, centre: 6 } };
  const features = FEATURES.map((each, f) => ({ ...each, joints: new Float32Array(51).fill(20 + 3 * f) }));
  const before = structuredClone(features);
  await estimateHeatmaps(centring, { ...WINDOW, features });
  assert.deepEqual(features, before);
  const size = 17 * 64 * 64;
  for (const [f, { heatmaps, joints }] of features.entries()) {
    const fed = model.encode.calls[0]!["heatmaps"]!.data.subarray(f * size, (f + 1) * size);
    assert.deepEqual(fed, centreHeatmaps(heatmaps, joints, 6), `frame ${f}`);
  }
  await assert.rejects(estimateHeatmaps(centring, WINDOW), /must hold the joints that the backbone decodes/);
});
