import assert from "node:assert/strict";
import fc from "fast-check";
import { InputError, ShapeError } from "../../src/core/errors.ts";
import type { Detection } from "../../src/track/detection.ts";
import { createTracker, type TrackerUpdate } from "../../src/track/tracker.ts";
import { noiseOf, sight, type Walker } from "./walkers.ts";

const FPS = 25;
/** Points off by up to 2 % of the height: three pixels on a person of 150. */
const JITTER = 0.02;

/** Left to right and right to left: they meet at x = 300 after 2 s. */
const RIGHTWARD: Walker = { x: 100, y: 400, speed: 100, height: 200, phase: 0 };
const LEFTWARD: Walker = { x: 500, y: 405, speed: -100, height: 190, phase: 1.5 };

/** The id of each walker, null where it has none, from detections in the order of the walkers (null: not detected). */
function follow(frames: readonly (readonly (Detection | null)[])[], fps = FPS): (number | null)[][] {
  const tracker = createTracker();
  return frames.map((walkers, index) => {
    const shown = walkers.filter((detection) => detection !== null);
    const { assigned } = tracker.update(index, index / fps, shown);
    return walkers.map((detection) => {
      if (detection === null) return null;
      return assigned.find((one) => one.detection === shown.indexOf(detection))?.id ?? null;
    });
  });
}

/** The different ids of walker `w`, nulls left out. */
function idsOf(ids: readonly (readonly (number | null)[])[], w: number): number[] {
  return [...new Set(ids.map((frame) => frame[w]!).filter((id) => id !== null))];
}

/** Ids of all walkers are as the crossing found them, for any jitter. */
function checkCrossing(fps: number, hiddenSeconds: number, seed: number): void {
  const noise = noiseOf(seed);
  const frames = Array.from({ length: 4 * fps }, (_, index) => {
    const time = index / fps;
    const hidden = Math.abs(time - 2) <= hiddenSeconds / 2;
    const front = sight(RIGHTWARD, time, JITTER, noise);
    const behind = sight(LEFTWARD, time, JITTER, noise);
    return [front, hidden ? null : behind];
  });
  const ids = follow(frames, fps);
  assert.deepEqual([idsOf(ids, 0), idsOf(ids, 1)], [[1], [2]], `seed ${seed}`);
}

Deno.test("createTracker() keeps two crossing people apart while one is hidden for five frames", () => {
  for (let seed = 0; seed < 100; seed++) checkCrossing(FPS, 5 / FPS, seed);
});

Deno.test("createTracker() keeps two crossing people apart at 10 and at 60 frames a second", () => {
  for (let seed = 0; seed < 20; seed++) {
    checkCrossing(10, 0.2, seed);
    checkCrossing(60, 0.2, seed);
  }
});

Deno.test("createTracker() keeps two crossing people apart when both are seen all the time", () => {
  for (let seed = 0; seed < 20; seed++) checkCrossing(FPS, -1, seed);
});

Deno.test("createTracker() gives a new id to one who enters after another left", () => {
  const leaving: Walker = { x: 500, y: 400, speed: 150, height: 200, phase: 0 };
  const entering: Walker = { x: -60, y: 400, speed: 150, height: 200, phase: 0 };
  const ids = follow(Array.from({ length: 60 }, (_, index) => {
    const time = index / FPS;
    return [time < 0.8 ? sight(leaving, time) : null, time > 1 ? sight(entering, time) : null];
  }));
  assert.deepEqual([idsOf(ids, 0), idsOf(ids, 1)], [[1], [2]]);
});

Deno.test("createTracker() gives a new id to one who enters where another left", () => {
  const leaving: Walker = { x: 560, y: 400, speed: 150, height: 200, phase: 0 };
  const entering: Walker = { x: 740, y: 400, speed: -150, height: 200, phase: 2 };
  const ids = follow(Array.from({ length: 60 }, (_, index) => {
    const time = index / FPS;
    return [time < 0.5 ? sight(leaving, time) : null, time > 0.9 ? sight(entering, time) : null];
  }));
  assert.deepEqual([idsOf(ids, 0), idsOf(ids, 1)], [[1], [2]]);
});

Deno.test("createTracker() gives back the id after a gap within the limit and a new one after a longer gap", () => {
  for (const fps of [10, 25, 60]) {
    for (const [gap, expected] of [[0.8, [1]], [1.2, [1, 2]]] as const) {
      const frames = Array.from({ length: 4 * fps }, (_, index) => {
        const time = index / fps;
        return [time > 1 && time < 1 + gap ? null : sight(RIGHTWARD, time, JITTER, noiseOf(index))];
      });
      assert.deepEqual(idsOf(follow(frames, fps), 0), expected, `${fps} fps, gap of ${gap} s`);
    }
  }
});

