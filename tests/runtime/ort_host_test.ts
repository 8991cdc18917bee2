/** The host's own onnxruntime, stood in for by one with as little as a real host has: no metadata, no release. */
import assert from "node:assert/strict";
import { planDevices } from "../../src/runtime/device_plan.ts";
import { loadPack } from "../../src/runtime/pack.ts";
import { openSession } from "../../src/runtime/open_session.ts";
import { importOrt } from "../../src/runtime/ort_entry.ts";
import { type HostOrt, hostOrt, openHost } from "../../src/runtime/ort_host.ts";
import { createQueue } from "../../src/runtime/queue.ts";
import { createRuntime } from "../../src/runtime/runtime.ts";
import { memorySource, readFixture, readGolden, tinyFiles } from "./_tiny.ts";

const KEY = Symbol.for("onnxruntime");
/** The tiny graph adds a few float32 numbers of order 1. */
const TOLERANCE = 1e-5;

/** What Supabase's edge runtime offers, on top of the WASM build. */
async function smallHost(): Promise<HostOrt & { created: number }> {
  const ort = await importOrt("plain");
  ort.env.wasm.numThreads = 1;
  const host = {
    created: 0,
    env: {},
    Tensor: ort.Tensor as unknown as HostOrt["Tensor"],
    InferenceSession: {
      create: async (bytes: Uint8Array) => {
        host.created++;
        const inner = await ort.InferenceSession.create(bytes);
        return {
          inputNames: inner.inputNames,
          outputNames: inner.outputNames,
          run: async (feeds: object) => {
            const answers = await inner.run(feeds as Parameters<typeof inner.run>[0]);
            return Object.fromEntries(
              Object.entries(answers).map(([name, { data, dims }]) => [name, { data: data as Float32Array, dims }]),
            );
          },
        };
      },
    },
  };
  return host;
}

async function offered(body: (host: Awaited<ReturnType<typeof smallHost>>) => Promise<void>): Promise<void> {
  const host = await smallHost();
  Object.defineProperty(globalThis, KEY, { value: host, configurable: true });
  try {
    await body(host);
  } finally {
    delete (globalThis as Record<symbol, unknown>)[KEY];
  }
}

Deno.test("hostOrt() is null where the host offers nothing that runs graphs", () => {
  assert.equal(hostOrt(), null);
  assert.equal(hostOrt({ [KEY]: null }), null);
  assert.equal(hostOrt({ [KEY]: { Tensor: class {} } }), null);
});

Deno.test("openSession() on native gives NumPy's numbers, and auto takes it", async () => {
  const pack = await loadPack(memorySource(await tinyFiles()));
  const { feeds, sum } = await readGolden();
  await offered(async (host) => {
    for (const device of ["native", "auto"] as const) {
      await using session = await openSession(pack, "add", { device, dtype: "fp32", runtime: createRuntime() });
      assert.equal(session.device, "native");
      const answer = (await session.run(feeds))["sum"]!;
      answer.data.forEach((value, i) => assert.ok(Math.abs(value - sum[i]!) < TOLERANCE));
    }
    assert.equal(host.created, 2);
  });
});

Deno.test("openSession() refuses native where the host offers none, and never falls back", async () => {
  const pack = await loadPack(memorySource(await tinyFiles()));
  await assert.rejects(
    openSession(pack, "add", { device: "native", runtime: createRuntime() }),
    /device native: the host must offer an onnxruntime/,
  );
});

Deno.test("openHost() names a graph that the host refuses, wrong feeds, and a session that was disposed", async () => {
  const host = await smallHost();
  const spec = { inputs: [{ name: "x", shape: ["batch", 8] }, { name: "shift", shape: ["batch", 4] }] };
  const options = { graph: "tiny/add", dtype: "fp32", queue: createQueue() } as const;
  await assert.rejects(openHost(new Uint8Array(8), spec, options, host), /graph tiny\/add: must be an ONNX graph/);
  const session = await openHost(await readFixture("tiny_fp32.onnx"), spec, options, host);
  const { feeds } = await readGolden();
  await assert.rejects(session.run({ x: feeds["x"]! }), /input shift must be fed/);
  await session[Symbol.asyncDispose]();
  await assert.rejects(session.run(feeds), /was disposed/);
});

Deno.test("planDevices() puts the host's runtime first, and wasm behind it", () => {
  const found = { webgpu: null, webgpuNote: "", cores: 1, native: true };
  const plan = planDevices("auto", found);
  assert.deepEqual(plan.kind === "plan" && plan.devices.map(({ device }) => device), ["native", "wasm"]);
  assert.equal(planDevices("native", { ...found, native: false }).kind, "refused");
});
