import assert from "node:assert/strict";
import fc from "fast-check";
import { type LiftedFrame, liftFrames } from "../../src/pipelines/lift_frames.ts";
import { collect } from "../formats/streams.ts";
import { formulaLifter, observedFrames, poseValue, WINDOW } from "./fakes.ts";

const PICTURE = { width: 640, height: 480 };
/** float32 sums of a few terms of order 1. */
const ROUNDING = 1e-5;

function assertFormula(frames: readonly LiftedFrame[]): void {
  for (const { index, people } of frames) {
    for (const { spread } of people) {
      for (let joint = 0; joint < 17; joint++) {
        assert.ok(Math.abs(spread.pose[joint * 3]! - poseValue(index, 1, joint)) < ROUNDING, `frame ${index}`);
        assert.ok(Math.abs(spread.sigma[joint]! - 0.01) < ROUNDING, "0, 1 and 2 hundredths have deviation 0.01");
      }
    }
  }
}

Deno.test("liftFrames() gives every frame once, in order, whatever the length, hop and rate", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: 4 * WINDOW }),
      fc.integer({ min: 1, max: WINDOW }),
      fc.constantFrom(25, 60, 120, 240),
      async (count, hop, fps) => {
        const frames = await collect(
          liftFrames(formulaLifter(), observedFrames(count), { picture: PICTURE, fps, hop }),
        );
        assert.deepEqual(frames.map(({ index }) => index), Array.from({ length: count }, (_, i) => i));
        assertFormula(frames);
      },
    ),
    { numRuns: 60 },
  );
});

Deno.test("liftFrames() follows people who come and go, and starts anew when an identity returns", async () => {
  const present = (frame: number): number[] => [...(frame < 20 ? [1] : []), ...(frame % 30 > 10 ? [2] : []), 3];
  const lifter = formulaLifter();
  const frames = await collect(liftFrames(lifter, observedFrames(50, present), { picture: PICTURE, fps: 25 }));
  assert.equal(frames.length, 50);
  for (const { index, people } of frames) assert.deepEqual(people.map(({ id }) => id), present(index));
  assertFormula(frames);
  for (const { person, frames: window } of lifter.calls) {
    const steps = window.slice(1).map((frame, i) => frame - window[i]!);
    assert.ok(steps.every((step) => step === 1 || step === 0), `person ${person} has a hole: ${window}`);
  }
});

Deno.test("liftFrames() interleaves a fast clip: no window steps less than 60 frames a second allow", async () => {
  const lifter = formulaLifter();
  await collect(liftFrames(lifter, observedFrames(60), { picture: PICTURE, fps: 120 }));
  assert.ok(lifter.calls.some(({ frames }) => frames[0] === 0) && lifter.calls.some(({ frames }) => frames[0] === 1));
  for (const { frames } of lifter.calls) {
    assert.ok(frames.slice(1).every((frame, i) => frame - frames[i]! === 2 || frame === frames[i]), frames.join());
  }
});

Deno.test("liftFrames() spreads a difference between windows over their overlap: no step as large as the difference", async () => {
  const seam = 0.5;
  const hop = 3;
  const frames = await collect(
    liftFrames(formulaLifter({ seam }), observedFrames(60), { picture: PICTURE, fps: 25, hop }),
  );
  const offset = frames.map(({ index, people }) => people[0]!.spread.pose[0]! - poseValue(index, 1, 0));
  const steps = offset.slice(1).map((value, i) => Math.abs(value - offset[i]!));
  assert.ok(Math.max(...steps.slice(WINDOW, -WINDOW)) < seam, `largest step ${Math.max(...steps)} of ${2 * seam}`);
});

Deno.test("liftFrames() from a frame on gives the same numbers, and computes fewer windows", async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 0, max: 45 }), async (count, from) => {
      const whole = formulaLifter();
      const part = formulaLifter();
      const options = { picture: PICTURE, fps: 25, hop: 4 };
      const all = await collect(liftFrames(whole, observedFrames(count), options));
      const rest = await collect(liftFrames(part, observedFrames(count), { ...options, from }));
      assert.deepEqual(rest, all.filter(({ index }) => index >= from));
      assert.ok(part.calls.length <= whole.calls.length);
      if (from >= count) assert.equal(part.calls.length, 0);
    }),
    { numRuns: 60 },
  );
});

Deno.test("liftFrames() halves the scores of frames repeated beyond the end of a track", async () => {
  const lifter = formulaLifter();
  await collect(liftFrames(lifter, observedFrames(4), { picture: PICTURE, fps: 25 }));
  assert.equal(lifter.calls.length, 1);
  const { frames, points } = lifter.calls[0]!;
  assert.deepEqual(frames, [0, 1, 2, 3, 3, 3, 3, 3, 3]);
  const scores = frames.map((_, slot) => points[slot * 51 + 2]!);
  assert.deepEqual(scores, [...Array(4).fill(Math.fround(0.9)), ...Array(5).fill(Math.fround(Math.fround(0.9) * 0.5))]);
});

Deno.test("liftFrames() holds back no more than a window and a hop", async () => {
  let given = 0;
  let most = 0;
  async function* counted(): AsyncGenerator<Awaited<ReturnType<typeof collect>>[number]> {
    for await (const frame of observedFrames(200)) {
      given++;
      yield frame;
    }
  }
  let taken = 0;
  const frames = counted() as ReturnType<typeof observedFrames>;
  for await (const _ of liftFrames(formulaLifter(), frames, { picture: PICTURE, fps: 25 })) {
    most = Math.max(most, given - ++taken);
  }
  assert.equal(taken, 200);
  assert.ok(most <= 2 * WINDOW, `${most} frames were held back`);
});
