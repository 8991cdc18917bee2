import assert from "node:assert/strict";
import fc from "fast-check";
import { unzipSync, zipSync } from "fflate";
import { InputError } from "../../src/core/errors.ts";
import { loadPack } from "../../src/runtime/pack.ts";
import { openZip, writePackZip } from "../../src/runtime/pack_zip.ts";
import { memorySource, tinyFiles } from "./_tiny.ts";

const MIB = 1024 * 1024;

/** Offsets in the one-entry .zip of fflate: the central directory begins with PK\1\2, its size field is 24 bytes on. */
function centralDirectory(zip: Uint8Array): number {
  for (let i = zip.length - 22; i >= 0; i--) {
    if (zip[i] === 0x50 && zip[i + 1] === 0x4b && zip[i + 2] === 1 && zip[i + 3] === 2) return i;
  }
  throw new Error("no central directory");
}

Deno.test("writePackZip() and openZip() give back every file, the same bytes each time", async () => {
  const files = await tinyFiles();
  const pack = await loadPack(memorySource(files));
  const zip = await writePackZip(pack);
  assert.deepEqual(await writePackZip(pack), zip);
  const again = await loadPack(openZip(zip, "tiny.zip"));
  assert.equal(again.manifestSha256, pack.manifestSha256);
  assert.deepEqual(await again.source.list(), ["manifest.json", "tiny_fp32.onnx", "tiny_q8.onnx"]);
  assert.deepEqual(await again.readGraph("add", "q8"), files["tiny_q8.onnx"]);
});

Deno.test("writePackZip() refuses a pack with a damaged file", async () => {
  const files = await tinyFiles();
  files["tiny_q8.onnx"] = files["tiny_q8.onnx"]!.map((byte) => byte ^ 1);
  await assert.rejects(writePackZip(await loadPack(memorySource(files))), /tiny_q8\.onnx: its sha-256 must be/);
});

Deno.test("openZip() finds a manifest in the one folder at the top", async () => {
  const files = await tinyFiles();
  const zip = zipSync(Object.fromEntries(Object.entries(files).map(([name, data]) => [`tiny-1.0/${name}`, data])));
  const pack = await loadPack(openZip(zip, "tiny.zip"));
  assert.equal((await pack.readGraph("add", "fp32")).length, files["tiny_fp32.onnx"]!.length);
});

Deno.test("openZip() refuses every truncation of a pack, at once or when the cut file is read", async () => {
  const zip = await writePackZip(await loadPack(memorySource(await tinyFiles())));
  await fc.assert(fc.asyncProperty(fc.integer({ min: 0, max: zip.length - 1 }), async (length) => {
    await assert.rejects(
      async () => {
        const pack = await loadPack(openZip(zip.slice(0, length), "cut.zip"));
        await pack.readGraph("add", "fp32");
        await pack.readGraph("add", "q8");
      },
      (error) => error instanceof InputError && error.message.startsWith("cut.zip"),
    );
  }));
});

Deno.test("openZip() answers flipped bytes with the right weights or an InputError, never with wrong weights", async () => {
  const files = await tinyFiles();
  const zip = await writePackZip(await loadPack(memorySource(files)));
  await fc.assert(
    fc.asyncProperty(fc.nat(zip.length - 1), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
      const broken = zip.slice();
      broken[at] = broken[at]! ^ flip;
      try {
        const pack = await loadPack(openZip(broken, "flipped.zip"));
        if (!Object.hasOwn(pack.manifest.graphs, "add")) return; // the flip renamed the graph inside the manifest
        const weights = await pack.readGraph("add", "fp32");
        assert.deepEqual(weights, files["tiny_fp32.onnx"]);
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
      }
    }),
    { numRuns: 300 },
  );
});

Deno.test("openZip() refuses names that leave the pack and names that come twice", () => {
  const bytes = new Uint8Array(3);
  for (const name of ["../evil.onnx", "/etc/evil", "a/../../evil", "a\\evil", "C:evil", "./x"]) {
    assert.throws(() => openZip(zipSync({ "manifest.json": bytes, [name]: bytes }), "evil.zip"), {
      name: "InputError",
      message: /a name in the \.zip must stay inside it/,
    }, name);
  }
  const twice = zipSync({ "aa.onnx": bytes, "ab.onnx": bytes });
  const directory = centralDirectory(twice);
  twice[directory + 46 + 1] = "a".charCodeAt(0); // the second entry of the directory: ab -> aa
  assert.throws(() => openZip(twice, "twice.zip"), { name: "InputError", message: /each name once/ });
});

Deno.test("openZip() refuses a file that declares more than its manifest allows, before inflating it", async () => {
  const bomb = zipSync({ "manifest.json": new Uint8Array(64 * MIB) }, { level: 9 });
  assert.ok(bomb.length < MIB);
  await assert.rejects(loadPack(openZip(bomb, "bomb.zip")), {
    name: "InputError",
    message: `bomb.zip/manifest.json: must be at most ${4 * MIB} bytes: ${64 * MIB}`,
  });
});

Deno.test("openZip() refuses a directory that declares more than a pack may hold", () => {
  const zip = zipSync({ "a.onnx": new Uint8Array(100) });
  new DataView(zip.buffer).setUint32(centralDirectory(zip) + 24, 0xf0000000, true);
  assert.throws(() => openZip(zip, "bomb.zip"), { name: "InputError", message: /must inflate to at most/ });
});

Deno.test("openZip() stops a file that lies about its size at the declared size", async () => {
  const zip = zipSync({ "manifest.json": new Uint8Array(8 * MIB) }, { level: 9 });
  new DataView(zip.buffer).setUint32(centralDirectory(zip) + 24, 1000, true);
  await assert.rejects(
    openZip(zip, "liar.zip").read("manifest.json", 4 * MIB).then((data) => {
      // Where fflate stops without an error, what came out is no larger than declared.
      assert.ok(data.length <= 1000);
      throw new InputError("liar.zip", "stopped at the declared size", String(data.length));
    }),
    { name: "InputError" },
  );
});

Deno.test("openZip() refuses an empty .zip, text, and more files than a pack may hold", () => {
  assert.throws(() => openZip(zipSync({}), "empty.zip"), { name: "InputError", message: /the \.zip is empty/ });
  assert.throws(() => openZip(new TextEncoder().encode("not a zip"), "text.zip"), {
    name: "InputError",
    message: /whole \.zip/,
  });
  assert.throws(() => openZip(new Uint8Array(0), "none.zip"), { name: "InputError" });
  const many = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`${i}.onnx`, new Uint8Array(1)]));
  assert.throws(() => openZip(zipSync(many), "many.zip"), { name: "InputError", message: /at most 256 files/ });
});

Deno.test("openZip() ignores extra files and folders in the .zip", async () => {
  const files = await tinyFiles();
  const zip = zipSync({ ...files, "notes/": new Uint8Array(0), "notes/readme.txt": new Uint8Array(5) });
  assert.equal((await loadPack(openZip(zip, "x.zip"))).manifest.name, "tiny");
  assert.equal(Object.keys(unzipSync(zip)).length, 6);
});
