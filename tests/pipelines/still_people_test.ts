import assert from "node:assert/strict";
import { InputError } from "../../src/core/errors.ts";
import type { Frame } from "../../src/media/frame.ts";
import type { DetectedPerson } from "../../src/pipelines/detected.ts";
import { observeStills } from "../../src/pipelines/observe_stills.ts";
import { createStillFinder, type StillSight, type StillStage } from "../../src/pipelines/still_people.ts";
import { createStillStage } from "../../src/pipelines/still_stage.ts";
import { createStillWindows } from "../../src/pipelines/still_windows.ts";
import { createFeatureCache } from "../../src/systems/diffpose_video/mod.ts";
import { estimateStills } from "../../src/systems/diffusionpose/mod.ts";
import { squareAround } from "../../src/systems/heatmap_poses/mod.ts";
import { fakeStillModel } from "../systems/diffusionpose/_fakes.ts";
import { fakeBackbone, type FakeSession, formulaFeatures } from "../systems/heatmap_poses/_fakes.ts";
import { collect } from "../formats/streams.ts";
import { blockCrowd, blockFinder, blockPicture } from "./_blocks.ts";

/** A second look that keeps count of whom it sees, and answers with a pose on the place it was given. */
function countingStage(batch: number): StillStage & { asked: number[][]; joints: (Float32Array | undefined)[] } {
  const asked: number[][] = [];
  const joints: (Float32Array | undefined)[] = [];
  return {
    asked,
    joints,
    padding: 1.25,
    batch,
    estimate: (_frame: Frame, people: readonly StillSight[]): Promise<DetectedPerson[]> => {
      asked.push(people.map(({ person }) => person));
      joints.push(...people.map(({ features }) => features.joints));
      return Promise.resolve(people.map(({ place: { box, score } }) => {
        const keypoints = new Float32Array(51);
        for (let k = 0; k < 17; k++) {
          keypoints.set([box[0] + box[2] * k / 16, box[1] + box[3] * (k % 2), 0.9], 3 * k);
        }
        return { box, score, keypoints, sigma: new Float32Array(17).fill(1) };
      }));
    },
  };
}

Deno.test("createStillFinder() gives each of 30 people one pose, and holds the features of one batch", async () => {
  const { picture, blocks } = blockCrowd(5, 6);
  const stage = countingStage(4);
  const finder = createStillFinder(blockFinder(), fakeBackbone(), { stage });
  const people = await finder.find(picture, 0, []);
  assert.equal(people.length, blocks.length);
  for (const [x, y, width, height] of blocks) {
    const inside = people.filter(({ box }) =>
      box[0] + box[2] / 2 > x && box[0] + box[2] / 2 < x + width && box[1] + box[3] / 2 > y && box[1] < y + height
    );
    assert.equal(inside.length, 1);
  }
  assert.ok(stage.asked.every((batch) => batch.length > 0 && batch.length <= 4));
  assert.ok(stage.joints.every((each) => each?.length === 51), "what packs that centre heatmaps want");
  const keys = stage.asked.flat();
  assert.equal(new Set(keys).size, keys.length, "random numbers of their own");
});

Deno.test("createStillFinder() finds the same people when several are looked at, and batches estimated, at a time", async () => {
  const { picture } = blockCrowd(3, 3);
  const model = fakeStillModel();
  const system = { settings: model.settings, estimate: estimateStills.bind(null, model) };
  const run = async (ahead: number) => {
    const last = Promise.withResolvers<void>();
    let begun = 0;
    const options = { steps: 1, hypotheses: 1, sampler: "feedback", seed: 4, mixtures: 0, batch: 2, ahead } as const;
    const stage = createStillStage(system, options);
    const finder = createStillFinder(blockFinder(), fakeBackbone(), {
      stage: {
        ...stage,
        estimate: async (frame, people) => {
          if (++begun === ahead) last.resolve();
          await last.promise; // Nobody's batch is done before so many have begun.
          return await stage.estimate(frame, people);
        },
      },
    });
    return await finder.find(picture, 0, []);
  };
  const [one, three] = [await run(1), await run(3)];
  assert.deepEqual(three, one);
  assert.equal(one.length, 9);
});

Deno.test("createStillFinder() suppresses whom two second looks show at one place", async () => {
  const { picture } = blockCrowd(2, 2);
  const stage = countingStage(8);
  const same: StillStage = {
    ...stage,
    estimate: async (
      frame,
      people,
    ) => (await stage.estimate(frame, [people[0]!, ...people.slice(1).map(() => people[0]!)])),
  };
  assert.equal(
    (await createStillFinder(blockFinder(), fakeBackbone(), { stage: same }).find(picture, 0, [])).length,
    1,
  );
});

Deno.test("createStillFinder() without a second look gives MoveNet's poses with sigma and, if wanted, kernels", async () => {
  const { picture, blocks } = blockCrowd(1, 3);
  const people = await createStillFinder(blockFinder(), fakeBackbone(), { mixtures: 3 }).find(picture, 0, []);
  assert.equal(people.length, blocks.length);
  for (const person of people) {
    assert.ok(person.sigma.every((sigma) => sigma > 0));
    assert.equal(person.heatmaps?.length, 17 * 3 * 5);
  }
});

/** A backbone that shows one and the same person, `move` cells farther to the left with each look. */
function movingBackbone(move: number): FakeSession {
  const backbone = fakeBackbone();
  let looks = 0;
  return {
    ...backbone,
    run: async (feeds) => {
      const outputs = await backbone.run(feeds);
      const data = new Float32Array(17 * 4096).fill(-9);
      for (let joint = 0; joint < 17; joint++) data[joint * 4096 + 30 * 64 + 44 + joint - move * looks] = 4;
      looks++;
      return { ...outputs, keypoint_heatmap: { data, dims: [1, 17, 64, 64] } };
    },
  };
}

