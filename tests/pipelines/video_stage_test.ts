import assert from "node:assert/strict";
import fc from "fast-check";
import type { Frame } from "../../src/media/frame.ts";
import { createVideoStage, windowStride } from "../../src/pipelines/video_stage.ts";
import { type WindowPerson, WindowQueue } from "../../src/pipelines/window_queue.ts";
import {
  createFeatureCache,
  estimateHeatmaps,
  trackSquare,
  type VideoOptions,
  type VideoWindow,
} from "../../src/systems/diffpose_video/mod.ts";
import { type Square, squareAround } from "../../src/systems/heatmap_poses/mod.ts";
import { fakeModel } from "../systems/diffpose_video/_fakes.ts";
import { fakeBackbone } from "../systems/heatmap_poses/_fakes.ts";

const PICTURE = { width: 4, height: 4, data: new Uint8ClampedArray(64) };

function frame(index: number): Frame {
  return { index, time: index / 25, ...PICTURE };
}

/** Somebody whose box is given; no joint is sure, so the box decides. */
function person(box: WindowPerson["box"], crop?: Square): WindowPerson {
  return { box, keypoints: new Float32Array(51), ...(crop === undefined ? {} : { crop }) };
}

function stage(mixtures = 0, fps?: number, centre: number | null = null) {
  const fake = fakeModel();
  const model = { ...fake, settings: { ...fake.settings, centre } };
  const backbone = fakeBackbone();
  const features = createFeatureCache();
  const system = {
    settings: model.settings,
    estimate: (...given: Parameters<typeof estimateHeatmaps> extends [unknown, ...infer Rest] ? Rest : never) =>
      estimateHeatmaps(model, ...given),
  };
  const rate = fps === undefined ? {} : { fps };
  const windows = createVideoStage(system, backbone, { steps: 1, sets: 1, seed: 0, mixtures, features, ...rate });
  return { windows, model, backbone, features };
}

/** Runs a clip through the stage; returns the largest number of crops that were kept. */
async function clip(
  count: number,
  { windows, features }: ReturnType<typeof stage>,
  at: (index: number) => WindowPerson[],
) {
  const queue = new WindowQueue(windows.radius, windows.stride);
  let most = 0;
  const look = async (due: ReturnType<WindowQueue["push"]>): Promise<void> => {
    for (const { key, frames, people } of due) {
      assert.equal((await windows.estimate(key, frames, people)).length, people.length);
      most = Math.max(most, features.size);
    }
  };
  for (let index = 0; index < count; index++) await look(queue.push(frame(index), at(index)));
  await look(queue.flush());
  return most;
}

Deno.test("createVideoStage() runs the backbone once a frame for a crop that stays, and keeps one window of features", async () => {
  const one = stage();
  const square = squareAround([10, 10, 20, 40], 1.4);
  const most = await clip(40, one, () => [person([10, 10, 20, 40], square)]);
  assert.equal(one.backbone.calls.length, 40);
  assert.equal(one.model.encode.calls.length, 40);
  assert.equal(one.model.denoise.calls.length, 40);
  assert.ok(most <= 5, `${most} crops were kept`);
});

Deno.test("createVideoStage() runs the backbone once a frame in fast clips too, whose windows take every other frame", async () => {
  for (const [fps, stride] of [[50, 2], [120, 5]] as const) {
    const fast = stage(0, fps);
    assert.equal(fast.windows.stride, stride);
    const most = await clip(40, fast, () => [person([10, 10, 20, 40], [0, 0, 56])]);
    assert.equal(fast.backbone.calls.length, 40);
    assert.equal(fast.model.encode.calls.length, 40);
    assert.ok(most <= 4 * stride + 1, `${most} crops were kept`);
  }
});

Deno.test("windowStride() keeps frames of a window about as far apart in time as in training, and never stands still", () => {
  const rates = [5, 10, 15, 24, 25, 29.97, 30, 50, 59.94, 60, 100, 120, 240];
  assert.deepEqual(rates.map((fps) => windowStride(fps, 25)), [1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 4, 5, 10]);
});

Deno.test("createVideoStage() runs the backbone once a frame of the window for crops of a frame's own", async () => {
  const own = stage();
  await clip(12, own, (index) => [person([index, 10, 20, 40])]);
  // 5 a window; at each end of the clip 3 and 4 different frames.
  assert.equal(own.backbone.calls.length, 8 * 5 + 2 * (3 + 4));
});

Deno.test("createVideoStage() takes at most two windows more of the backbone for each renewal of a crop", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: -6, max: 6 }), { minLength: 5, maxLength: 30 }), async (moves) => {
      const walking = stage();
      let square: Square | undefined;
      let [x, renewals] = [0, 0];
      await clip(moves.length, walking, (index) => {
        x += moves[index]!;
        const next = trackSquare(square, [x, 10, 20, 40]);
        if (square !== undefined && next !== square) renewals++;
        square = next;
        return [person([x, 10, 20, 40], next)];
      });
      assert.ok(walking.backbone.calls.length <= moves.length + 4 * renewals, `${walking.backbone.calls.length}`);
    }),
    { numRuns: 10 },
  );
});

