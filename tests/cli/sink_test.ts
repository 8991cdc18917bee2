import assert from "node:assert/strict";
import { join } from "node:path";
import { InputError } from "../../src/core/errors.ts";
import { openSink } from "../../src/cli/sink.ts";
import { inTemp } from "./harness.ts";

/** Everything below a folder, hidden names too. */
async function tree(folder: string): Promise<string[]> {
  const names: string[] = [];
  for await (const entry of Deno.readDir(folder)) {
    if (entry.isDirectory) names.push(...(await tree(join(folder, entry.name))).map((name) => join(entry.name, name)));
    else names.push(entry.name);
  }
  return names.sort();
}

const place = (folder: string) => ({ folder, stem: "poses", ending: ".trc", overwrite: false });

Deno.test("openSink() shows no file before the commit, and all of them after it", async () => {
  await inTemp(async (folder) => {
    await using sink = openSink(place(folder));
    for (const suffix of ["", ".person2"]) {
      const file = await sink.file(suffix);
      await file.write("a");
      await file.write(new Uint8Array([98]));
      await file.close();
    }
    assert.ok((await tree(folder)).every((name) => name.startsWith(".")));
    assert.deepEqual(await sink.commit(), [join(folder, "poses.trc"), join(folder, "poses.person2.trc")]);
    assert.deepEqual(await tree(folder), ["poses.person2.trc", "poses.trc"]);
    assert.equal(await Deno.readTextFile(join(folder, "poses.trc")), "ab");
  });
});

Deno.test("openSink() leaves nothing behind when it is not committed", async () => {
  await inTemp(async (folder) => {
    {
      await using sink = openSink(place(folder));
      await (await sink.file("")).write("half of a fi");
      await (await sink.named("a.json")).write("half");
    }
    assert.deepEqual(await tree(folder), []);
  });
});

Deno.test("openSink() keeps bytes that the caller uses again, and files longer than its buffer", async () => {
  await inTemp(async (folder) => {
    await using sink = openSink(place(folder));
    const file = await sink.file("");
    const bytes = new Uint8Array(50_000);
    for (let i = 0; i < 5; i++) await file.write(bytes.fill(i));
    await file.close();
    await sink.commit();
    const read = await Deno.readFile(join(folder, "poses.trc"));
    assert.deepEqual(read, Uint8Array.from({ length: 250_000 }, (_, i) => Math.floor(i / 50_000)));
  });
});

Deno.test("openSink() replaces a file only when it may", async () => {
  await inTemp(async (folder) => {
    const path = join(folder, "poses.trc");
    await Deno.writeTextFile(path, "old");
    {
      await using sink = openSink(place(folder));
      await assert.rejects(sink.file(""), (error: Error) => {
        assert.ok(error instanceof InputError);
        assert.match(error.message, /poses\.trc: is there already: add --overwrite/);
        return true;
      });
    }
    assert.equal(await Deno.readTextFile(path), "old");
    await using sink = openSink({ ...place(folder), overwrite: true });
    const file = await sink.file("");
    await file.write("new");
    await file.close();
    assert.equal(await Deno.readTextFile(path), "old");
    await sink.commit();
    assert.equal(await Deno.readTextFile(path), "new");
  });
});

Deno.test("openSink() makes a folder of files in one step, and replaces all of an old one", async () => {
  await inTemp(async (folder) => {
    await Deno.mkdir(join(folder, "poses"));
    await Deno.writeTextFile(join(folder, "poses", "stale.json"), "{}");
    await using refused = openSink({ ...place(folder), ending: ".json" });
    await assert.rejects(refused.named("a.json"), /is there already/);
    await using sink = openSink({ ...place(folder), ending: ".json", overwrite: true });
    await (await sink.named("a.json")).close();
    assert.deepEqual(await sink.commit(), [join(folder, "poses")]);
    assert.deepEqual(await tree(folder), [join("poses", "a.json")]);
    for (const name of ["../a.json", ".a", "a/b"]) await assert.rejects(sink.named(name), /plain name/);
  });
});

Deno.test("openSink() names the path that cannot be written", async () => {
  await inTemp(async (folder) => {
    await Deno.writeTextFile(join(folder, "file"), "");
    await using sink = openSink(place(join(folder, "file")));
    await assert.rejects(
      sink.file(""),
      (error: Error) => error instanceof InputError && error.message.includes("file"),
    );
  });
});
