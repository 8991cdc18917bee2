/** `observeFrames()` with a second look: what it changes, and that a run that was cut goes on with the same numbers. */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Frame } from "../../src/media/frame.ts";
import type { DetectedFrame, DetectedPerson } from "../../src/pipelines/detected.ts";
import { observeFrames, type PeopleFinder } from "../../src/pipelines/observe.ts";
import { createVideoStage } from "../../src/pipelines/video_stage.ts";
import type { WindowStage } from "../../src/pipelines/window_queue.ts";
import { createFeatureCache, type VideoEstimate, type VideoWindow } from "../../src/systems/diffpose_video/mod.ts";
import { collect } from "../formats/streams.ts";
import { fakeModel } from "../systems/diffpose_video/_fakes.ts";
import { fakeBackbone, formulaFeatures } from "../systems/heatmap_poses/_fakes.ts";
import { personAt } from "./fakes.ts";

const FPS = 25;
/** What the second look adds to every x. */
const SHIFT = 3;

async function* frames(count: number): AsyncGenerator<Frame> {
  for (let index = 0; index < count; index++) {
    await Promise.resolve();
    yield { index, time: index / FPS, width: 640, height: 480, data: new Uint8ClampedArray(4) };
  }
}

function detected(index: number): DetectedPerson {
  const { id: _, interpolated: __, ...person } = personAt(1, index);
  return { ...person, crop: [index - index % 10, 0, 100] };
}

function finder(hidden: readonly number[]): PeopleFinder & { asked: number[]; crops: (number | undefined)[] } {
  const asked: number[] = [];
  const crops: (number | undefined)[] = [];
  return {
    asked,
    crops,
    find: ({ index }, _, expected) => {
      asked.push(index);
      crops.push(expected[0]?.crop?.[0]);
      return Promise.resolve(hidden.includes(index) ? [] : [detected(index)]);
    },
  };
}

/** Everybody stands where the formula says, moved by {@link SHIFT}; `score` is that of people whom no detector saw. */
function windows(score: number): WindowStage & { asked: [key: number, frames: number[], people: number][] } {
  const asked: [number, number[], number][] = [];
  return {
    radius: 2,
    asked,
    estimate: (key, window, people) => {
      asked.push([key.index, window.map(({ index }) => index), people.length]);
      return Promise.resolve(people.map(() => {
        const { crop: _, ...person } = detected(key.index);
        const keypoints = person.keypoints.map((value, i) => i % 3 === 0 ? value + SHIFT : value);
        return { ...person, keypoints, sigma: new Float32Array(17).fill(7), score };
      }));
    },
  };
}

Deno.test("observeFrames() gives out what the second look says, with the identities of the first", async () => {
  const stage = windows(0.8);
  const found = await collect(observeFrames(frames(12), finder([]), { windows: stage }));
  assert.deepEqual(found.map(({ index }) => index), Array.from({ length: 12 }, (_, i) => i));
  for (const { index, people } of found) {
    assert.equal(people.length, 1);
    assert.equal(people[0]!.id, 1);
    assert.equal(people[0]!.keypoints[0], 100 + index + SHIFT);
    assert.deepEqual(people[0]!.sigma, new Float32Array(17).fill(7));
    assert.equal(people[0]!.score, 0.8);
    assert.equal(people[0]!.interpolated, false);
  }
  assert.deepEqual(stage.asked[0], [0, [0, 0, 0, 1, 2], 1]);
  assert.deepEqual(stage.asked[11], [11, [9, 10, 11, 11, 11], 1]);
  assert.equal(stage.asked.length, 12);
});

Deno.test("observeFrames() tells the finder the crop of each person's last sight, over a gap too", async () => {
  const seen = finder([12, 13]);
  await collect(observeFrames(frames(16), seen, { windows: windows(0.8) }));
  assert.deepEqual(seen.crops, [undefined, ...Array(10).fill(0), 10, 10, 10, 10, 10]);
});

Deno.test("observeFrames() keeps as many windows under way as the stage wants, and gives frames out in order", async () => {
  for (const ahead of [1, 2, 4]) {
    const waiting: (() => void)[] = [];
    let most = 0;
    const inner = windows(0.8);
    const stage: WindowStage = {
      radius: 2,
      ahead,
      estimate: async (...asked) => {
        await new Promise<void>((resolve) => {
          waiting.push(resolve);
          most = Math.max(most, waiting.length);
          // Nobody answers before somebody waits for it.
          setTimeout(() => waiting.shift()!(), 0);
        });
        return await inner.estimate(...asked);
      },
    };
    const found = await collect(observeFrames(frames(20), finder([]), { windows: stage }));
    assert.deepEqual(found.map(({ index }) => index), Array.from({ length: 20 }, (_, i) => i));
    assert.deepEqual(found.map(({ people }) => people[0]!.keypoints[0]), found.map(({ index }) => 100 + index + SHIFT));
    assert.ok(most <= ahead + 1, `${most} windows under way`);
    assert.ok(most >= Math.min(ahead, 2), `only ${most} windows under way`);
  }
});

Deno.test("observeFrames() takes the window's word for somebody whom no detector saw when it convinces", async () => {
  const hidden = [6, 7, 8];
  const found = await collect(observeFrames(frames(14), finder(hidden), { windows: windows(0.8) }));
  for (const { index, people } of found) {
    assert.equal(people[0]!.interpolated, false);
    assert.equal(people[0]!.keypoints[0], 100 + index + SHIFT);
  }
  const doubtful = await collect(observeFrames(frames(14), finder(hidden), { windows: windows(0.2) }));
  for (const { index, people } of doubtful) {
    assert.equal(people[0]!.interpolated, hidden.includes(index), `frame ${index}`);
    assert.equal(people[0]!.keypoints[0], 100 + index + (hidden.includes(index) ? 0 : SHIFT));
  }
});

