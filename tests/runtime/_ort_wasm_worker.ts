/** Opens sessions with a loader of WebAssembly that fails at first, and posts how often it was called. @module */

import { loadPack, openSession, useOrtWasm } from "../../src/runtime/mod.ts";
import { memorySource, readGolden, tinyFiles } from "./_tiny.ts";

const scope = globalThis as unknown as { postMessage(value: unknown): void };

const calls: string[] = [];
const files: Uint8Array[] = [];
useOrtWasm(async (entry) => {
  calls.push(entry);
  if (calls.length === 1) throw new Error("no network today");
  const folder = new URL(".", import.meta.resolve("onnxruntime-web/wasm"));
  const file = await Deno.readFile(new URL("ort-wasm-simd-threaded.wasm", folder));
  files.push(file);
  return file;
});

const pack = await loadPack(memorySource(await tinyFiles()));
const { feeds, sum } = await readGolden();
const open = () => openSession(pack, "add", { device: "wasm", dtype: "fp32", threads: 1 });
const refusal = await open().then(() => "opened", (error) => (error as Error).message);
const sessions = await Promise.all([open(), open(), open()]);
const answers = await Promise.all(sessions.map((session) => session.run(feeds)));
const kept = files.map((file) => file.byteLength);
scope.postMessage({ calls, kept, refusal, sum, answers: answers.map((each) => [...each["sum"]!.data]) });
