import assert from "node:assert/strict";
import { loadPack, sha256 } from "../../../../src/runtime/pack.ts";
import { openSession } from "../../../../src/runtime/mod.ts";
import { parseGraphModel } from "../../../../src/systems/movenet/convert/graph_model.ts";
import { writeOnnx } from "../../../../src/systems/movenet/convert/onnx.ts";
import { convertTrunk, type TrunkCut } from "../../../../src/systems/movenet/convert/trunk.ts";
import { memorySource } from "../../../runtime/_tiny.ts";
import { TINY_WEIGHTS, tinyGraph } from "./tiny_graph.ts";

/** A few dozen float32 products of numbers below 100. */
const TOLERANCE = 1e-4;

const CUT: TrunkCut = {
  name: "tiny",
  start: "sub",
  input: { name: "image", shape: [1, 3, "height", "width"] },
  outputs: [{ name: "coarse", from: "sum", shape: [1, 2, "h", "w"] }, {
    name: "fine",
    from: "double",
    shape: [1, 2, "H", "W"],
  }],
};

type Volume = {
  readonly rows: number;
  readonly columns: number;
  at(channel: number, row: number, column: number): number;
};

const weight = (name: string) => TINY_WEIGHTS.find((one) => one.name === name)!.values;

/** The same graph in plain loops, written from the definitions of the operations. */
function expected(image: Volume): { coarse: Volume; fine: Volume } {
  const scaled: Volume = { ...image, at: (c, y, x) => image.at(c, y, x) * weight("scale")[c]! - 1 };
  const inside = (v: Volume, c: number, y: number, x: number) =>
    y < 0 || x < 0 || y >= v.rows || x >= v.columns ? 0 : v.at(c, y, x);
  // SAME with stride 2 on even sides pads one row after the last and none before the first.
  const conv = store(2, image.rows / 2, image.columns / 2, (o, y, x) => {
    let sum = weight("bias")[o]!;
    for (let i = 0; i < 27; i++) {
      const [ky, kx, c] = [Math.floor(i / 9), Math.floor(i / 3) % 3, i % 3];
      sum += inside(scaled, c, 2 * y + ky, 2 * x + kx) * weight("kernel")[i * 2 + o]!;
    }
    return Math.min(Math.max(sum, 0), 6);
  });
  const depthwise = store(2, conv.rows, conv.columns, (c, y, x) => {
    let sum = 0;
    for (let i = 0; i < 9; i++) {
      sum += inside(conv, c, y + Math.floor(i / 3) - 1, x + (i % 3) - 1) * weight("depth")[i * 2 + c]!;
    }
    return sum;
  });
  const coarse = store(2, conv.rows, conv.columns, (o, y, x) => {
    let sum = weight("shift")[o]!;
    for (let c = 0; c < 2; c++) sum += depthwise.at(c, y, x) * weight("point")[c * 2 + o]!;
    return Math.max(sum, 0) + conv.at(o, y, x);
  });
  const fine = store(2, 2 * coarse.rows, 2 * coarse.columns, (c, y, x) => {
    const tap = (at: number, size: number) => {
      const place = Math.min(Math.max((at + 0.5) / 2 - 0.5, 0), size - 1);
      return {
        low: Math.floor(place),
        high: Math.min(Math.floor(place) + 1, size - 1),
        share: place - Math.floor(place),
      };
    };
    const [v, h] = [tap(y, coarse.rows), tap(x, coarse.columns)];
    const row = (r: number) => coarse.at(c, r, h.low) * (1 - h.share) + coarse.at(c, r, h.high) * h.share;
    return row(v.low) * (1 - v.share) + row(v.high) * v.share;
  });
  return { coarse, fine };
}

function store(channels: number, rows: number, columns: number, value: Volume["at"]): Volume {
  const data = Array.from(
    { length: channels * rows * columns },
    (_, i) => value(Math.floor(i / (rows * columns)), Math.floor(i / columns) % rows, i % columns),
  );
  return { rows, columns, at: (c, y, x) => data[(c * rows + y) * columns + x]! };
}

