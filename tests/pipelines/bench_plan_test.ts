import assert from "node:assert/strict";
import { planBench } from "../../src/pipelines/bench_plan.ts";
import { type GraphSpec, type Manifest, parseManifest } from "../../src/runtime/mod.ts";
import { loadPackFrom } from "../../src/runtime/pack_fs.ts";
import { tinyManifest } from "../runtime/_tiny.ts";

/** A graph without weights. */
function graph(name: string, inputs: Record<string, (number | string)[]>): GraphSpec {
  return {
    name,
    variants: {},
    inputs: Object.entries(inputs).map(([input, shape]) => ({ name: input, shape })),
    outputs: [],
    prefer: {},
  };
}

function movenet(name: string, image: (number | string)[]): Manifest {
  const common = { version: "1.0.0", system: "movenet", license: "", skeleton: "", fields: {} };
  return { ...common, name, graphs: { person: graph("person", { image }) } };
}

Deno.test("planBench() runs the context of diffpose-3d once and its denoiser each step, for all frames and hypotheses", async () => {
  const plan = planBench((await loadPackFrom("diffpose-3d")).manifest);
  assert.deepEqual(plan.calls.map(({ graph, times }) => [graph, times]), [["context", 1], ["denoise", 5]]);
  assert.deepEqual(plan.calls[0]!.dims, { points: [1, 27, 17, 3] });
  assert.deepEqual(plan.calls[1]!.dims["state"], [27 * 5, 17, 5]);
  assert.deepEqual(plan.calls[1]!.dims["step"], [27 * 5]);
  assert.deepEqual([plan.unit, plan.amount], ["poses", 18]);
  assert.match(plan.means, /windows of 27 frames .* 5 steps, 5 hypotheses/);
});

Deno.test("planBench() broadcasts the maps of a window of diffpose-video over its pose sets", async () => {
  const { manifest } = await loadPackFrom("diffpose-video");
  const plan = planBench(manifest);
  const { defaultSteps: steps, defaultSets: sets } = manifest.fields["diffusion"] as Record<string, number>;
  assert.deepEqual(plan.calls.map(({ graph, times }) => [graph, times]), [["encode", 1], ["denoise", steps]]);
  assert.equal(plan.calls[1]!.dims["noisy"]![0], sets);
  assert.equal(plan.calls[1]!.dims["base"]![0], 1);
  assert.deepEqual([plan.unit, plan.amount], ["people", 1]);
});

Deno.test("planBench() looks for people in a picture of the usual size, and at one crop", () => {
  const search = planBench(movenet("movenet-multipose", [1, 3, "height", "width"]));
  assert.deepEqual([search.unit, search.calls[0]!.dims["image"]], ["frames", [1, 3, 256, 256]]);
  const crop = planBench(movenet("movenet-thunder", ["batch", 3, 192, 192]));
  assert.deepEqual([crop.unit, crop.calls[0]!.dims["image"]], ["people", [1, 3, 192, 192]]);
  assert.match(crop.means, /192x192/);
});

Deno.test("planBench() times every graph of a system that it does not know, and counts nothing", async () => {
  const result = parseManifest(await tinyManifest());
  assert.ok(result.kind === "manifest");
  const plan = planBench(result.manifest);
  assert.deepEqual(plan.calls, [{ graph: "add", dims: { x: [1, 8], shift: [1, 4] }, times: 1 }]);
  assert.equal(plan.unit, null);
});

Deno.test("planBench() names the setting that a manifest lacks", async () => {
  const { manifest } = await loadPackFrom("diffpose-3d");
  const { diffusion: _, ...fields } = manifest.fields;
  assert.throws(() => planBench({ ...manifest, fields }), { name: "InputError", message: /diffusion/ });
});