Deno.test("observeFrames() does not look for those who left the picture", async () => {
  const stage = windows(0.8);
  const away: PeopleFinder = {
    find: ({ index }) => {
      const keypoints = personAt(1, 0).keypoints.map((value, i) => i % 3 === 0 ? value + 10 * index + 360 : value);
      const person = { ...detected(index), keypoints, box: [460 + 10 * index, 50, 40, 60] as const };
      return Promise.resolve(index < 15 ? [person] : []);
    },
  };
  await collect(observeFrames(frames(40), away, { windows: stage }));
  const asked = stage.asked.filter(([index, , people]) => index >= 15 && people > 0).length;
  assert.ok(asked <= 4, `${asked} looks at nobody`);
});

Deno.test("observeFrames() continued from a journal at any point gives the same frames and does no work twice", async () => {
  const hidden = [6, 7, 20];
  const lines: DetectedFrame[] = [];
  const journal = (known: readonly DetectedFrame[], kept: DetectedFrame[]) => ({
    known: (async function* () {
      for (const frame of known) yield await Promise.resolve(frame);
    })(),
    append: (frame: DetectedFrame): Promise<void> => Promise.resolve(void kept.push(frame)),
  });
  const whole = await collect(
    observeFrames(frames(24), finder(hidden), { windows: windows(0.8), journal: journal([], lines) }),
  );
  assert.equal(lines.length, 48, "each frame is written down twice");
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 48 }), async (cut) => {
      const [seen, stage] = [finder(hidden), windows(0.8)];
      const rest: DetectedFrame[] = [];
      const again = await collect(
        observeFrames(frames(24), seen, { windows: stage, journal: journal(lines.slice(0, cut), rest) }),
      );
      assert.deepEqual(again, whole);
      assert.deepEqual(rest, lines.slice(cut));
      assert.equal(seen.asked.length + stage.asked.length, 48 - cut);
    }),
    { numRuns: 20 },
  );
});

Deno.test("observeFrames() refuses a journal that goes on with something else", async () => {
  const other = (async function* () {
    yield await Promise.resolve({ index: 3, time: 0, people: [] });
  })();
  const journal = { known: other, append: () => Promise.resolve() };
  await assert.rejects(
    collect(observeFrames(frames(2), finder([]), { journal })),
    /journal of the run that was cut: must go on with frame 0.*: frame 3/,
  );
});

Deno.test("observeFrames() holds few pictures over thousands of frames", async () => {
  let given = 0;
  let most = 0;
  let oldest = 0;
  const stage: WindowStage = {
    radius: 2,
    estimate: (key, window, people) => {
      oldest = window[0]!.index;
      most = Math.max(most, given - oldest);
      return windows(0.8).estimate(key, window, people);
    },
  };
  async function* counted(): AsyncGenerator<Frame> {
    for await (const frame of frames(3000)) {
      given++;
      yield frame;
    }
  }
  let taken = 0;
  for await (const { index } of observeFrames(counted(), finder([]), { windows: stage })) assert.equal(index, taken++);
  assert.equal(taken, 3000);
  assert.ok(most <= 5, `a window began ${most} frames back`);
});

Deno.test("observeFrames() with DiffPose-Video's stage holds no more after ten thousand frames than after a few", async () => {
  const features = createFeatureCache();
  const shared = formulaFeatures(0);
  const backbone = fakeBackbone();
  const answer = await backbone.run({});
  const data = new Uint8ClampedArray(640 * 480 * 4);
  async function* pictures(): AsyncGenerator<Frame> {
    for await (const frame of frames(10_000)) yield { ...frame, data };
  }
  let given = 0;
  const walking: PeopleFinder = {
    find: ({ index }) => {
      given++;
      // Out of sight now and then, for less and for more than the gap that is closed.
      if (index % 2000 >= 1960 || index % 400 === 7) return Promise.resolve([]);
      const crop = [index - index % 250, 0, 100] as const;
      features.set(index, { ...shared, square: crop });
      return Promise.resolve([{ ...detected(index % 300), crop }]);
    },
  };
  const system = {
    settings: { ...fakeModel().settings },
    estimate: ({ frame, features: seen }: VideoWindow): Promise<VideoEstimate> =>
      Promise.resolve({
        ...detected(frame % 300),
        heatmaps: new Float32Array(0),
        setKeypoints: new Float32Array(0),
        grid: { height: 64, width: 64 },
        square: seen[0]!.square,
        sets: 1,
      }),
  };
  const windows = createVideoStage(system, { ...backbone, run: () => Promise.resolve(answer) }, {
    steps: 1,
    sets: 1,
    seed: 0,
    mixtures: 0,
    features,
    fps: 50,
  });
  let [taken, crops, waiting] = [0, 0, 0];
  for await (const { index } of observeFrames(pictures(), walking, { windows })) {
    assert.equal(index, taken++);
    crops = Math.max(crops, features.size);
    waiting = Math.max(waiting, given - taken);
  }
  assert.equal(taken, 10_000);
  // A window spans nine frames here, one more waits for it, one is being looked at. Through two crops each at a renewal, of
  // somebody who was lost beside somebody new.
  assert.ok(crops <= 4 * 11, `${crops} crops were kept`);
  // A gap of at most a second is waited for, at 25 frames a second.
  assert.ok(waiting <= FPS + 11, `${waiting} frames waited`);
});
