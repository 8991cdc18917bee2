/** Opens the tiny graph inside a worker and posts what it answers. @module */

import { loadPack, openSession } from "../../src/runtime/mod.ts";
import { memorySource, readGolden, tinyFiles } from "./_tiny.ts";

const scope = globalThis as unknown as {
  onmessage: (event: { data: { threads: number; device: "wasm" | "webgpu" } }) => void;
  postMessage(value: unknown): void;
};

scope.onmessage = async ({ data: { threads, device } }) => {
  try {
    const pack = await loadPack(memorySource(await tinyFiles()));
    const { feeds } = await readGolden();
    await using session = await openSession(pack, "add", { device, dtype: "fp32", threads });
    const { sum } = await session.run(feeds);
    scope.postMessage({ sum: [...sum!.data], threads: session.threads, device: session.device });
  } catch (error) {
    scope.postMessage({ error: String(error) });
  }
};
