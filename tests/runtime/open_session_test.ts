import assert from "node:assert/strict";
import { InputError } from "../../src/core/errors.ts";
import {
  createRuntime,
  type DevicesFound,
  loadPack,
  openSession,
  type Pack,
  planSession,
} from "../../src/runtime/mod.ts";
import { memorySource, readGolden, tinyFiles } from "./_tiny.ts";

/** Taken before any test opens a session: loading the runtime is what could change them. */
const GLOBALS_BEFORE = Object.getOwnPropertyDescriptors(globalThis);

/** float32 against NumPy float64 for sums of eight products of values near 1: a few units of 2^-23. */
const FP32_TOLERANCE = 1e-6;

/** Two int8 roundings (inputs and weights) of values up to about 2.5 in sums of eight. */
const Q8_TOLERANCE = 0.1;

const NO_GPU: DevicesFound = { webgpu: null, webgpuNote: "navigator.gpu gave no adapter", cores: 4 };
const GPU: DevicesFound = {
  webgpu: {
    name: "Test GPU",
    software: false,
    features: [],
    limits: { maxBufferSize: 1, maxStorageBufferBindingSize: 1 },
  },
  webgpuNote: "adapter Test GPU",
  cores: 4,
};

// deno-lint-ignore no-explicit-any -- tests break the manifest in every way
const tinyPack = async (change?: (manifest: any) => void): Promise<Pack> =>
  await loadPack(memorySource(await tinyFiles(change)));

function farthest(values: ArrayLike<number>, expected: readonly number[]): number {
  assert.equal(values.length, expected.length);
  return Math.max(...expected.map((value, i) => Math.abs(value - values[i]!)));
}

Deno.test("openSession() on WASM with one thread agrees with NumPy, and takes any batch", async () => {
  const { feeds, sum } = await readGolden();
  await using session = await openSession(await tinyPack(), "add", { device: "wasm", dtype: "fp32", threads: 1 });
  assert.deepEqual([session.device, session.dtype, session.threads], ["wasm", "fp32", 1]);
  assert.deepEqual([session.inputs, session.outputs], [["x", "shift"], ["sum"]]);
  const answer = (await session.run(feeds))["sum"]!;
  assert.deepEqual(answer.dims, [3, 4]);
  assert.ok(farthest(answer.data, sum) < FP32_TOLERANCE);
  const first = await session.run({
    x: { data: feeds["x"]!.data.slice(0, 8), dims: [1, 8] },
    shift: { data: feeds["shift"]!.data.slice(0, 4), dims: [1, 4] },
  });
  assert.ok(farthest(first["sum"]!.data, sum.slice(0, 4)) < FP32_TOLERANCE);
});

Deno.test("openSession() on WASM with two threads agrees with NumPy; a third count is reported, not obeyed", async () => {
  const { feeds, sum } = await readGolden();
  const pack = await tinyPack();
  const warnings: string[] = [];
  await using two = await openSession(pack, "add", { device: "wasm", dtype: "fp32", threads: 2 });
  await using three = await openSession(pack, "add", {
    device: "wasm",
    dtype: "fp32",
    threads: 3,
    onWarning: (text) => warnings.push(text),
  });
  assert.deepEqual([two.threads, three.threads], [2, 2]);
  assert.match(warnings.join(), /graph add runs with 2 threads, not 3/);
  assert.ok(farthest((await two.run(feeds))["sum"]!.data, sum) < FP32_TOLERANCE);
  assert.ok(farthest((await three.run(feeds))["sum"]!.data, sum) < FP32_TOLERANCE);
});

Deno.test("openSession() runs q8 within its rounding, and auto takes it on WASM", async () => {
  const { feeds, sum } = await readGolden();
  await using session = await openSession(await tinyPack(), "add", {
    runtime: createRuntime({ probe: () => Promise.resolve(NO_GPU) }),
  });
  assert.deepEqual([session.device, session.dtype], ["wasm", "q8"]);
  const error = farthest((await session.run(feeds))["sum"]!.data, sum);
  assert.ok(error < Q8_TOLERANCE && error > 0);
});

