import assert from "node:assert/strict";
import fc from "fast-check";
import { shareWindows, type WindowEstimator } from "../../src/cli/share_windows.ts";
import type { VideoEstimate, VideoWindow } from "../../src/systems/diffpose_video/mod.ts";

const window = (frame: number): VideoWindow => ({ person: 0, frame, features: [] });
const estimateOf = (frame: number): VideoEstimate => ({ sets: frame }) as VideoEstimate;

/** Answers when it is told to, oldest first. */
function patient(): WindowEstimator & { readonly waiting: (() => void)[] } {
  const waiting: (() => void)[] = [];
  return {
    waiting,
    estimate: ({ frame }) => new Promise((resolve) => waiting.push(() => resolve(estimateOf(frame)))),
  };
}

Deno.test("shareWindows() gives the worker no more than it may have waiting, whoever answers in which order", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.boolean(), { minLength: 1, maxLength: 40 }), async (events) => {
      const worker = patient();
      let here = 0;
      const both = shareWindows(worker, {
        estimate: ({ frame }) => {
          assert.equal(worker.waiting.length, 3, "computed here though the worker was free");
          here++;
          return Promise.resolve(estimateOf(frame));
        },
      }, 3);
      const answers: Promise<VideoEstimate>[] = [];
      for (const asks of events) {
        if (asks) answers.push(both.estimate(window(answers.length)));
        else worker.waiting.shift()?.();
        await new Promise((resolve) => setTimeout(resolve, 0));
        assert.ok(worker.waiting.length <= 3);
      }
      const all = Promise.all(answers);
      let done = false;
      all.finally(() => done = true);
      while (!done) {
        worker.waiting.shift()?.();
        await new Promise((resolve) => setTimeout(resolve, 0));
      }
      assert.deepEqual((await all).map(({ sets }) => sets), answers.map((_, frame) => frame));
      assert.ok(here <= Math.max(0, answers.length - 3));
    }),
    { numRuns: 30 },
  );
});

Deno.test("shareWindows() counts answers that came while this thread was at work", async () => {
  const answered: string[] = [];
  const who = (name: string, slow: boolean): WindowEstimator => ({
    estimate: async ({ frame }) => {
      answered.push(name);
      if (slow) await new Promise((resolve) => setTimeout(resolve, 0));
      return estimateOf(frame);
    },
  });
  const both = shareWindows(who("worker", true), who("here", false), 1);
  const first = both.estimate(window(0));
  // No turn of events between the two: the first answer is there, but not yet heard of.
  const second = both.estimate(window(1));
  await Promise.all([first, second]);
  assert.deepEqual(answered, ["worker", "worker"]);
});

Deno.test("shareWindows() counts a window that failed as done", async () => {
  const failing: WindowEstimator = { estimate: () => Promise.reject(new Error("broken")) };
  const here: WindowEstimator = { estimate: () => Promise.reject(new Error("must not be asked")) };
  const both = shareWindows(failing, here, 1);
  for (let frame = 0; frame < 3; frame++) await assert.rejects(both.estimate(window(frame)), /broken/);
});
