import assert from "node:assert/strict";
import { type DevicesFound, isSoftwareAdapter, planDevices } from "../../src/runtime/device_plan.ts";

const limits = { maxBufferSize: 2 ** 31, maxStorageBufferBindingSize: 2 ** 27 };
const NONE: DevicesFound = { webgpu: null, webgpuNote: "navigator.gpu gave no adapter", cores: 2 };
const REAL: DevicesFound = {
  webgpu: { name: "NVIDIA L4", software: false, features: ["shader-f16"], limits },
  webgpuNote: "adapter NVIDIA L4",
  cores: 8,
};
const SOFT: DevicesFound = {
  webgpu: { name: "llvmpipe (LLVM 15)", software: true, features: ["shader-f16"], limits },
  webgpuNote: "software adapter llvmpipe (LLVM 15)",
  cores: 2,
};

Deno.test("planDevices() follows its table", () => {
  const table: [asked: "auto" | "webgpu" | "wasm", found: DevicesFound, devices: string[] | "refused"][] = [
    ["auto", NONE, ["wasm"]],
    ["auto", SOFT, ["wasm"]],
    ["auto", REAL, ["webgpu", "wasm"]],
    ["webgpu", NONE, "refused"],
    ["webgpu", SOFT, ["webgpu"]],
    ["webgpu", REAL, ["webgpu"]],
    ["wasm", NONE, ["wasm"]],
    ["wasm", SOFT, ["wasm"]],
    ["wasm", REAL, ["wasm"]],
  ];
  for (const [asked, found, expected] of table) {
    const plan = planDevices(asked, found);
    const got = plan.kind === "plan" ? plan.devices.map((choice) => choice.device) : "refused";
    assert.deepEqual(got, expected, `${asked} with ${found.webgpuNote}`);
  }
});

Deno.test("planDevices() says why: the missing adapter, the software adapter by name", () => {
  const refused = planDevices("webgpu", NONE);
  assert.equal(refused.kind === "refused" && refused.why, "navigator.gpu gave no adapter");
  const soft = planDevices("auto", SOFT);
  assert.match(soft.kind === "plan" ? soft.devices[0]!.why : "", /software: llvmpipe \(LLVM 15\)/);
});

Deno.test("isSoftwareAdapter() knows software rasterisers and leaves GPUs alone", () => {
  for (
    const name of [
      "llvmpipe (LLVM 15.0.6, 256 bits)",
      "Google SwiftShader",
      "Microsoft Basic Render Driver",
      "Microsoft Direct3D12 (WARP)",
      "lavapipe",
    ]
  ) assert.equal(isSoftwareAdapter(name), true, name);
  for (
    const name of [
      "NVIDIA GeForce RTX 4090",
      "Apple M3 Pro",
      "Intel(R) Iris(R) Xe Graphics",
      "AMD Radeon RX 7600 (RADV NAVI33)",
      "Warpdrive 3000",
    ]
  ) {
    assert.equal(isSoftwareAdapter(name), false, name);
  }
});
