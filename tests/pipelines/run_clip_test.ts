import assert from "node:assert/strict";
import { InputError } from "../../src/core/errors.ts";
import type { Frame } from "../../src/media/frame.ts";
import type { DetectedFrame, DetectedPerson } from "../../src/pipelines/detected.ts";
import { guessedSigma } from "../../src/pipelines/identities.ts";
import type { PeopleFinder } from "../../src/pipelines/observe.ts";
import { runClip } from "../../src/pipelines/run_clip.ts";
import { collect } from "../formats/streams.ts";
import { formulaLifter, personAt } from "./fakes.ts";

const PICTURE = { width: 64, height: 48 };
const FPS = 25;

async function* frames(count: number, breakAt = Infinity): AsyncGenerator<Frame> {
  for (let index = 0; index < count; index++) {
    await Promise.resolve();
    if (index === breakAt) throw new InputError("clip.mp4", "must be whole", `broken at frame ${index}`);
    yield { index, time: index / FPS, ...PICTURE, data: new Uint8ClampedArray(64 * 48 * 4) };
  }
}

/** One person who is seen except in the frames of `hidden`. */
function finder(hidden: readonly number[] = []): PeopleFinder & { asked: number[] } {
  const asked: number[] = [];
  return {
    asked,
    find: ({ index }): Promise<DetectedPerson[]> => {
      asked.push(index);
      const { id: _, interpolated: __, ...person } = personAt(1, index);
      return Promise.resolve(hidden.includes(index) ? [] : [person]);
    },
  };
}

Deno.test("runClip() gives a record a frame with 2D, 3D, sigma and the derived joints", async () => {
  const lift = { lifter: formulaLifter() };
  const records = await collect(runClip(frames(30), { finder: finder(), picture: PICTURE, fps: FPS, lift }));
  assert.equal(records.length, 30);
  for (const { people } of records) {
    assert.equal(people.length, 1);
    const [person] = people;
    assert.equal(person!.id, 1);
    assert.equal(person!.keypoints.length, 17);
    assert.equal(person!.keypoints3d!.length, 17);
    assert.deepEqual(person!.derived, [0, 7, 8, 9, 10]);
    assert.ok(person!.keypoints3d!.every((point) => point.length === 4 && point[3] > 0));
  }
});

Deno.test("runClip() without a 3D stage gives 2D records only", async () => {
  const records = await collect(runClip(frames(5), { finder: finder(), picture: PICTURE, fps: FPS }));
  assert.ok(records.every(({ people }) => people.every((person) => !("keypoints3d" in person))));
});

Deno.test("runClip() interpolates a gap, flags it, and never copies a pose", async () => {
  const hidden = [10, 11, 12];
  const records = await collect(runClip(frames(25), { finder: finder(hidden), picture: PICTURE, fps: FPS }));
  for (const { index, people } of records) {
    assert.equal(people[0]!.interpolated, hidden.includes(index), `frame ${index}`);
    assert.ok(Math.abs(people[0]!.keypoints[0]![0] - (100 + index)) < 0.02, "the walker moves 1 px a frame");
  }
  const texts = records.map(({ people }) => JSON.stringify(people[0]!.keypoints));
  assert.equal(new Set(texts).size, texts.length);
});

Deno.test("runClip() of a clip with nobody in it gives empty frames", async () => {
  const nobody: PeopleFinder = { find: () => Promise.resolve([]) };
  const lift = { lifter: formulaLifter() };
  const records = await collect(runClip(frames(40), { finder: nobody, picture: PICTURE, fps: FPS, lift }));
  assert.equal(records.length, 40);
  assert.ok(records.every(({ people }) => people.length === 0));
});

Deno.test("runClip() gives out what was decoded before the source broke, then throws its error", async () => {
  const given: number[] = [];
  const lift = { lifter: formulaLifter() };
  await assert.rejects(async () => {
    for await (const { index } of runClip(frames(40, 23), { finder: finder(), picture: PICTURE, fps: FPS, lift })) {
      given.push(index);
    }
  }, /clip\.mp4: must be whole: broken at frame 23/);
  assert.deepEqual(given, Array.from({ length: 23 }, (_, i) => i));
});

