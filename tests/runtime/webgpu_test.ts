import assert from "node:assert/strict";
import { loadPack, openSession, probeDevices } from "../../src/runtime/mod.ts";
import { memorySource, readGolden, tinyFiles } from "./_tiny.ts";

/** The project's bound between devices: other orders of summation and other exponentials, far below a pixel. */
const DEVICE_TOLERANCE = 1e-3;

// Any adapter will do here, a software one too: it runs the same shaders.
const found = await probeDevices();
const ignore = found.webgpu === null;
// deno-lint-ignore no-console -- an ignored test must say why
if (ignore) console.warn(`WebGPU tests are ignored: ${found.webgpuNote}`);

Deno.test({
  name: "openSession() on WebGPU agrees with WASM, also after release and reopening, and for overlapping runs",
  ignore,
  fn: async () => {
    const pack = await loadPack(memorySource(await tinyFiles()));
    const { feeds } = await readGolden();
    await using wasm = await openSession(pack, "add", { device: "wasm", dtype: "fp32" });
    const expected = (await wasm.run(feeds))["sum"]!;
    for (let round = 0; round < 2; round++) {
      await using gpu = await openSession(pack, "add", { device: "webgpu", dtype: "fp32" });
      assert.equal(gpu.device, "webgpu");
      for (const answer of await Promise.all([gpu.run(feeds), gpu.run(feeds), gpu.run(feeds)])) {
        const sum = answer["sum"]!;
        assert.deepEqual(sum.dims, expected.dims);
        expected.data.forEach((value, i) => assert.ok(Math.abs(value - sum.data[i]!) < DEVICE_TOLERANCE));
      }
    }
  },
});

Deno.test({
  name: "openSession() on WebGPU warns of a software adapter, and auto never takes one",
  ignore: !found.webgpu?.software,
  fn: async () => {
    const pack = await loadPack(memorySource(await tinyFiles()));
    const warnings: string[] = [];
    await using gpu = await openSession(pack, "add", { device: "webgpu", onWarning: (text) => warnings.push(text) });
    assert.equal(gpu.device, "webgpu");
    assert.match(warnings.join(), /software adapter/);
    await using auto = await openSession(pack, "add");
    assert.equal(auto.device, "wasm");
  },
});
