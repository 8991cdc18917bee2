import assert from "node:assert/strict";
import fc from "fast-check";
import { parseManifest } from "../../src/runtime/manifest.ts";
import { isSafeName } from "../../src/runtime/pack_limits.ts";
import { tinyManifest } from "./_tiny.ts";

Deno.test("parseManifest() types what all packs share and keeps the rest", async () => {
  const json = { ...await tinyManifest(), diffusion: { steps: 50 } };
  json.graphs.add.prefer = { wasm: "fp32" };
  json.graphs.add.threads = 2;
  json.graphs.add.q8.optimised = true;
  const result = parseManifest(json);
  assert.equal(result.kind, "manifest");
  if (result.kind !== "manifest") return;
  const { manifest } = result;
  assert.equal(manifest.name, "tiny");
  assert.equal(manifest.skeleton, "");
  assert.deepEqual(manifest.fields["diffusion"], { steps: 50 });
  const add = manifest.graphs["add"]!;
  assert.deepEqual(Object.keys(add.variants), ["fp32", "q8"]);
  assert.deepEqual(add.prefer, { wasm: "fp32" });
  assert.equal(add.threads, 2);
  assert.equal(add.variants.q8!.optimised, true);
  assert.ok(!("optimised" in add.variants.fp32!));
  assert.deepEqual(add.inputs[0], { name: "x", shape: ["batch", 8] });
});

Deno.test("parseManifest() names path, rule and value of the first wrong field", async () => {
  // deno-lint-ignore no-explicit-any -- each case breaks the manifest in its own way
  const cases: [change: (m: any) => void, path: string, value: RegExp][] = [
    [(m) => m.format = "diffpose-pack/2", "format", /diffpose-pack\/2/],
    [(m) => delete m.format, "format", /missing/],
    [(m) => m.name = "../x", "name", /\.\.\/x/],
    [(m) => m.version = 3, "version", /3/],
    [(m) => delete m.system, "system", /missing/],
    [(m) => m.license = "", "license", /""/],
    [(m) => m.graphs = [], "graphs", /\[\]/],
    [(m) => m.graphs = {}, "graphs", /\{\}/],
    [(m) => m.graphs["a b"] = m.graphs.add, "graphs", /a b/],
    [(m) => m.graphs.add = null, "graphs.add", /null/],
    [
      (m) => {
        delete m.graphs.add.fp32;
        delete m.graphs.add.q8;
      },
      "graphs.add",
      /inputs/,
    ],
    [(m) => m.graphs.add.q8.file = "../../etc/passwd", "graphs.add.q8.file", /etc/],
    [(m) => m.graphs.add.q8.file = "a\\b.onnx", "graphs.add.q8.file", /b\.onnx/],
    [(m) => m.graphs.add.fp32.bytes = 0, "graphs.add.fp32.bytes", /0/],
    [(m) => m.graphs.add.fp32.bytes = 1e12, "graphs.add.fp32.bytes", /1000000000000/],
    [(m) => m.graphs.add.fp32.sha256 = "ABC", "graphs.add.fp32.sha256", /ABC/],
    [(m) => m.graphs.add.q8.optimised = "yes", "graphs.add.q8.optimised", /yes/],
    [(m) => m.graphs.add.inputs = [], "graphs.add.inputs", /\[\]/],
    [(m) => m.graphs.add.inputs[1].shape = [1.5], "graphs.add.inputs[1].shape", /1\.5/],
    [(m) => m.graphs.add.inputs[0].dtype = "int64", "graphs.add.inputs[0].dtype", /int64/],
    [(m) => m.graphs.add.outputs[0].name = 5, "graphs.add.outputs[0].name", /5/],
    [(m) => m.graphs.add.prefer = { wasm: "fp16" }, "graphs.add.prefer.wasm", /fp16/],
    [(m) => m.graphs.add.prefer = { cuda: "fp32" }, "graphs.add.prefer.cuda", /cuda/],
    [(m) => m.graphs.add.threads = 0, "graphs.add.threads", /0/],
  ];
  for (const [change, path, value] of cases) {
    const manifest = await tinyManifest();
    change(manifest);
    const result = parseManifest(manifest);
    assert.equal(result.kind === "bad" && result.path, path);
    assert.match(result.kind === "bad" ? result.value : "", value, path);
  }
});

Deno.test("parseManifest() never throws, whatever JSON it is given", async () => {
  for (const value of [null, 5, "x", []]) assert.equal(parseManifest(value).kind, "bad");
  fc.assert(fc.property(fc.jsonValue(), (value) => {
    assert.equal(parseManifest(value).kind, "bad");
  }));
  const manifest = await tinyManifest();
  fc.assert(fc.property(fc.constantFrom(...Object.keys(manifest)), fc.jsonValue(), (field, value) => {
    const result = parseManifest({ ...manifest, [field]: value });
    assert.ok(result.kind === "manifest" || result.path !== "");
  }));
});

Deno.test("isSafeName() keeps every name inside the folder", () => {
  for (const good of ["a.onnx", "sub/a.onnx", "...", "a..b"]) assert.equal(isSafeName(good), true, good);
  for (const bad of ["", "/a", "a/", "a//b", "../a", "a/../b", "./a", "..", "a\\b", "C:a", "a\0b", "x".repeat(201)]) {
    assert.equal(isSafeName(bad), false, JSON.stringify(bad));
  }
  fc.assert(fc.property(fc.string(), (name) => {
    if (!isSafeName(name)) return;
    assert.ok(new URL(encodeURI(name.toWellFormed()), "file:///pack/").href.startsWith("file:///pack/"), name);
  }));
});
