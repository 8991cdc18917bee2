import assert from "node:assert/strict";
import { join } from "node:path";
import { isWholeFolder, replaceFolder } from "../../src/cli/replace_folder.ts";
import { sha256 } from "../../src/runtime/pack.ts";
import { inTemp } from "./harness.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

const names = async (folder: string) => (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).sort();

Deno.test("replaceFolder() puts the new files in place of the old ones, and leaves nothing beside", async () => {
  await inTemp(async (folder) => {
    const target = join(folder, "new", "pack");
    await replaceFolder(target, [{ name: "a", bytes: bytes("1") }, { name: "b", bytes: bytes("2") }]);
    await replaceFolder(target, [{ name: "a", bytes: bytes("3") }]);
    assert.deepEqual(await names(target), ["a"]);
    assert.deepEqual(await names(join(folder, "new")), ["pack"]);
    assert.equal(await Deno.readTextFile(join(target, "a")), "3");
  });
});

Deno.test("replaceFolder() keeps the old files when the new ones cannot be written", async () => {
  await inTemp(async (folder) => {
    const target = join(folder, "pack");
    await replaceFolder(target, [{ name: "a", bytes: bytes("1") }]);
    const bad = [{ name: "a", bytes: bytes("2") }, { name: join("missing", "b"), bytes: bytes("3") }];
    await assert.rejects(replaceFolder(target, bad), { name: "InputError" });
    assert.equal(await Deno.readTextFile(join(target, "a")), "1");
    assert.deepEqual(await names(folder), ["pack"]);
  });
});

Deno.test("isWholeFolder() is false for a missing folder, a missing file, and one changed byte", async () => {
  await inTemp(async (folder) => {
    const stated = [{ name: "a", sha256: await sha256(bytes("1")) }];
    assert.equal(await isWholeFolder(join(folder, "none"), stated), false);
    assert.equal(await isWholeFolder(folder, stated), false);
    await Deno.writeTextFile(join(folder, "a"), "1");
    assert.equal(await isWholeFolder(folder, stated), true);
    await Deno.writeTextFile(join(folder, "a"), "2");
    assert.equal(await isWholeFolder(folder, stated), false);
  });
});
