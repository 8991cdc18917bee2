// deno-lint-ignore-file no-console -- it prints its results
/**
 * What onnxruntime's WebAssembly takes before any model of this project is there: reading, compiling, starting, a graph
 * of one addition. No program that runs a model with it can answer sooner.
 *
 *     deno run -A bench/wasm_start.ts
 *
 * V8 compiles what is called when it is called: about 3,400 functions until a first session is open.
 */
import { cpuUsage } from "node:process";

const tiny = await Deno.readFile(new URL("../fixtures/onnx/tiny_fp32.onnx", import.meta.url));
const folder = new URL(".", import.meta.resolve("onnxruntime-web/wasm"));

/** Milliseconds of processor time, all threads. */
function spent(): number {
  const { user, system } = cpuUsage();
  return (user + system) / 1000;
}

let from = spent();
console.log(`Deno, this program                  ${from.toFixed(0)} ms of processor time`);
function step(name: string): void {
  const now = spent();
  console.log(`${name.padEnd(35)} ${(now - from).toFixed(0)} ms`);
  from = spent();
}

const bytes = await Deno.readFile(new URL("ort-wasm-simd-threaded.wasm", folder));
step(`reading ${(bytes.length / 1e6).toFixed(1)} MB`);
await WebAssembly.compile(bytes);
step("compiling, once more than needed");
const ort = await import("onnxruntime-web/wasm");
ort.env.wasm.numThreads = 1;
ort.env.wasm.wasmBinary = bytes.buffer;
step("importing onnxruntime-web");
for (const name of ["first", "second"]) {
  await ort.InferenceSession.create(tiny, { executionProviders: ["wasm"] });
  step(`opening the ${name} session`);
}
