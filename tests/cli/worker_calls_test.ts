import assert from "node:assert/strict";
import { buffersIn } from "../../src/cli/worker_answers.ts";
import { AnswerError, type WorkerCalls, workerCalls } from "../../src/cli/worker_calls.ts";
import type { TriedFunctions } from "./_worker.ts";

function start(): WorkerCalls<TriedFunctions> {
  const worker = new Worker(new URL("./_worker.ts", import.meta.url), { type: "module" });
  return workerCalls<TriedFunctions>(worker, "The worker");
}

Deno.test("workerCalls() calls functions of a worker, several at a time; what it gives stays", async () => {
  using worker = start();
  const given = Float32Array.of(1, 2);
  const calls = [given, Float32Array.of(5)].map((values) => worker.call("double", [values]));
  assert.equal(worker.busy, 2);
  const [first, second] = await Promise.all(calls);
  assert.deepEqual(first, {
    values: Float32Array.of(2, 4),
    both: [Float32Array.of(2, 4), Float32Array.of(4)],
  });
  assert.deepEqual(second!.values, Float32Array.of(10));
  assert.deepEqual(given, Float32Array.of(1, 2));
  assert.equal(worker.busy, 0);
});

Deno.test("workerCalls() tells a function that fails from a worker that stops", async () => {
  using worker = start();
  await assert.rejects(worker.call("refuse", ["no reason"]), (error) => {
    assert.ok(error instanceof AnswerError);
    assert.equal(error.message, "no reason");
    return true;
  });
  assert.deepEqual((await worker.call("double", [Float32Array.of(1)])).values, Float32Array.of(2));
  const waiting = worker.call("never", []);
  const stopped = { name: "Error", message: /The worker stopped: .*crash/ };
  await Promise.all([assert.rejects(waiting, stopped), assert.rejects(worker.call("crash", []), stopped)]);
  await assert.rejects(worker.call("double", [new Float32Array(1)]), stopped);
});

Deno.test("workerCalls() gives a call up when told to, and all of them when it is disposed", async () => {
  const worker = start();
  const stop = new AbortController();
  const aborted = worker.call("never", [], stop.signal);
  stop.abort(new Error("stop"));
  await assert.rejects(aborted, /stop/);
  await assert.rejects(worker.call("never", [], stop.signal), /stop/);
  const waiting = worker.call("never", []);
  worker[Symbol.dispose]();
  await assert.rejects(waiting, /The worker was ended/);
});

Deno.test("buffersIn() finds each memory once, and none that is shared", () => {
  const values = new Float32Array(4);
  const shared = new Float32Array(new SharedArrayBuffer(8));
  const found = buffersIn({
    a: [values, values.subarray(2)],
    b: { c: shared, d: new Uint8Array(1) },
    e: null,
    f: "text",
  });
  assert.deepEqual([...found].map(({ byteLength }) => byteLength), [16, 1]);
});