Deno.test("createTracker() follows somebody who walks at two frames a second, the velocity unknown at first", () => {
  const ids = follow(Array.from({ length: 10 }, (_, index) => [sight(RIGHTWARD, index / 2)]), 2);
  assert.deepEqual(idsOf(ids, 0), [1]);
});

Deno.test("createTracker() does not make two people of two detections of one", () => {
  const noise = noiseOf(7);
  const tracker = createTracker();
  for (let index = 0; index < 50; index++) {
    const time = index / FPS;
    const twice = [sight({ ...RIGHTWARD, score: 0.7 }, time, 0.005, noise), sight(RIGHTWARD, time, 0.005, noise)];
    const { assigned } = tracker.update(index, time, twice);
    assert.deepEqual(assigned.map(({ id }) => id), [1]);
  }
});

Deno.test("createTracker() believes a weak person at the second sight and hands the first one in later", () => {
  const weak: Walker = { ...RIGHTWARD, score: 0.45 };
  const tracker = createTracker();
  const first = tracker.update(0, 0, [sight(weak, 0)]).assigned[0]!;
  assert.deepEqual([first.id, first.backfill.length, first.previous], [null, 0, null]);
  const second = tracker.update(1, 0.04, [sight(weak, 0.04)]).assigned[0]!;
  assert.equal(second.id, 1);
  assert.deepEqual(second.backfill.map(({ index }) => index), [0]);
  assert.equal(second.previous, null);
  const third = tracker.update(4, 0.16, [sight(weak, 0.16)]).assigned[0]!;
  assert.deepEqual([third.id, third.backfill.length, third.previous?.index], [1, 0, 1]);
});

Deno.test("createTracker() spends no id on one who is seen once", () => {
  const tracker = createTracker();
  tracker.update(0, 0, [sight({ ...LEFTWARD, score: 0.4 }, 0)]);
  for (let index = 1; index < 20; index++) tracker.update(index, index / FPS, []);
  assert.equal(tracker.update(20, 20 / FPS, [sight(RIGHTWARD, 0)]).assigned[0]!.id, 1);
});

Deno.test("createTracker() continues a person on a low score, but begins none with it", () => {
  const low: Walker = { ...RIGHTWARD, score: 0.15 };
  const tracker = createTracker();
  assert.equal(tracker.update(0, 0, [sight(low, 0)]).assigned.length, 0);
  assert.equal(tracker.update(1, 0.04, [sight(RIGHTWARD, 0.04)]).assigned[0]!.id, 1);
  assert.equal(tracker.update(2, 0.08, [sight(low, 0.08)]).assigned[0]!.id, 1);
  assert.equal(tracker.update(3, 0.12, [sight({ ...low, score: 0.05 }, 0.12)]).assigned.length, 0);
});

Deno.test("createTracker() drops the younger of two tracks that come to show one person", () => {
  const tracker = createTracker();
  const other: Walker = { ...RIGHTWARD, x: 220 };
  const merges: TrackerUpdate["merges"][number][] = [];
  const counts: number[] = [];
  for (let index = 0; index < 50; index++) {
    const time = index / FPS;
    // The second one's crop slides over to the first person within a second, and then shows that person.
    const slide = Math.max(0, 1 - time);
    const update = tracker.update(index, time, [
      sight(RIGHTWARD, time),
      sight({ ...other, x: RIGHTWARD.x + slide * 120, phase: slide }, time),
    ]);
    merges.push(...update.merges);
    counts.push(update.assigned.length);
  }
  assert.deepEqual(merges.map(({ kept, dropped }) => [kept, dropped]), [[1, 2]]);
  assert.equal(counts[0], 2);
  assert.equal(counts.at(-1), 1);
  const since = merges[0]!.since;
  const dropped = counts.indexOf(1);
  // At least three frames and 0.15 s of coincidence at 25 frames a second: the fifth frame decides.
  assert.equal(dropped - since, 4);
});

Deno.test("predict() carries people on at their velocity", () => {
  const tracker = createTracker();
  for (let index = 0; index < 25; index++) tracker.update(index, index / FPS, [sight(RIGHTWARD, index / FPS)]);
  const [{ id, box }] = tracker.predict(24 / FPS + 0.5) as [ReturnType<typeof tracker.predict>[number]];
  const expected = sight(RIGHTWARD, 24 / FPS).box[0] + RIGHTWARD.speed * 0.5;
  assert.equal(id, 1);
  // Limbs move against the body: their median lags by less than a tenth of the way.
  assert.ok(Math.abs(box[0] - expected) < 5, `${box[0]} instead of ${expected}`);
  assert.equal(tracker.predict(24 / FPS + 1.01).length, 1, "seen in the frame before");
  tracker.update(25, 1, []);
  assert.equal(tracker.predict(24 / FPS + 1.01).length, 0);
});

