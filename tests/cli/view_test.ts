/** `diffpose view` as a program would call it: files in, a page out. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { InputError } from "../../src/core/errors.ts";
import { type ParsedArgs, UsageError } from "../../src/cli/command.ts";
import { COMMAND, namesOf } from "../../src/cli/commands/view.ts";
import { writeRecord } from "../../src/formats/mod.ts";
import { encodeJpeg } from "../../src/media/mod.ts";
import { keepingHost } from "./_packs.ts";
import { WALK, walkHeader, walkRecords } from "../render/walk.ts";

const FRAMES = 3;

/** A folder with `poses.ndjson` of a folder of pictures beside it. */
async function inFolder(body: (folder: string, poses: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.mkdir(join(folder, "shots"));
    const data = new Uint8ClampedArray(WALK.width * WALK.height * 4).fill(128);
    for (let index = 0; index < FRAMES; index++) {
      const jpeg = await encodeJpeg({ width: WALK.width, height: WALK.height, data }, 60);
      await Deno.writeFile(join(folder, "shots", `${index}.jpg`), jpeg);
    }
    const poses = join(folder, "poses.ndjson");
    const lines = [...walkRecords(FRAMES, 1, walkHeader({ input: "shots" }))].map((record) =>
      `${writeRecord(record).trimEnd()}\n`
    );
    await Deno.writeTextFile(poses, lines.join(""));
    await body(folder, poses);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const args = (poses: string, flags: ParsedArgs["flags"] = {}): ParsedArgs => ({ positionals: [poses], flags });
const pictures = (html: string): number =>
  [...html.matchAll(/<script type="image\/jpeg" data-diffpose="image"/g)].length;

Deno.test("view writes the page beside the poses, with the pictures that the header names", async () => {
  await inFolder(async (folder, poses) => {
    const host = keepingHost();
    assert.equal(await COMMAND.run(args(poses), host), 0);
    assert.deepEqual(host.printed, [join(folder, "view.html")]);
    assert.equal(pictures(await Deno.readTextFile(join(folder, "view.html"))), FRAMES);
    assert.deepEqual(host.warned, []);
    const names = (await Array.fromAsync(Deno.readDir(folder))).map((entry) => entry.name).sort();
    assert.deepEqual(names, ["poses.ndjson", "shots", "view.html"], "no unfinished file is left");
  });
});

Deno.test("view -o --no-frames writes a page without pictures to the named place", async () => {
  await inFolder(async (folder, poses) => {
    const output = join(folder, "page.html");
    assert.equal(await COMMAND.run(args(poses, { output, "no-frames": true }), keepingHost()), 0);
    assert.equal(pictures(await Deno.readTextFile(output)), 0);
  });
});

Deno.test("view of poses that were lifted from poses finds the clip of the first, and no end in a ring", async () => {
  await inFolder(async (folder, poses) => {
    const lifted = join(folder, "lifted.ndjson");
    const text = await Deno.readTextFile(poses);
    await Deno.writeTextFile(lifted, text.replace('"input":"shots"', '"input":"poses.ndjson"'));
    assert.equal(await COMMAND.run(args(lifted), keepingHost()), 0);
    assert.equal(pictures(await Deno.readTextFile(join(folder, "view.html"))), FRAMES);
    await Deno.writeTextFile(lifted, text.replace('"input":"shots"', '"input":"lifted.ndjson"'));
    const ring = keepingHost();
    assert.equal(await COMMAND.run(args(lifted), ring), 0);
    assert.match(ring.warned.join("\n"), /lifted.ndjson was not found/);
  });
});

Deno.test("view notes a clip that is gone or broken and still writes the page", async () => {
  await inFolder(async (folder, poses) => {
    await Deno.writeTextFile(join(folder, "shots", "0.jpg"), "no picture");
    const broken = keepingHost();
    assert.equal(await COMMAND.run(args(poses), broken), 0);
    assert.match(broken.warned.join("\n"), /the page has no pictures/);
    await Deno.remove(join(folder, "shots"), { recursive: true });
    const gone = keepingHost();
    assert.equal(await COMMAND.run(args(poses), gone), 0);
    assert.match(gone.warned.join("\n"), /shots was not found; --frames INPUT/);
    assert.equal(pictures(await Deno.readTextFile(join(folder, "view.html"))), 0);
  });
});

Deno.test("view --frames with a wrong path is an error, and no page is left", async () => {
  await inFolder(async (folder, poses) => {
    await assert.rejects(COMMAND.run(args(poses, { frames: join(folder, "nowhere.mp4") }), keepingHost()), InputError);
    await assert.rejects(Deno.stat(join(folder, "view.html")), Deno.errors.NotFound);
  });
});

Deno.test("view refuses a file without a header, a missing file, and flags that contradict", async () => {
  await inFolder(async (folder, poses) => {
    await Deno.writeTextFile(join(folder, "empty.ndjson"), "");
    await assert.rejects(COMMAND.run(args(join(folder, "empty.ndjson")), keepingHost()), InputError);
    await assert.rejects(COMMAND.run(args(join(folder, "none.ndjson")), keepingHost()), InputError);
    await assert.rejects(COMMAND.run(args(poses, { frames: "x", "no-frames": true }), keepingHost()), UsageError);
  });
});

Deno.test("view of two files shows both runs, named by what differs", async () => {
  await inFolder(async (folder, poses) => {
    const second = join(folder, "second.ndjson");
    const output = join(folder, "page.html");
    const both = { positionals: [poses, second], flags: { output } };
    const records = (change: Parameters<typeof walkHeader>[0]) =>
      [...walkRecords(FRAMES, 1, walkHeader(change))].map((record) => `${writeRecord(record).trimEnd()}\n`).join("");
    await Deno.writeTextFile(second, records({ options: { system: "diffpose-video" } }));
    assert.equal(await COMMAND.run(both, keepingHost()), 0);
    const html = await Deno.readTextFile(output);
    assert.match(html, /"names":\["movenet","diffpose-video"\]/);
    assert.equal(pictures(html), FRAMES, "the clip of the first file, once");
    await Deno.writeTextFile(second, records({ width: 320 }));
    await assert.rejects(async () => await COMMAND.run(both, keepingHost()), /width.*must be that of/);
  });
});

Deno.test("namesOf() names runs by system, folder or file", () => {
  const [movenet, video] = [walkHeader(), walkHeader({ options: { system: "diffpose-video" } })];
  assert.deepEqual(namesOf(["a/poses.ndjson", "b/poses.ndjson"], [video, movenet]), ["diffpose-video", "movenet"]);
  assert.deepEqual(namesOf(["out/a/poses.ndjson", "out/b/poses.ndjson"], [movenet, movenet]), ["a", "b"]);
  assert.deepEqual(namesOf(["a/one.ndjson", "a/two.ndjson"], [movenet, movenet]), ["one.ndjson", "two.ndjson"]);
});
