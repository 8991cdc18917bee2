import assert from "node:assert/strict";
import { join } from "node:path";
import { runBench } from "../../src/cli/commands/bench.ts";
import { UsageError } from "../../src/cli/command.ts";
import type { DevicesFound } from "../../src/runtime/mod.ts";
import { diffpose } from "./harness.ts";
import { keepingHost, packFolder } from "./_packs.ts";

const NO_GPU: DevicesFound = { webgpu: null, webgpuNote: "navigator.gpu gave no adapter", cores: 4 };
const SOFT: DevicesFound = {
  webgpu: {
    name: "llvmpipe (LLVM 15)",
    software: true,
    features: [],
    limits: { maxBufferSize: 2 ** 31, maxStorageBufferBindingSize: 2 ** 27 },
  },
  webgpuNote: "software adapter llvmpipe (LLVM 15)",
  cores: 2,
};

async function bench(
  flags: Record<string, string | boolean>,
  options: { found?: DevicesFound; positionals?: string[]; root: string; signal?: AbortSignal },
): Promise<{ code: number; text: string; warned: string }> {
  const { found = NO_GPU, positionals = [], root, signal } = options;
  const host = keepingHost(signal);
  const args = { positionals, flags: { seconds: "0.01", threads: "1", ...flags } };
  const code = await runBench(args, host, { probe: () => Promise.resolve(found), roots: [root] });
  return { code, text: host.printed.join("\n"), warned: host.warned.join("\n") };
}

Deno.test("bench times every variant of every pack, and passes by a software adapter", async () => {
  await using place = await packFolder();
  const { code, text, warned } = await bench({}, { root: place.root, found: SOFT });
  assert.equal(code, 0);
  assert.equal(warned, "tiny: add on wasm, fp32\ntiny: add on wasm, q8");
  assert.match(text, /^tiny 1\.0\.0: every graph once, free axes of size one\n/);
  const rows = text.split("\n").filter((line) => /^wasm/.test(line));
  assert.deepEqual(rows.map((row) => row.split(/ +/).slice(0, 4)), [["wasm", "fp32", "add", "1"], [
    "wasm",
    "q8",
    "add",
    "1",
  ]]);
  assert.doesNotMatch(text, /webgpu/);
});

Deno.test("bench --json is one value with the figures of each graph", async () => {
  await using place = await packFolder();
  const { code, text } = await bench({ json: true, dtype: "q8" }, { root: place.root, positionals: [place.tiny] });
  assert.equal(code, 0);
  const { tool, onnxruntime, cores, webgpu, packs } = JSON.parse(text);
  assert.match(`${tool} ${onnxruntime}`, /^\d+\.\d+\.\d+ 1\.30\.0$/);
  assert.deepEqual([cores, webgpu], [4, null]);
  assert.equal(packs.length, 1);
  const [row] = packs[0].rows;
  assert.deepEqual([row.device, row.dtype, row.problem, row.perSecond], ["wasm", "q8", null, null]);
  const [graph] = row.graphs;
  assert.deepEqual([graph.graph, graph.times, graph.dims], ["add", 1, { x: [1, 8], shift: [1, 4] }]);
  assert.ok(graph.calls >= 3);
  assert.ok(graph.least <= graph.lower && graph.lower <= graph.median && graph.median <= graph.upper, text);
});

Deno.test("bench says why a device cannot be had, and fails when nothing ran", async () => {
  await using place = await packFolder();
  const { code, text } = await bench({ device: "webgpu" }, { root: place.root });
  assert.equal(code, 1);
  assert.match(text, /webgpu +fp32 +Cannot use device webgpu|webgpu.*navigator\.gpu gave no adapter/);
});

Deno.test("bench says which variant a pack lacks, and passes by packs that are broken", async () => {
  await using place = await packFolder();
  const broken = join(place.root, "broken");
  await Deno.mkdir(broken);
  await Deno.writeTextFile(join(broken, "manifest.json"), "{}");
  const { code, text, warned } = await bench({ dtype: "fp16" }, { root: place.root });
  assert.deepEqual([code, text], [1, ""]);
  assert.match(warned, /broken.*format/);
  assert.match(warned, /tiny has no fp16 of every graph/);
});

Deno.test("bench refuses an empty folder, a pack that is none, and numbers out of range", async () => {
  const empty = await Deno.makeTempDir();
  try {
    await assert.rejects(bench({}, { root: empty }), { name: "InputError", message: /must be a pack to time/ });
    await assert.rejects(bench({}, { root: empty, positionals: [empty] }), { name: "InputError" });
    await assert.rejects(bench({ seconds: "0" }, { root: empty }), UsageError);
    await assert.rejects(bench({ threads: "x" }, { root: empty }), UsageError);
  } finally {
    await Deno.remove(empty, { recursive: true });
  }
});

Deno.test("bench ends at Ctrl-C", async () => {
  await using place = await packFolder();
  const stop = new AbortController();
  stop.abort(new Error("Ctrl-C"));
  const { code, err } = await diffpose(["bench", place.tiny, "--seconds", "3600"], stop.signal);
  assert.equal(code, 1);
  assert.match(err, /stopped/);
});