Deno.test("createVideoStage() makes a pass once for two windows that want it at the same time", async () => {
  const { windows, backbone } = stage();
  const someone = [person([10, 10, 20, 40], [0, 0, 56])];
  const frames = [0, 1, 2, 3, 4, 5].map(frame);
  const both = [windows.estimate(frames[2]!, frames.slice(0, 5), someone)];
  both.push(windows.estimate(frames[3]!, frames.slice(1, 6), someone));
  const [first, second] = await Promise.all(both);
  assert.equal(backbone.calls.length, 6);
  assert.equal(first!.length + second!.length, 2);
});

Deno.test("createVideoStage() keeps what an earlier window still wants when a later one is done first", async () => {
  const model = fakeModel();
  const backbone = fakeBackbone();
  let held = Promise.resolve();
  const slow = {
    settings: model.settings,
    estimate: async (window: VideoWindow, options?: VideoOptions) => {
      if (window.frame === 2) await held;
      return await estimateHeatmaps(model, window, options);
    },
  };
  const features = createFeatureCache();
  const windows = createVideoStage(slow, backbone, { steps: 1, sets: 1, seed: 0, mixtures: 0, features, ahead: 3 });
  const crops = [person([10, 10, 20, 40], [0, 0, 56]), person([10, 10, 20, 40], [5, 0, 56])];
  const frames = [0, 1, 2, 3, 4, 5].map(frame);
  let release = (): void => {};
  held = new Promise<void>((resolve) => release = resolve);
  const first = windows.estimate(frames[2]!, frames.slice(0, 5), crops);
  await windows.estimate(frames[3]!, frames.slice(1, 6), crops);
  await windows.estimate(frames[4]!, [...frames.slice(2, 6), frames[5]!], crops);
  release();
  await first;
  assert.equal(backbone.calls.length, 2 * 6, "a frame was looked at twice through one crop");
});

Deno.test("createVideoStage() memory does not grow over thousands of frames", async () => {
  const model = fakeModel();
  const backbone = fakeBackbone();
  const features = createFeatureCache();
  const estimate = await estimateHeatmaps(model, {
    person: 0,
    frame: 0,
    features: Array(5).fill((await import("../systems/heatmap_poses/_fakes.ts")).formulaFeatures(0)),
  });
  const counted = { settings: model.settings, estimate: () => Promise.resolve(estimate) };
  const quick = {
    ...backbone,
    run: (() => {
      const answer = backbone.run({});
      return () => answer;
    })(),
  };
  const windows = createVideoStage(counted, quick, { steps: 1, sets: 1, seed: 0, mixtures: 0, features });
  let square: Square | undefined;
  const most = await clip(4000, { windows, model, backbone, features }, (index) => {
    square = trackSquare(square, [index, 10, 20, 40]);
    return [person([index, 10, 20, 40], square), person([500, 10, 20, 40], [490, 0, 60])];
  });
  // Two people, each seen through at most three crops in the five frames of a window.
  assert.ok(most <= 5 * 2 * 3, `${most} crops were kept`);
});

Deno.test("createVideoStage() has the joints of the person in the crop decoded where the pack wants them", async () => {
  const crop: Square = [0, 0, 256];
  const box: WindowPerson["box"] = [150, 100, 40, 80];
  for (const centre of [null, 12]) {
    const { windows, features } = stage(0, undefined, centre);
    const frames = [0, 0, 0, 1, 2].map(frame);
    await windows.estimate(frames[2]!, frames, [person(box, crop)]);
    const joints = features.get(1, crop)?.joints;
    assert.equal(joints?.length, centre === null ? undefined : 51);
  }
});

Deno.test("createVideoStage() tells people apart by their place, and gives kernels where they are wanted", async () => {
  const { windows, model } = stage(3);
  const frames = [0, 0, 0, 1, 2].map(frame);
  const found = await windows.estimate(frames[2]!, frames, [person([0, 0, 20, 40]), person([0, 0, 20, 40])]);
  assert.equal(found.length, 2);
  assert.notDeepEqual(model.denoise.calls[0]!["noisy"], model.denoise.calls[1]!["noisy"]);
  for (const { heatmaps, sigma, keypoints, score } of found) {
    assert.equal(heatmaps!.length, 17 * 3 * 5);
    for (let joint = 0; joint < 17; joint++) {
      const kernels = heatmaps!.subarray(joint * 15, joint * 15 + 15);
      assert.ok(Math.abs(kernels[0]! + kernels[5]! + kernels[10]! - 1) < 1e-4, "weights sum to 1");
    }
    assert.ok(sigma.every((each) => each > 0));
    const mean = keypoints.filter((_, i) => i % 3 === 2).reduce((sum, each) => sum + each / 17, 0);
    assert.ok(Math.abs(score - mean) < 1e-6);
  }
});
