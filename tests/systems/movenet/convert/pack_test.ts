import assert from "node:assert/strict";
import { loadPack } from "../../../../src/runtime/pack.ts";
import { makePack } from "../../../../src/systems/movenet/convert/pack.ts";
import { PACK_SOURCES, type PackSource } from "../../../../src/systems/movenet/convert/sources.ts";
import { memorySource } from "../../../runtime/_tiny.ts";
import { tinyGraph } from "./tiny_graph.ts";

Deno.test("makePack() makes a pack that the runtime accepts, file by file", async () => {
  const { json, data } = tinyGraph();
  const source: PackSource = {
    ...PACK_SOURCES[0]!,
    graphs: {
      person: {
        name: "person",
        start: "sub",
        input: { name: "image", shape: [1, 3, 8, 8] },
        outputs: [{ name: "center", from: "sum", shape: [1, 2, 4, 4] }],
      },
    },
  };
  const files = await makePack(source, json, data);
  assert.deepEqual(files.map(({ name }) => name), ["person_fp32.onnx", "manifest.json"]);
  const pack = await loadPack(memorySource(Object.fromEntries(files.map(({ name, bytes }) => [name, bytes]))));
  assert.equal(pack.manifest.name, "movenet-multipose");
  assert.equal(pack.manifest.license, "Apache-2.0");
  assert.equal(pack.manifest.skeleton, "coco17");
  assert.deepEqual(await pack.readGraph("person", "fp32"), files[0]!.bytes);
});

Deno.test("PACK_SOURCES name heads and features by stride and channels", () => {
  const shapes = Object.fromEntries(
    PACK_SOURCES.flatMap(({ name, graphs }) =>
      Object.entries(graphs).map((
        [graph, { outputs }],
      ) => [`${name}/${graph}`, Object.fromEntries(outputs.map((output) => [output.name, output.shape.join("x")]))])
    ),
  );
  assert.deepEqual(shapes["movenet-thunder/person"], {
    center: "batchx1x64x64",
    keypoint_heatmap: "batchx17x64x64",
    keypoint_regression: "batchx34x64x64",
    keypoint_offset: "batchx34x64x64",
    features_4: "batchx24x64x64",
    features_8: "batchx24x32x32",
    features_16: "batchx32x16x16",
    features_32: "batchx64x8x8",
  });
  assert.deepEqual(Object.keys(shapes).sort(), ["movenet-multipose/person", "movenet-thunder/person"]);
  assert.equal(shapes["movenet-multipose/person"]!["box_scale"], "1x2xheight_4xwidth_4");
});