Deno.test("openSession() gives the same bits for overlapping runs as for runs in turn", async () => {
  const { feeds } = await readGolden();
  await using session = await openSession(await tinyPack(), "add", { device: "wasm", dtype: "fp32" });
  const scaled = (k: number) => ({ ...feeds, x: { dims: [3, 8], data: feeds["x"]!.data.map((v) => v * k) } });
  const inTurn = [];
  for (const k of [1, 2, 3, 4]) inTurn.push((await session.run(scaled(k)))["sum"]!.data);
  const overlapping = await Promise.all([1, 2, 3, 4].map((k) => session.run(scaled(k))));
  assert.deepEqual(overlapping.map((answer) => answer["sum"]!.data), inTurn);
});

Deno.test("openSession() names graph and input when the feeds do not fit, and says when it was disposed", async () => {
  const { feeds } = await readGolden();
  const session = await openSession(await tinyPack(), "add", { device: "wasm", dtype: "fp32" });
  await assert.rejects(session.run({ x: feeds["x"]! }), /Cannot run graph tiny\/add as input shift must be fed/);
  // The batch sizes differ: only the runtime can see that.
  const short = { data: new Float32Array(8), dims: [2, 4] };
  await assert.rejects(
    session.run({ ...feeds, shift: short }),
    /Cannot run graph tiny\/add with x \[3, 8\], shift \[2, 4\]/,
  );
  await session[Symbol.asyncDispose]();
  await assert.rejects(session.run(feeds), /session was disposed/);
});

Deno.test("openSession() refuses webgpu without an adapter and names its state", async () => {
  const runtime = createRuntime({ probe: () => Promise.resolve(NO_GPU) });
  await assert.rejects(openSession(await tinyPack(), "add", { device: "webgpu", runtime }), {
    name: "InputError",
    message: "device webgpu: a WebGPU adapter must be present: navigator.gpu gave no adapter",
  });
});

Deno.test("openSession() does not probe the GPU when wasm is asked for, and probes once otherwise", async () => {
  let probes = 0;
  const runtime = createRuntime({
    probe: () => {
      probes++;
      return Promise.resolve(NO_GPU);
    },
  });
  const pack = await tinyPack();
  await (await openSession(pack, "add", { device: "wasm", runtime }))[Symbol.asyncDispose]();
  assert.equal(probes, 0);
  await (await openSession(pack, "add", { runtime }))[Symbol.asyncDispose]();
  await (await openSession(pack, "add", { runtime }))[Symbol.asyncDispose]();
  assert.equal(probes, 1);
});

Deno.test("openSession() refuses a graph, a dtype, weights and a manifest that do not hold together", async () => {
  const wasm = { device: "wasm" } as const;
  await assert.rejects(openSession(await tinyPack(), "sub", wasm), {
    name: "InputError",
    message: /graph named sub: it has add/,
  });
  await assert.rejects(openSession(await tinyPack(), "constructor", wasm), { name: "InputError" });
  await assert.rejects(openSession(await tinyPack(), "add", { ...wasm, dtype: "fp16" }), {
    name: "InputError",
    message: /dtype fp16: graph add must have usable weights: the pack has fp32, q8/,
  });
  const renamed = await tinyPack((manifest) => manifest.graphs.add.inputs[0].name = "points");
  await assert.rejects(openSession(renamed, "add", wasm), {
    name: "InputError",
    message: /graph tiny\/add: its inputs must be those of the manifest, points, shift: x, shift/,
  });
});