/** Up to three people who come, go, hide and jitter, with double and weak sights of them. */
const scene = fc.record({
  walkers: fc.array(
    fc.record({
      x: fc.double({ min: 0, max: 600, noNaN: true }),
      y: fc.double({ min: 380, max: 420, noNaN: true }),
      speed: fc.double({ min: -150, max: 150, noNaN: true }),
      height: fc.double({ min: 120, max: 220, noNaN: true }),
      phase: fc.double({ min: 0, max: 6, noNaN: true }),
      score: fc.constantFrom(0.15, 0.45, 0.9),
    }),
    { maxLength: 3 },
  ),
  shown: fc.array(fc.array(fc.nat(5), { minLength: 3, maxLength: 3 }), { minLength: 1, maxLength: 20 }),
  seed: fc.nat(),
}).map(({ walkers, shown, seed }) => {
  const noise = noiseOf(seed);
  return shown.map((dice, index) =>
    walkers.flatMap((walker, w) => {
      const time = index / FPS;
      // One in six hidden, one in six seen twice.
      const times = dice[w] === 0 ? 0 : dice[w] === 1 ? 2 : 1;
      return Array.from({ length: times }, () => sight(walker, time, JITTER, noise));
    })
  );
});

Deno.test("createTracker() gives every id and every detection once a frame, and ids without holes", () => {
  fc.assert(fc.property(scene, (frames) => {
    const tracker = createTracker();
    let highest = 0;
    frames.forEach((detections, index) => {
      const { assigned } = tracker.update(index, index / FPS, detections);
      const ids = assigned.map(({ id }) => id).filter((id) => id !== null);
      assert.equal(new Set(ids).size, ids.length);
      assert.equal(new Set(assigned.map(({ detection }) => detection)).size, assigned.length);
      assert.ok(assigned.every(({ detection }) => detection < detections.length));
      for (const id of ids.sort((a, b) => a - b)) {
        assert.ok(id >= 1 && id <= highest + 1, `id ${id} after ${highest}`);
        highest = Math.max(highest, id);
      }
    });
  }));
});

Deno.test("createTracker() answers the same whatever the order of the detections", () => {
  fc.assert(fc.property(scene, (frames) => {
    const [plain, turned] = [createTracker(), createTracker()];
    frames.forEach((detections, index) => {
      const there = plain.update(index, index / FPS, detections).assigned.map(({ id, detection }) => [id, detection]);
      const back = turned.update(index, index / FPS, [...detections].reverse()).assigned;
      assert.deepEqual(back.map(({ id, detection }) => [id, detections.length - 1 - detection]), there);
    });
  }));
});

Deno.test("restore() of a snapshot that went through JSON continues with the same answers", () => {
  fc.assert(fc.property(scene, fc.nat(), (frames, place) => {
    const tracker = createTracker();
    const cut = place % frames.length;
    let saved = "";
    const answers = frames.map((detections, index) => {
      if (index === cut) saved = JSON.stringify(tracker.snapshot());
      return tracker.update(index, index / FPS, detections);
    });
    const resumed = createTracker();
    resumed.restore(JSON.parse(saved));
    const again = frames.slice(cut).map((detections, i) => resumed.update(cut + i, (cut + i) / FPS, detections));
    assert.deepEqual(again, answers.slice(cut));
  }));
});

Deno.test("update() refuses frames out of order and broken detections, and names the field", () => {
  const tracker = createTracker();
  tracker.update(3, 1, []);
  assert.throws(() => tracker.update(3, 1, []), InputError);
  assert.throws(() => tracker.update(4, 0.5, []), InputError);
  const good = sight(RIGHTWARD, 0);
  const keypoints = good.keypoints.slice();
  keypoints[7] = NaN;
  assert.throws(() => tracker.update(4, 1, [good, { ...good, keypoints }]), /detections\[1\]\.keypoints\[2\]\[1\]/);
  assert.throws(() => tracker.update(4, 1, [{ ...good, keypoints: new Float32Array(50) }]), ShapeError);
  assert.throws(() => tracker.update(4, 1, [{ ...good, box: [0, 0, -1, 1] }]), /detections\[0\]\.box\[2\]/);
  assert.equal(tracker.snapshot().index, 3);
});

Deno.test("createTracker() refuses options out of range", () => {
  assert.throws(() => createTracker({ gapSeconds: -1 }), RangeError);
  assert.throws(() => createTracker({ highScore: NaN }), RangeError);
  assert.throws(() => createTracker({ lowScore: 0.5, highScore: 0.4 }), RangeError);
});
