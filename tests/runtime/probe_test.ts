import assert from "node:assert/strict";
import { type AdapterLike, coresOnly, probeDevices } from "../../src/runtime/probe.ts";

const withAdapter = (adapter: AdapterLike | null) => ({
  hardwareConcurrency: 6,
  gpu: { requestAdapter: () => Promise.resolve(adapter) },
});

Deno.test("probeDevices() reports an absent navigator.gpu, an absent adapter and a failing request", async () => {
  assert.deepEqual(await probeDevices({}), { webgpu: null, webgpuNote: "navigator.gpu is absent", cores: 1 });
  assert.equal((await probeDevices(withAdapter(null))).webgpuNote, "navigator.gpu gave no adapter");
  const failing = { gpu: { requestAdapter: () => Promise.reject(new Error("driver lost")) } };
  assert.match((await probeDevices(failing)).webgpuNote, /driver lost/);
});

Deno.test("probeDevices() reads name, features and limits of an adapter", async () => {
  const found = await probeDevices(withAdapter({
    info: { description: "NVIDIA L4", vendor: "4318", device: "10168", architecture: "" },
    features: new Set(["timestamp-query", "shader-f16"]),
    limits: { maxBufferSize: 1000, maxStorageBufferBindingSize: 500, other: 1 },
  }));
  assert.deepEqual(found, {
    webgpu: {
      name: "NVIDIA L4",
      software: false,
      features: ["shader-f16", "timestamp-query"],
      limits: { maxBufferSize: 1000, maxStorageBufferBindingSize: 500 },
    },
    webgpuNote: "adapter NVIDIA L4",
    cores: 6,
  });
});

Deno.test("probeDevices() sees software adapters by name in any field and by the fallback flags", async () => {
  const infos: AdapterLike[] = [
    { info: { description: "llvmpipe (LLVM 15)" } },
    { info: { vendor: "google", architecture: "swiftshader", description: "" } },
    { info: { description: "Some GPU", isFallbackAdapter: true } },
    { info: { description: "Some GPU" }, isFallbackAdapter: true },
  ];
  for (const adapter of infos) {
    const { webgpu } = await probeDevices(withAdapter(adapter));
    assert.equal(webgpu?.software, true, JSON.stringify(adapter));
  }
});

Deno.test("coresOnly() does not touch the GPU", () => {
  const where = {
    hardwareConcurrency: 3,
    gpu: {
      requestAdapter: () => {
        throw new Error("touched");
      },
    },
  };
  assert.deepEqual(coresOnly(where), { webgpu: null, webgpuNote: "not probed", cores: 3 });
});