Deno.test("runClip() continued from a journal gives the same records and detects only what is missing", async () => {
  const lines: DetectedFrame[] = [];
  const journal = (known: readonly DetectedFrame[]) => ({
    known: (async function* () {
      for (const frame of known) yield await Promise.resolve(frame);
    })(),
    append: (frame: DetectedFrame): Promise<void> => Promise.resolve(void lines.push(frame)),
  });
  const options = { picture: PICTURE, fps: FPS };
  const lift = { lifter: formulaLifter() };
  const whole = await collect(runClip(frames(40), { ...options, finder: finder([5]), lift, journal: journal([]) }));
  assert.equal(lines.length, 40);
  for (const [known, from] of [[0, 0], [17, 3], [17, 0], [40, 12], [40, 40]] as const) {
    const again = finder([5]);
    const kept = lines.slice(0, known);
    const rest = await collect(
      runClip(frames(40), {
        ...options,
        finder: again,
        lift: { lifter: formulaLifter() },
        journal: journal(kept),
        from,
      }),
    );
    assert.deepEqual(rest, whole.slice(from));
    assert.deepEqual(again.asked, Array.from({ length: 40 - known }, (_, i) => known + i));
    lines.length = 40;
  }
});

Deno.test("runClip() counts the frames for its finder, whether anybody listens or not", async () => {
  for (const listener of [{}, { onFrame: () => {} }]) {
    const ordinals: number[] = [];
    const counting: PeopleFinder = { find: (_, ordinal) => Promise.resolve((ordinals.push(ordinal), [])) };
    await collect(runClip(frames(4), { finder: counting, picture: PICTURE, fps: FPS, ...listener }));
    assert.deepEqual(ordinals, [0, 1, 2, 3]);
  }
});

Deno.test("guessedSigma() grows with the person and with doubt", () => {
  const points = Float32Array.from({ length: 51 }, (_, i) => i % 3 === 2 ? (i < 3 ? 1 : 0) : 0);
  const [sure, unsure] = guessedSigma([0, 0, 50, 100], points);
  assert.ok(sure! < unsure!);
  assert.equal(guessedSigma([0, 0, 50, 200], points)[0], 2 * sure!);
});

Deno.test("runClip() of stills follows nobody, keeps each picture's size, and lifts each by itself", async () => {
  async function* stills(): AsyncGenerator<Frame> {
    for await (const frame of frames(4)) {
      const width = frame.index === 2 ? 96 : PICTURE.width;
      yield { ...frame, width, name: `${frame.index}.jpg`, data: new Uint8ClampedArray(width * 48 * 4) };
    }
  }
  const expected: number[] = [];
  const two: PeopleFinder = {
    find: ({ index }, _, followed) => {
      expected.push(followed.length);
      const { id: __, interpolated: ___, ...person } = personAt(1, index);
      return Promise.resolve(index === 1 ? [] : [person, { ...person, score: 0.1 }]);
    },
  };
  const lifter = formulaLifter();
  const options = { finder: two, picture: PICTURE, fps: FPS, stills: true };
  const records = await collect(runClip(stills(), { ...options, lift: { lifter } }));
  assert.deepEqual(records.map(({ people }) => people.map(({ id }) => id)), [[1, 2], [], [3, 4], [5, 6]]);
  assert.deepEqual(records.map(({ width, height }) => [width, height]), [
    [undefined, undefined],
    [undefined, undefined],
    [96, undefined],
    [undefined, undefined],
  ]);
  assert.ok(records.every(({ people }) => people.every(({ keypoints3d }) => keypoints3d?.length === 17)));
  assert.ok(lifter.calls.every((call) => new Set(call.frames).size === 1), "no window spans two pictures");
  assert.deepEqual(expected, [0, 0, 0, 0]);
  const flat = await collect(runClip(stills(), { ...options, from: 2 }));
  assert.deepEqual(flat.map(({ index }) => index), [2, 3]);
  assert.deepEqual(flat.flatMap(({ people }) => people.map(({ id }) => id)), [3, 4, 5, 6]);
});
