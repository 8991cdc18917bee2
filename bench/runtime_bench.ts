/**
 * What the runtime itself costs, and what threads and dtypes give on the committed lifting pack.
 *
 *     deno bench -A bench/runtime_bench.ts
 *
 * @module
 */

import { createQueue, type Dtype, openSession, sha256, type Tensor } from "../src/runtime/mod.ts";
import { loadPackFrom } from "../src/runtime/pack_fs.ts";

const queue = createQueue();
Deno.bench("createQueue() one task", { group: "overhead" }, async () => {
  await queue(() => Promise.resolve());
});

const mebibytes = new Uint8Array(16 * 2 ** 20);
Deno.bench("sha256() 16 MiB", { group: "overhead" }, async () => {
  await sha256(mebibytes);
});

const pack = await loadPackFrom("diffpose-3d").catch((error: Error) => {
  // deno-lint-ignore no-console -- a benchmark has no host
  console.warn(`no lifting pack, so no graph is timed: ${error.message}`);
  return null;
});

/** Feeds of zeros in the shapes of the manifest, with every dynamic size set to `batch`. */
function zeros(graph: string, batch: number): Record<string, Tensor> {
  const inputs = pack!.manifest.graphs[graph]!.inputs;
  return Object.fromEntries(inputs.map(({ name, shape }) => {
    const dims = shape.map((size) => (typeof size === "number" ? size : batch));
    return [name, { dims, data: new Float32Array(dims.reduce((product, size) => product * size, 1)) }];
  }));
}

for (const [graph, batch] of [["context", 1], ["denoise", 1], ["denoise", 135]] as const) {
  const variants = Object.keys(pack?.manifest.graphs[graph]?.variants ?? {}) as Dtype[];
  for (const dtype of variants) {
    for (const threads of [1, 2]) {
      const session = await openSession(pack!, graph, { device: "wasm", dtype, threads });
      const feeds = zeros(graph, batch);
      Deno.bench(`${graph} batch ${batch}, ${dtype}, ${threads} thread${threads === 1 ? "" : "s"}`, {
        group: `${graph} batch ${batch}`,
        baseline: dtype === "fp32" && threads === 1,
      }, async () => {
        await session.run(feeds);
      });
    }
  }
}