Deno.test("openSession() refuses bytes that are no ONNX graph and int64 inputs", async () => {
  const files = await tinyFiles();
  const { sha256 } = await import("../../src/runtime/pack.ts");
  const packOf = async (file: string, bytes: Uint8Array): Promise<Pack> => {
    const sum = await sha256(bytes);
    const broken = await tinyFiles((m) => Object.assign(m.graphs.add.fp32, { file, bytes: bytes.length, sha256: sum }));
    return await loadPack(memorySource({ ...broken, [file]: bytes }));
  };
  const options = { device: "wasm", dtype: "fp32" } as const;
  const text = await packOf("text.onnx", new TextEncoder().encode("version https://git-lfs.github.com/spec/v1"));
  await assert.rejects(openSession(text, "add", options), {
    name: "InputError",
    message: /must be an ONNX graph that runs on wasm/,
  });
  const whole = await packOf("int.onnx", files["tiny_int.onnx"]!);
  await assert.rejects(openSession(whole, "add", options), {
    name: "InputError",
    message: /input i must be float32.*int64/,
  });
});

Deno.test("openSession() in auto falls back to WASM when the GPU does not take the graph, and says so", async () => {
  const runtime = createRuntime({ probe: () => Promise.resolve(GPU) });
  const warnings: string[] = [];
  // fp32 alone, damaged only for the GPU's reading: the first read fails, the second is whole.
  const files = await tinyFiles((manifest) => delete manifest.graphs.add.q8);
  const source = memorySource(files);
  let reads = 0;
  const pack = await loadPack({
    ...source,
    read: async (name, most) => {
      const bytes = await source.read(name, most);
      return name === "tiny_fp32.onnx" && reads++ === 0 ? bytes.map((byte) => byte ^ 1) : bytes;
    },
  });
  await using session = await openSession(pack, "add", { runtime, onWarning: (text) => warnings.push(text) });
  assert.equal(session.device, "wasm");
  assert.match(warnings.join(), /graph add did not open on webgpu: .*sha-256/);
});

Deno.test("planSession() lists ways in order, with a reason for device, dtype and threads", async () => {
  const spec = (await tinyPack()).manifest.graphs["add"]!;
  assert.deepEqual(planSession(spec, GPU), [
    {
      device: "webgpu",
      dtype: "fp32",
      threads: 1,
      why: { device: "GPU found: Test GPU", dtype: "no usable fp16", threads: "the GPU does the work" },
    },
    {
      device: "wasm",
      dtype: "q8",
      threads: 1,
      why: {
        device: "should the GPU refuse the graph",
        dtype: "int8 is smallest and fastest on wasm",
        threads: "a small graph",
      },
    },
  ]);
  assert.throws(() => planSession(spec, NO_GPU, { device: "webgpu" }), InputError);
});

Deno.test("openSession() leaves every name of globalThis as it was", async () => {
  await using _one = await openSession(await tinyPack(), "add", { device: "wasm", threads: 1 });
  await using _two = await openSession(await tinyPack(), "add", { device: "wasm", threads: 2 });
  const after = Object.getOwnPropertyDescriptors(globalThis);
  assert.deepEqual(Object.keys(after).sort(), Object.keys(GLOBALS_BEFORE).sort());
  const changed = Object.entries(after).filter(([name, { value }]) =>
    !Object.is(value, (GLOBALS_BEFORE as Record<string, PropertyDescriptor>)[name]?.value)
  );
  assert.deepEqual(changed.map(([name]) => name), []);
});

Deno.test("openSession() works in a worker, with one thread and with two", async () => {
  const { sum } = await readGolden();
  for (const threads of [1, 2]) {
    const answer = await askWorker({ threads, device: "wasm" });
    assert.equal(answer.error, undefined);
    assert.equal(answer.threads, threads);
    assert.ok(farthest(answer.sum, sum) < FP32_TOLERANCE);
  }
});

async function askWorker(
  question: { threads: number; device: string },
): Promise<{ sum: number[]; threads: number; error?: string }> {
  const worker = new Worker(new URL("./_session_worker.ts", import.meta.url), { type: "module" });
  try {
    return await new Promise((resolve, reject) => {
      worker.onmessage = (event) => resolve(event.data);
      worker.onerror = (event) => reject(new Error(event.message));
      worker.postMessage(question);
    });
  } finally {
    worker.terminate();
  }
}
