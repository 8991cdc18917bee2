import assert from "node:assert/strict";
import { InputError } from "../../src/core/errors.ts";
import { openOrtSession, type OrtModule } from "../../src/runtime/ort.ts";
import { createQueue } from "../../src/runtime/queue.ts";
import type { Tensor } from "../../src/runtime/session.ts";

/** What the double saw, in order. */
type Log = string[];

/** Stands in for onnxruntime: doubles its one input, fails on a negative first value, and notices overlapping calls. */
function doubleOrt(log: Log, metadata: { type?: string } = {}): OrtModule {
  let running = 0;
  const alone = async <T>(what: string, work: () => T): Promise<T> => {
    assert.equal(++running, 1, `${what} overlaps another call`);
    log.push(`${what} begins`);
    for (let i = 0; i < 4; i++) await Promise.resolve();
    running--;
    log.push(`${what} ends`);
    return work();
  };
  class FakeTensor {
    constructor(readonly type: string, readonly data: Float32Array, readonly dims: number[]) {}
    getData = () => Promise.resolve(this.data);
    dispose = () => log.push("tensor disposed");
  }
  const value = (name: string) => ({ name, isTensor: true, type: metadata.type ?? "float32", shape: ["batch", 2] });
  const session = {
    inputNames: ["x"],
    outputNames: ["y"],
    inputMetadata: [value("x")],
    outputMetadata: [value("y")],
    run: (feeds: { x: FakeTensor }) =>
      alone(`run ${feeds.x.data[0]}`, () => {
        if (feeds.x.data[0]! < 0) throw new Error("negative");
        return { y: new FakeTensor("float32", feeds.x.data.map((v) => 2 * v), feeds.x.dims) };
      }),
    release: () => alone("release", () => undefined),
  };
  const InferenceSession = {
    create: (_: Uint8Array, { graphOptimizationLevel: level }: { graphOptimizationLevel: string }) => {
      log.push(`level ${level}`);
      return alone("create", () => session);
    },
  };
  return { InferenceSession, Tensor: FakeTensor } as unknown as OrtModule;
}

const open = (log: Log, metadata?: { type?: string }) =>
  openOrtSession(doubleOrt(log, metadata), new Uint8Array(1), {
    graph: "twice",
    device: "wasm",
    dtype: "fp32",
    queue: createQueue(),
  });
const feed = (first: number): { x: Tensor } => ({ x: { data: Float32Array.of(first, 1), dims: [1, 2] } });

Deno.test("openOrtSession() queues overlapping runs, and a failing one does not stop the next", async () => {
  const log: Log = [];
  const session = await open(log);
  const results = await Promise.allSettled([session.run(feed(1)), session.run(feed(-1)), session.run(feed(3))]);
  assert.deepEqual(results.map((result) => result.status), ["fulfilled", "rejected", "fulfilled"]);
  assert.deepEqual([...(results[2] as PromiseFulfilledResult<Record<string, Tensor>>).value["y"]!.data], [6, 2]);
  assert.match(
    String((results[1] as PromiseRejectedResult).reason),
    /Cannot run graph twice with x \[1, 2\]: negative/,
  );
});

Deno.test("openOrtSession() releases once, after the runs that are already queued, and refuses later runs", async () => {
  const log: Log = [];
  const session = await open(log);
  const pending = session.run(feed(5));
  await session[Symbol.asyncDispose]();
  await session[Symbol.asyncDispose]();
  assert.equal((await pending)["y"]!.data[0], 10);
  assert.deepEqual(log.filter((line) => line !== "tensor disposed").slice(3), [
    "run 5 begins",
    "run 5 ends",
    "release begins",
    "release ends",
  ]);
  await assert.rejects(session.run(feed(1)), { message: "Cannot run graph twice as its session was disposed" });
});

Deno.test("openOrtSession() disposes the tensors that it hands out as arrays", async () => {
  const log: Log = [];
  const session = await open(log);
  await session.run(feed(1));
  assert.equal(log.at(-1), "tensor disposed");
});

Deno.test("openOrtSession() refuses graphs whose inputs are not float32, and gives the memory back", async () => {
  const log: Log = [];
  await assert.rejects(open(log, { type: "int64" }), (error) => {
    assert.ok(error instanceof InputError);
    assert.match(error.message, /graph twice: its input x must be float32, in every dtype of the weights: int64/);
    return true;
  });
  assert.equal(log.at(-1), "release ends");
});

Deno.test("openOrtSession() optimises no graph anew on WASM that holds its optimisation, and any other one", async () => {
  for (
    const [device, optimised, level] of [
      ["wasm", true, "disabled"],
      ["wasm", false, "all"],
      ["wasm", undefined, "all"],
      ["webgpu", true, "all"],
    ] as const
  ) {
    const log: Log = [];
    const options = { graph: "twice", device, dtype: "q8", queue: createQueue() } as const;
    await openOrtSession(
      doubleOrt(log),
      new Uint8Array(1),
      optimised === undefined ? options : { ...options, optimised },
    );
    assert.equal(log[0], `level ${level}`);
  }
});