Deno.test("convertTrunk() makes a graph that computes what the operations define, at any size", async () => {
  const { json, data } = tinyGraph();
  const file = writeOnnx(convertTrunk(parseGraphModel(json, data), CUT), "test");
  const manifest = {
    format: "diffpose-pack/1",
    name: "tiny",
    version: "1",
    system: "movenet",
    graphs: {
      tiny: {
        fp32: { file: "tiny.onnx", bytes: file.length, sha256: await sha256(file) },
        inputs: [CUT.input],
        outputs: CUT.outputs.map(({ name, shape }) => ({ name, shape })),
      },
    },
  };
  const source = memorySource({
    "manifest.json": new TextEncoder().encode(JSON.stringify(manifest)),
    "tiny.onnx": file,
  });
  await using session = await openSession(await loadPack(source), "tiny", { device: "wasm", threads: 1 });
  for (const [rows, columns] of [[8, 12], [4, 6]] as const) {
    const pixels = Float32Array.from({ length: 3 * rows * columns }, (_, i) => (i * 37) % 23);
    const answer = await session.run({ image: { data: pixels, dims: [1, 3, rows, columns] } });
    const wanted = expected({ rows, columns, at: (c, y, x) => pixels[(c * rows + y) * columns + x]! });
    for (const name of ["coarse", "fine"] as const) {
      const { rows: height, columns: width, at } = wanted[name];
      assert.deepEqual([...answer[name]!.dims], [1, 2, height, width]);
      answer[name]!.data.forEach((value, i) => {
        const want = at(Math.floor(i / (height * width)), Math.floor(i / width) % height, i % width);
        assert.ok(Math.abs(value - want) < TOLERANCE, `${name}[${i}]: ${value}, not ${want}`);
      });
    }
  }
});

Deno.test("convertTrunk() gives the same bytes twice, and writes each node once though two outputs need it", () => {
  const { json, data } = tinyGraph();
  const make = () => convertTrunk(parseGraphModel(json, data), CUT);
  assert.deepEqual(writeOnnx(make(), "test"), writeOnnx(make(), "test"));
  const names = make().nodes.map(({ output }) => output);
  assert.equal(new Set(names).size, names.length);
});

for (
  const [what, change, message] of [
    ["an operation it does not know", { name: "sum", op: "Softmax" }, /sum: the trunk may hold .*Softmax/],
    [
      "another activation",
      { name: "pointwise", attr: { fused_ops: { list: { s: [btoa("Elu")] } } } },
      /Relu or Relu6: Elu/,
    ],
    ["dilation", { name: "conv", attr: { dilations: { list: { i: ["1", "2", "2", "1"] } } } }, /must not be dilated/],
    ["a resize with aligned corners", { name: "double", attr: { align_corners: { b: true } } }, /half-pixel centres/],
    ["a kernel that is computed", { name: "depthwise", input: ["conv", "sub"] }, /constant kernel/],
    ["a node that is not there", { name: "sum", input: ["pointwise", "ghost"] }, /ghost: the topology must hold/],
  ] as const
) {
  Deno.test(`convertTrunk() refuses ${what}`, () => {
    const { json, data } = tinyGraph((nodes) => Object.assign(nodes.find(({ name }) => name === change.name)!, change));
    assert.throws(() => convertTrunk(parseGraphModel(json, data), CUT), message);
  });
}

Deno.test("parseGraphModel() refuses weights that do not fill the file, and unknown types", () => {
  const { json, data } = tinyGraph();
  assert.throws(() => parseGraphModel(json, data.subarray(1)), /the file must hold \d+ bytes/);
  assert.throws(
    () => parseGraphModel(json.replace('"dtype":"float16"', '"dtype":"uint8"'), data),
    /stored as float16.*uint8/,
  );
});
