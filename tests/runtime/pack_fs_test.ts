import assert from "node:assert/strict";
import { join } from "node:path";
import { brotliCompressSync } from "node:zlib";
import { splitPlanes } from "../../src/runtime/byte_planes.ts";
import { InputError } from "../../src/core/errors.ts";
import { loadPack } from "../../src/runtime/pack.ts";
import { listPacks, loadPackFrom, openFolder } from "../../src/runtime/pack_fs.ts";
import { writePackZip } from "../../src/runtime/pack_zip.ts";
import { memorySource, tinyFiles, withModels } from "./_tiny.ts";

/** A folder with the pack `tiny` as a folder and as `zipped.zip`; removed after use. */
async function packRoot(): Promise<AsyncDisposable & { root: string }> {
  const root = await Deno.makeTempDir();
  const files = await tinyFiles();
  await Deno.mkdir(join(root, "tiny"));
  for (const [name, data] of Object.entries(files)) await Deno.writeFile(join(root, "tiny", name), data);
  await Deno.writeFile(join(root, "zipped.zip"), await writePackZip(await loadPack(memorySource(files))));
  await Deno.mkdir(join(root, "no-pack"));
  return { root, [Symbol.asyncDispose]: () => Deno.remove(root, { recursive: true }) };
}

Deno.test("loadPackFrom() takes a folder, a .zip, and a name in DIFFPOSE_MODELS", async () => {
  await using place = await packRoot();
  const { root } = place;
  for (const path of [join(root, "tiny"), join(root, "zipped.zip")]) {
    assert.equal((await loadPackFrom(path)).manifest.name, "tiny");
  }
  await withModels(root, async () => {
    for (const name of ["tiny", "zipped"]) {
      const pack = await loadPackFrom(name);
      assert.equal((await pack.readGraph("add", "fp32")).length > 0, true);
    }
  });
});

Deno.test("loadPackFrom() says where it looked and what is there", async () => {
  await using place = await packRoot();
  await withModels(place.root, async () => {
    await assert.rejects(loadPackFrom("tinny"), (error) => {
      assert.ok(error instanceof InputError);
      assert.match(error.message, /model tinny: must be a path, or the name of a pack in /);
      assert.ok(error.message.includes(place.root));
      assert.match(error.message, /tiny, zipped/);
      return true;
    });
  });
  await assert.rejects(loadPackFrom(join(place.root, "nowhere")), {
    name: "InputError",
    message: /must exist: missing/,
  });
  await assert.rejects(loadPackFrom(join(place.root, "no-pack")), {
    name: "InputError",
    message: /manifest\.json: must exist/,
  });
  await assert.rejects(loadPackFrom(""), { name: "InputError" });
});

Deno.test("listPacks() finds folders and .zip files, not other folders; an absent root is empty", async () => {
  await using place = await packRoot();
  const { root } = place;
  assert.deepEqual(await listPacks([root, join(root, "absent")]), [
    { name: "tiny", path: join(root, "tiny") },
    { name: "zipped", path: join(root, "zipped.zip") },
  ]);
});

Deno.test("loadPackFrom() takes a .zip.planes.br, by path and by name, with the bytes of the .zip", async () => {
  await using place = await packRoot();
  const { root } = place;
  const zip = await Deno.readFile(join(root, "zipped.zip"));
  await Deno.writeFile(join(root, "pressed.zip.planes.br"), brotliCompressSync(splitPlanes(zip)));
  const plain = await loadPackFrom(join(root, "zipped.zip"));
  await withModels(root, async () => {
    for (const name of ["pressed", join(root, "pressed.zip.planes.br")]) {
      const pack = await loadPackFrom(name);
      assert.equal(pack.manifestSha256, plain.manifestSha256);
      assert.deepEqual(await pack.readGraph("add", "q8"), await plain.readGraph("add", "q8"));
      assert.deepEqual(await pack.source.list(), await plain.source.list());
    }
    assert.deepEqual((await listPacks([root])).map(({ name }) => name), ["pressed", "tiny", "zipped"]);
  });
});

Deno.test("loadPackFrom() refuses a .zip.planes.br that is cut, or holds no .zip", async () => {
  await using place = await packRoot();
  const path = join(place.root, "bad.zip.planes.br");
  const pressed = brotliCompressSync(splitPlanes(await Deno.readFile(join(place.root, "zipped.zip"))));
  for (const bytes of [pressed.subarray(0, pressed.length - 20), new Uint8Array(0)]) {
    await Deno.writeFile(path, bytes);
    await assert.rejects(loadPackFrom(path), {
      name: "InputError",
      message: /bad\.zip\.planes\.br: must be .*a whole \.zip/,
    });
  }
  await Deno.writeFile(path, brotliCompressSync(new TextEncoder().encode("no archive")));
  await assert.rejects(loadPackFrom(path), {
    name: "InputError",
    message: /bad\.zip\.planes\.br: must be .*a whole \.zip/,
  });
});

Deno.test("openFolder() refuses a file that is too large before reading it, and a folder in place of a file", async () => {
  await using place = await packRoot();
  const source = openFolder(join(place.root, "tiny"));
  assert.deepEqual(await source.list(), ["manifest.json", "tiny_fp32.onnx", "tiny_int.onnx", "tiny_q8.onnx"]);
  await assert.rejects(source.read("tiny_fp32.onnx", 10), {
    name: "InputError",
    message: /must be at most 10 bytes: \d+/,
  });
  await assert.rejects(source.read("../zipped.zip", 1e9), { name: "InputError", message: /must stay inside the pack/ });
  await assert.rejects(openFolder(place.root).read("tiny", 1e9), {
    name: "InputError",
    message: /must be a file: a folder/,
  });
});
