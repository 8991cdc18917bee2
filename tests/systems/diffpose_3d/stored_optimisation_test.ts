/** The q8 graphs of the pack hold onnxruntime's optimisation, and are opened as they are. */
import assert from "node:assert/strict";
import { openSession, type Pack, type Tensor } from "../../../src/runtime/mod.ts";
import { loadPackFrom } from "../../../src/runtime/pack_fs.ts";

/** Any numbers that are no round ones, in the shapes of the manifest with one for every free size. */
function anyFeeds(pack: Pack, graph: string): Record<string, Tensor> {
  return Object.fromEntries(
    pack.manifest.graphs[graph]!.inputs.map(({ name, shape }) => {
      const dims = shape.map((size) => (typeof size === "number" ? size : 1));
      const count = dims.reduce((product, size) => product * size, 1);
      return [name, { dims, data: Float32Array.from({ length: count }, (_, i) => Math.abs(Math.sin(i + 1))) }];
    }),
  );
}

/** The same files, whose optimisation is not told: it is done again. */
function untold({ manifest, ...pack }: Pack): Pack {
  const graphs = Object.fromEntries(
    Object.entries(manifest.graphs).map(([name, spec]) => {
      const { optimised: _, ...q8 } = spec.variants.q8!;
      return [name, { ...spec, variants: { ...spec.variants, q8 } }];
    }),
  );
  return { ...pack, manifest: { ...manifest, graphs } };
}

Deno.test("q8 graphs of diffpose-3d give the same bits as they are and optimised anew", async () => {
  const pack = await loadPackFrom("diffpose-3d");
  for (const graph of ["context", "denoise"]) {
    assert.equal(pack.manifest.graphs[graph]!.variants.q8!.optimised, true);
    const feeds = anyFeeds(pack, graph);
    const options = { device: "wasm", dtype: "q8", threads: 1 } as const;
    await using stored = await openSession(pack, graph, options);
    await using anew = await openSession(untold(pack), graph, options);
    assert.deepEqual(await stored.run(feeds), await anew.run(feeds));
  }
});