Deno.test("createStillFinder() keeps what the search saw of somebody whose second look shows another", async () => {
  const blocks = [[32, 48, 32, 64], [67, 48, 32, 64]] as const;
  const picture = blockPicture(160, 160, blocks);
  // The blocks are 35 px apart, and a crop has 80 px and 64 cells.
  const copying = movingBackbone(35 * 64 / 80);
  const people = await createStillFinder(blockFinder(), copying).find(picture, 0, []);
  assert.equal(people.length, 2);
  const [seen] = people.filter(({ keypoints }) => new Set(keypoints.filter((_, i) => i % 3 === 1)).size > 1);
  assert.ok(
    seen !== undefined,
    "one of them as the search saw them, slanting; the second look has all joints in a row",
  );
  assert.ok(seen.sigma.every((sigma) => sigma > 0));
  const other = await createStillFinder(blockFinder(), fakeBackbone()).find(picture, 0, []);
  assert.equal(other.length, 2, "each with a look of its own");
  const rows = other.map(({ keypoints }) => new Set(keypoints.filter((_, i) => i % 3 === 1)).size);
  assert.deepEqual(rows, [1, 1]);
});

Deno.test("createStillFinder() ranks people by the scores of place and pose", async () => {
  const places = [0.2, 0.9].map((score) => ({ box: [10, 10, 20, 40] as const, score }));
  const people = await createStillFinder(blockFinder(), fakeBackbone(), { places: () => places }).find(
    blockPicture(64, 64, []),
    0,
    [],
  );
  assert.ok(Math.abs(people[1]!.score / people[0]!.score - 0.9 / 0.2) < 1e-6);
});

Deno.test("createStillFinder() with places searches nothing and gives each its pose, copies and faint ones too", async () => {
  const multipose = blockFinder();
  const stage = countingStage(8);
  const place = { box: [10, 10, 20, 40] as const, score: 0.01 };
  const finder = createStillFinder(multipose, fakeBackbone(), { stage, places: () => [place, place], minPose: 0.9 });
  const people = await finder.find(blockPicture(64, 64, []), 0, []);
  assert.equal(multipose.calls.length, 0);
  assert.deepEqual(people.map(({ box }) => box), [place.box, place.box]);
  assert.deepEqual(
    await createStillFinder(multipose, fakeBackbone(), { places: () => [] }).find(blockPicture(8, 8, []), 0, []),
    [],
  );
});

Deno.test("createStillStage() hands DiffusionPose's poses on: ranked with the place's score, the same in any batch", async () => {
  const model = fakeStillModel();
  const system = { settings: model.settings, estimate: estimateStills.bind(null, model) };
  const { picture, blocks } = blockCrowd(2, 3);
  const run = (batch: number) => {
    const options = { steps: 2, hypotheses: 2, sampler: "coordinates", seed: 4, mixtures: 2, batch } as const;
    return createStillFinder(blockFinder(), fakeBackbone(), { stage: createStillStage(system, options) })
      .find(picture, 0, []);
  };
  const people = await run(2);
  assert.equal(people.length, blocks.length);
  assert.deepEqual(await run(6), people);
  for (const { score, sigma, heatmaps } of people) {
    assert.ok(score > 0 && score < 1);
    assert.ok(sigma.every((value) => value > 0));
    assert.equal(heatmaps?.length, 17 * 2 * 5);
  }
});

Deno.test("createStillWindows() looks at people of a clip in batches, through kept crops where there are any", async () => {
  const stage = countingStage(2);
  const [thunder, cache] = [fakeBackbone(), createFeatureCache()];
  const windows = createStillWindows(stage, thunder, cache);
  assert.equal(windows.radius, 0);
  const frame = blockPicture(100, 100, []);
  const people = [[10, 10, 20, 40], [50, 10, 20, 40], [70, 50, 20, 40]].map((box) => ({
    box: box as [number, number, number, number],
    keypoints: new Float32Array(51),
  }));
  const square = squareAround(people[0]!.box);
  cache.set(frame.index, formulaFeatures(1, square));
  const found = await windows.estimate(
    frame,
    [frame],
    people.map((one, i) => i === 0 ? { ...one, crop: square } : one),
  );
  assert.deepEqual(found.map(({ box }) => box), people.map(({ box }) => box));
  assert.deepEqual(stage.asked, [[0, 1], [2]]);
  assert.equal(thunder.calls.length, 2, "the first one's features were there");
  assert.deepEqual(stage.joints.map((each) => each?.length), [undefined, 51, 51]);
  assert.equal(cache.size, 0, "a frame is not looked at again");
});

Deno.test("observeStills() passes over a picture that cannot be searched, and goes on", async () => {
  async function* pictures(): AsyncGenerator<Frame> {
    for (let index = 0; index < 3; index++) {
      await Promise.resolve();
      yield { ...blockPicture(8, 8, []), index, name: `${index}.jpg` };
    }
  }
  const finder = {
    find: ({ index }: Frame) =>
      index === 1 ? Promise.reject(new InputError("1.jpg", "must be good", "bad")) : Promise.resolve([]),
  };
  const broken: string[] = [];
  const seen = await collect(observeStills(pictures(), finder, { onBroken: (error) => broken.push(error.input) }));
  assert.deepEqual([seen.map(({ index }) => index), broken], [[0, 2], ["1.jpg"]]);
  await assert.rejects(collect(observeStills(pictures(), finder)), InputError);
});
