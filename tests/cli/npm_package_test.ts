import assert from "node:assert/strict";
import { createTarGzip } from "nanotar";
import { unpack } from "../../src/cli/npm_package.ts";

const SPEC = "some-package@1.0.0";

Deno.test("unpack() gives the wanted files by their path inside of the package", async () => {
  const archive = await createTarGzip([
    { name: "package/LICENSE", data: "free" },
    { name: "package/models/a.bin", data: new Uint8Array([1, 2, 3]) },
    { name: "package/models/b.bin", data: new Uint8Array([4]) },
  ]);
  const files = await unpack(SPEC, archive, ["models/a.bin"]);
  assert.deepEqual([...files], [["models/a.bin", new Uint8Array([1, 2, 3])]]);
});

Deno.test("unpack() names the files that the package lacks", async () => {
  const archive = await createTarGzip([{ name: "package/a", data: "a" }]);
  await assert.rejects(unpack(SPEC, archive, ["a", "b"]), /some-package@1\.0\.0: .*no b$/);
});

Deno.test("unpack() refuses a cut archive and what is none", async () => {
  const archive = await createTarGzip([{ name: "package/a", data: "a".repeat(5000) }]);
  await assert.rejects(unpack(SPEC, archive.subarray(0, 40), ["a"]), { name: "InputError" });
  await assert.rejects(unpack(SPEC, new Uint8Array(100), ["a"]), /must be a whole \.tgz archive/);
});
