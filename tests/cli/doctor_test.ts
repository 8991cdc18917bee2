import assert from "node:assert/strict";
import { join } from "node:path";
import { UsageError } from "../../src/cli/command.ts";
import { COMMAND, type DoctorReport, runDoctor } from "../../src/cli/commands/doctor.ts";
import type { DevicesFound } from "../../src/runtime/mod.ts";
import { damage, keepingHost, packFolder } from "./_packs.ts";

const NO_GPU: DevicesFound = { webgpu: null, webgpuNote: "navigator.gpu gave no adapter", cores: 4 };
const SOFT: DevicesFound = {
  webgpu: {
    name: "llvmpipe (LLVM 15)",
    software: true,
    features: ["shader-f16"],
    limits: { maxBufferSize: 2 ** 31, maxStorageBufferBindingSize: 2 ** 27 },
  },
  webgpuNote: "software adapter llvmpipe (LLVM 15)",
  cores: 2,
};

async function doctor(
  flags: Record<string, string | boolean>,
  found: DevicesFound,
  roots: string[],
): Promise<{ code: number; text: string }> {
  const host = keepingHost();
  const code = await runDoctor({ positionals: [], flags }, host, { probe: () => Promise.resolve(found), roots });
  return { code, text: host.printed.join("\n") };
}

Deno.test("doctor prints versions, devices, decoders, and the choice for every graph with its reasons", async () => {
  await using place = await packFolder();
  const { code, text } = await doctor({}, SOFT, [place.root]);
  assert.equal(code, 0);
  assert.match(text, /^diffpose \d+\.\d+\.\d+, onnxruntime-web 1\.30\.0, Deno \d/);
  assert.match(text, /webgpu +llvmpipe \(LLVM 15\): software, never taken by auto, with shader-f16/);
  assert.match(text, /decoder +video: ffmpeg/);
  assert.match(text, /pack +tiny 1\.0\.0, .*tiny: whole/);
  assert.match(
    text,
    /add: wasm \(the only adapter is software: llvmpipe .*\), q8 \(int8 .*\), 1 thread \(a small graph\)/,
  );
});

Deno.test("doctor --json is one value with the same facts", async () => {
  await using place = await packFolder();
  const { code, text } = await doctor({ json: true, dtype: "fp32", threads: "2" }, NO_GPU, [place.root]);
  assert.equal(code, 0);
  const report = JSON.parse(text) as DoctorReport;
  assert.equal(report.usable, true);
  assert.equal(report.devices.cores, 4);
  assert.deepEqual(report.packs.map((pack) => [pack.name, pack.problems]), [["tiny", []]]);
  const plan = report.packs[0]!.graphs[0]!.plan!;
  assert.deepEqual([plan.device, plan.dtype, plan.threads], ["wasm", "fp32", 2]);
});

Deno.test("doctor lists what a compiled binary carries, and nothing otherwise", async () => {
  await using place = await packFolder();
  const file = { kind: "wasm", name: "ort.wasm.br", bytes: 3 * 2 ** 20, stored: 2 ** 19, sha256: "00" } as const;
  const run = async (embedded: readonly (typeof file)[] | null): Promise<string> => {
    const host = keepingHost();
    const parts = {
      probe: () => Promise.resolve(NO_GPU),
      roots: [place.root],
      embedded: () => Promise.resolve(embedded),
    };
    assert.equal(await runDoctor({ positionals: [], flags: {} }, host, parts), 0);
    return host.printed.join("\n");
  };
  assert.match(await run([file]), /embedded +wasm ort\.wasm\.br: 3\.0 MiB, 0\.5 MiB in this binary/);
  assert.doesNotMatch(await run(null), /embedded/);
  assert.doesNotMatch((await doctor({}, NO_GPU, [place.root])).text, /embedded/);
});

Deno.test("doctor lists a damaged pack as a problem and ends with 0 while another is whole, with 1 when none is", async () => {
  await using broken = await packFolder();
  await using whole = await packFolder();
  await damage(join(broken.tiny, "tiny_fp32.onnx"));
  await Deno.rename(broken.tiny, join(broken.root, "broken"));
  const both = await doctor({}, NO_GPU, [broken.root, whole.root]);
  assert.equal(both.code, 0);
  assert.match(both.text, /pack +broken 1\.0\.0.*NOT USABLE/);
  assert.match(both.text, /problems:\n +pack broken: .*tiny_fp32\.onnx: its sha-256 must be/);
  assert.equal((await doctor({}, NO_GPU, [broken.root])).code, 1);
});

Deno.test("doctor ends with 1 without any pack, and says where it looked", async () => {
  const empty = await Deno.makeTempDir();
  const { code, text } = await doctor({}, NO_GPU, [empty]);
  await Deno.remove(empty);
  assert.equal(code, 1);
  assert.ok(text.includes(`no model pack in ${empty}`));
});

Deno.test("doctor --device webgpu ends with 1 without an adapter and names its state", async () => {
  await using place = await packFolder();
  const { code, text } = await doctor({ device: "webgpu" }, NO_GPU, [place.root]);
  assert.equal(code, 1);
  assert.match(text, /device webgpu cannot be had: navigator\.gpu gave no adapter/);
  const soft = await doctor({ device: "webgpu" }, SOFT, [place.root]);
  assert.equal(soft.code, 0);
  assert.match(soft.text, /add: webgpu \(asked for, though .* software adapter/);
});

Deno.test("doctor keeps a manifest that cannot be read as a problem", async () => {
  await using place = await packFolder();
  await Deno.writeTextFile(join(place.tiny, "manifest.json"), "{");
  const { code, text } = await doctor({}, NO_GPU, [place.root]);
  assert.equal(code, 1);
  assert.match(text, /pack tiny: .*manifest\.json: the manifest must be JSON/);
});

Deno.test("doctor refuses a thread count that is no count", async () => {
  await assert.rejects(COMMAND.run({ positionals: [], flags: { threads: "many" } }, keepingHost()), UsageError);
});
