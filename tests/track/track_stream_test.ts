import assert from "node:assert/strict";
import fc from "fast-check";
import type { Detection } from "../../src/track/detection.ts";
import { createTrackStream, type TrackedFrame } from "../../src/track/track_stream.ts";
import { noiseOf, sight, type Walker } from "./walkers.ts";

const FPS = 25;
const WALKER: Walker = { x: 100, y: 400, speed: 100, height: 200, phase: 0 };
const OTHER: Walker = { x: 500, y: 400, speed: 30, height: 180, phase: 1 };

/** Pushes all frames, and tells what came out and how many frames were held after each. */
function stream(frames: readonly (readonly Detection[])[]): { out: TrackedFrame[]; held: number[] } {
  const opened = createTrackStream();
  const held: number[] = [];
  const out = frames.flatMap((detections, index) => {
    const done = opened.push(index, index / FPS, detections);
    held.push(opened.held);
    return done;
  });
  return { out: [...out, ...opened.flush()], held };
}

Deno.test("createTrackStream() gives each frame at once while nothing is open", () => {
  const { held } = stream(Array.from({ length: 20 }, (_, index) => [sight(WALKER, index / FPS)]));
  assert.deepEqual(new Set(held), new Set([0]));
});

Deno.test("createTrackStream() fills a gap, flags it, and holds no longer than the gap", () => {
  const { out, held } = stream(
    Array.from({ length: 30 }, (_, index) => index >= 10 && index < 15 ? [] : [sight(WALKER, index / FPS)]),
  );
  assert.deepEqual(out.map(({ index }) => index), Array.from({ length: 30 }, (_, index) => index));
  out.forEach(({ index, people }) => {
    assert.equal(people.length, 1);
    const gap = index >= 10 && index < 15;
    assert.deepEqual([people[0]!.id, people[0]!.interpolated, people[0]!.detection], [1, gap, gap ? null : 0]);
    if (gap) assert.ok(people[0]!.score <= 0.45);
  });
  assert.deepEqual(held.slice(9, 16), [0, 1, 2, 3, 4, 5, 0]);
});

Deno.test("createTrackStream() lets an empty frame go when the gap limit has passed, and fills in nobody", () => {
  const { out, held } = stream(
    Array.from({ length: 60 }, (_, index) => index >= 10 && index < 50 ? [] : [sight(WALKER, index / FPS)]),
  );
  // One second at 25 frames a second, last seen in frame 9: frame 34 still waits, frame 35 is too late.
  assert.equal(Math.max(...held), 25);
  assert.equal(held[34], 25);
  assert.equal(held[35], 0);
  assert.ok(out.slice(10, 50).every(({ people }) => people.length === 0));
  assert.deepEqual(out.at(-1)!.people.map(({ id }) => id), [2]);
});

Deno.test("createTrackStream() shows a weak person from the first sight on, with the frames between filled", () => {
  const weak = { ...WALKER, score: 0.4 };
  const { out } = stream([[sight(weak, 0)], [], [sight(weak, 0.08)], [sight(weak, 0.12)]]);
  assert.deepEqual(out.map(({ people }) => people.map(({ id, interpolated }) => [id, interpolated])), [
    [[1, false]],
    [[1, true]],
    [[1, false]],
    [[1, false]],
  ]);
});

Deno.test("createTrackStream() removes a copy from the first frame in which it was one", () => {
  const frames = Array.from({ length: 50 }, (_, index) => {
    const time = index / FPS;
    const slide = Math.max(0, 1 - time);
    return [sight(WALKER, time), sight({ ...WALKER, x: WALKER.x + slide * 120, phase: slide }, time)];
  });
  const { out } = stream(frames);
  const counts = out.map(({ people }) => people.length);
  const first = counts.indexOf(1);
  assert.ok(first > 10 && first <= 25, `copies from frame ${first} on`);
  assert.ok(counts.slice(0, first).every((count) => count === 2));
  assert.ok(counts.slice(first).every((count) => count === 1));
  assert.ok(out.slice(first).every(({ people }) => people[0]!.id === 1));
});

/** Two people, of whom each frame shows any. */
const clip = fc.tuple(fc.array(fc.nat(3), { minLength: 1, maxLength: 40 }), fc.nat()).map(([shown, seed]) => {
  const noise = noiseOf(seed);
  return shown.map((bits, index) =>
    [WALKER, OTHER].filter((_, w) => bits & (1 << w)).map((walker) => sight(walker, index / FPS, 0.02, noise))
  );
});

Deno.test("createTrackStream() gives every frame once, in order, with unique ids and every sight at most once", () => {
  fc.assert(fc.property(clip, (frames) => {
    const { out } = stream(frames);
    assert.deepEqual(out.map(({ index }) => index), frames.map((_, index) => index));
    for (const { index, people } of out) {
      const ids = people.map(({ id }) => id);
      assert.deepEqual(ids, [...new Set(ids)].sort((a, b) => a - b));
      const detections = people.map(({ detection }) => detection).filter((detection) => detection !== null);
      assert.equal(new Set(detections).size, detections.length);
      assert.ok(people.every((person) => person.interpolated === (person.detection === null)));
      assert.ok(detections.every((detection) => detection < frames[index]!.length));
    }
  }));
});

Deno.test("createTrackStream() interpolates only between two sights of the same person", () => {
  fc.assert(fc.property(clip, (frames) => {
    const { out } = stream(frames);
    for (const id of new Set(out.flatMap(({ people }) => people.map((person) => person.id)))) {
      const present = out.flatMap(({ people }) => people.filter((person) => person.id === id));
      assert.equal(present[0]!.interpolated, false);
      assert.equal(present.at(-1)!.interpolated, false);
    }
  }));
});

Deno.test("restore() of a stream's snapshot that went through JSON gives the same frames", () => {
  fc.assert(fc.property(clip, fc.nat(), (frames, place) => {
    const cut = place % frames.length;
    const opened = createTrackStream();
    const resumed = createTrackStream();
    for (const [index, detections] of frames.entries()) {
      if (index === cut) resumed.restore(JSON.parse(JSON.stringify(opened.snapshot())));
      const done = opened.push(index, index / FPS, detections);
      if (index >= cut) assert.deepEqual(resumed.push(index, index / FPS, detections), done);
    }
    assert.deepEqual(resumed.flush(), opened.flush());
  }));
});
