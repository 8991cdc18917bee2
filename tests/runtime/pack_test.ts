import assert from "node:assert/strict";
import { InputError } from "../../src/core/errors.ts";
import { loadPack, sha256 } from "../../src/runtime/pack.ts";
import { writePackZip } from "../../src/runtime/pack_zip.ts";
import { memorySource, tinyFiles } from "./_tiny.ts";

Deno.test("sha256() gives the digest of FIPS 180-2, example B.1", async () => {
  const digest = await sha256(new TextEncoder().encode("abc"));
  assert.equal(digest, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
});

Deno.test("loadPack() identifies the pack by the hash of its manifest and checks weights when they are read", async () => {
  const files = await tinyFiles();
  const pack = await loadPack(memorySource(files));
  assert.equal(pack.manifestSha256, await sha256(files["manifest.json"]!));
  assert.deepEqual(await pack.readGraph("add", "fp32"), files["tiny_fp32.onnx"]);
});

Deno.test("Pack.readGraph() refuses a changed, a shortened, a longer and a missing file", async () => {
  const files = await tinyFiles();
  const whole = files["tiny_fp32.onnx"]!;
  const changed = whole.slice();
  changed[100] = changed[100]! ^ 1;
  const cases: [bytes: Uint8Array | undefined, message: RegExp][] = [
    [changed, /memory\/tiny_fp32\.onnx: its sha-256 must be [0-9a-f]{64}: [0-9a-f]{64}$/],
    [whole.subarray(0, -1), /must hold \d+ bytes, as the manifest states: \d+$/],
    [new Uint8Array([...whole, 0]), /must be at most \d+ bytes/],
    [undefined, /missing/],
  ];
  for (const [bytes, message] of cases) {
    const { ["tiny_fp32.onnx"]: _, ...others } = files;
    const pack = await loadPack(memorySource(bytes ? { ...others, "tiny_fp32.onnx": bytes } : others));
    await assert.rejects(pack.readGraph("add", "fp32"), (error) => {
      assert.ok(error instanceof InputError);
      assert.match(error.message, message);
      return true;
    });
    await pack.readGraph("add", "q8"); // the other file is whole
  }
});

Deno.test("Pack.readGraph() names what there is when graph or dtype is not there", async () => {
  const pack = await loadPack(memorySource(await tinyFiles()));
  await assert.rejects(pack.readGraph("sub", "fp32"), /must have a graph named sub: it has add/);
  await assert.rejects(pack.readGraph("constructor", "fp32"), /must have a graph named constructor/);
  await assert.rejects(pack.readGraph("add", "fp16"), /graph add must have dtype fp16: it has fp32, q8/);
});

Deno.test("loadPack() refuses manifests that are missing, no JSON, no UTF-8, huge, or wrong", async () => {
  const text = (value: string) => new TextEncoder().encode(value);
  const cases: [manifest: Uint8Array | undefined, message: RegExp][] = [
    [undefined, /manifest\.json: must exist: missing/],
    [text("{"), /must be JSON/],
    [new Uint8Array([0x22, 0xff, 0x22]), /must be JSON in UTF-8/],
    [new Uint8Array(5 * 1024 * 1024), /must be at most/],
    [text(`{"format":"diffpose-pack/9"}`), /format must be "diffpose-pack\/1": "diffpose-pack\/9"/],
  ];
  for (const [manifest, message] of cases) {
    await assert.rejects(
      loadPack(memorySource(manifest ? { "manifest.json": manifest } : {})),
      (error) => error instanceof InputError && message.test(error.message),
      String(message),
    );
  }
});

Deno.test("loadPack() of a partial source offers the variants that are there; elsewhere a missing file is damage", async () => {
  const files = await tinyFiles();
  const whole = await loadPack(memorySource(files));
  const [graph] = Object.values(whole.manifest.graphs);
  const { fp32 } = graph!.variants;
  const { [fp32!.file]: _, ...fewer } = files;
  const partial = await loadPack({ ...memorySource(fewer), partial: true });
  assert.equal(partial.manifestSha256, whole.manifestSha256, "it is the same pack");
  assert.equal(partial.manifest.graphs[graph!.name]!.variants.fp32, undefined);
  await assert.rejects(partial.readGraph(graph!.name, "fp32"), /must have dtype fp32: it has/);
  const damaged = await loadPack(memorySource(fewer));
  assert.ok(damaged.manifest.graphs[graph!.name]!.variants.fp32 !== undefined);
  await assert.rejects(damaged.readGraph(graph!.name, "fp32"));
  await assert.rejects(writePackZip(partial), /tiny_fp32\.onnx: must be there to be put into a \.zip/);
});
