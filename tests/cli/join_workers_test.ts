import assert from "node:assert/strict";
import { joinWorkers, type StillHands } from "../../src/cli/join_workers.ts";
import type { StillWorkers } from "../../src/cli/open_still_workers.ts";
import type { Tensor } from "../../src/runtime/session.ts";
import { fakeBackbone } from "../systems/heatmap_poses/_fakes.ts";

/** Keeps a log of who is asked. */
function hands(log: string[]): StillHands & { workers: StillWorkers } {
  const note = <T>(text: string, answer: T) => () => {
    log.push(text);
    return Promise.resolve(answer);
  };
  const outputs: Record<string, Tensor> = {};
  return {
    backbone: { ...fakeBackbone(), run: note("look here", outputs) },
    estimate: note("estimate here", []),
    workers: {
      look: note("look there", outputs),
      estimate: note("estimate there", []),
      [Symbol.asyncDispose]: note("end", undefined),
    },
  };
}

Deno.test("joinWorkers() starts workers once, after some people, and asks them when they are ready", async () => {
  const log: string[] = [];
  const { workers, ...here } = hands(log);
  const ready = Promise.withResolvers<StillWorkers>();
  let started = 0;
  {
    await using joined = joinWorkers(here, () => (started++, ready.promise), { after: 2 });
    for (const [run, wanted] of [0, 0, 1, 1].entries()) {
      await joined.backbone.run({});
      assert.equal(started, wanted, `run ${run}`);
    }
    await joined.estimate([]);
    ready.resolve(workers);
    await ready.promise;
    await Promise.resolve();
    await joined.backbone.run({});
    await joined.estimate([]);
  }
  const looks = Array(4).fill("look here");
  assert.deepEqual(log, [...looks, "estimate here", "look there", "estimate there", "end"]);
});

Deno.test("joinWorkers() goes on here when no worker can be started, and says so once", async () => {
  const log: string[] = [];
  const told: string[] = [];
  const { workers: _, ...here } = hands(log);
  await using joined = joinWorkers(here, () => Promise.reject(new Error("no room")), {
    after: 0,
    onWarning: (text) => told.push(text),
  });
  for (let run = 0; run < 3; run++) await joined.backbone.run({});
  await joined.estimate([]);
  assert.deepEqual(log, ["look here", "look here", "look here", "estimate here"]);
  assert.deepEqual(told, ["no worker could be started, people take turns: no room"]);
});

Deno.test("joinWorkers() stops workers that are being started when it is disposed, without a word", async () => {
  const told: string[] = [];
  const { workers: _, ...here } = hands([]);
  const open = (signal: AbortSignal): Promise<StillWorkers> =>
    new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  const joined = joinWorkers(here, open, { after: 0, onWarning: (text) => told.push(text) });
  await joined.backbone.run({});
  await joined[Symbol.asyncDispose]();
  assert.deepEqual(told, []);
});
