import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { zipSync } from "fflate";
import { InputError } from "../../src/core/errors.ts";
import type { Frame, FrameSource } from "../../src/media/frame.ts";
import { openFrames, type OpenFramesOptions } from "../../src/media/open_frames_fs.ts";

const fixtures = fileURLToPath(new URL("../../fixtures/media/", import.meta.url));
const picture = await Deno.readFile(join(fixtures, "rgb8.png"));
const other = await Deno.readFile(join(fixtures, "exif_6.jpg"));

async function withFolder(files: Record<string, Uint8Array>, task: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    for (const [name, bytes] of Object.entries(files)) {
      await Deno.mkdir(join(folder, name, ".."), { recursive: true });
      await Deno.writeFile(join(folder, name), bytes);
    }
    await task(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function readAll(source: FrameSource): Promise<Frame[]> {
  await using opened = source;
  return await Array.fromAsync(opened.frames());
}

async function refuses(path: string, message: RegExp, options: OpenFramesOptions = {}): Promise<void> {
  await assert.rejects(async () => await readAll(await openFrames(path, options)), (error) => {
    assert.ok(error instanceof InputError, String(error));
    assert.match(error.message, message);
    return true;
  });
}

Deno.test("openFrames() reads a folder in natural order and notes what it passes over", async () => {
  const files = { "f10.png": picture, "f2.jpg": other, "f1.PNG": picture, "notes.txt": other, ".hidden.png": picture };
  await withFolder({ ...files, "sub/f0.png": picture }, async (folder) => {
    const notes: string[] = [];
    const source = await openFrames(folder, { fps: 10, onNote: (note) => notes.push(note) });
    const { kind, fps, width, height, count, decoder, input } = source;
    assert.deepEqual([kind, fps, width, height, count, decoder, input], ["images", 10, 48, 32, 3, "jpeg+png", folder]);
    const frames = await readAll(source);
    assert.deepEqual(frames.map(({ name }) => name), ["f1.PNG", "f2.jpg", "f10.png"]);
    assert.deepEqual(frames.map(({ index, time }) => [index, time]), [[0, 0], [1, 0.1], [2, 0.2]]);
    assert.deepEqual(notes, [`${folder}: 1 files are no pictures and were passed over: notes.txt`]);
    const all = await readAll(await openFrames(folder, { recursive: true }));
    assert.deepEqual(all.map(({ name }) => name), ["f1.PNG", "f2.jpg", "f10.png", "sub/f0.png"]);
  });
});

Deno.test("openFrames() keeps source indices between start and end", async () => {
  const files = Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`${i}.png`, picture]));
  await withFolder(files, async (folder) => {
    const source = await openFrames(folder, { fps: 10, start: 0.3, end: 0.6 });
    assert.equal(source.count, 3);
    const frames = await readAll(source);
    assert.deepEqual(frames.map(({ index, name }) => [index, name]), [[3, "3.png"], [4, "4.png"], [5, "5.png"]]);
    await refuses(folder, /a frame between start 2 s and end Infinity s.*end at 1.2 s/, { fps: 10, start: 2 });
  });
});

Deno.test("openFrames() reads a zip in natural order, whatever order it was packed in", async () => {
  const bytes = zipSync({
    "clip/f10.png": picture,
    "clip/f9.png": [picture, { level: 0 }],
    "clip/readme.md": other,
    "__MACOSX/clip/f9.png": other,
  });
  await withFolder({ "a.zip": bytes, "b.bin": bytes }, async (folder) => {
    const notes: string[] = [];
    for (const name of ["a.zip", "b.bin"]) {
      const frames = await readAll(await openFrames(join(folder, name), { onNote: (note) => notes.push(note) }));
      assert.deepEqual(frames.map(({ name }) => name), ["clip/f9.png", "clip/f10.png"]);
      assert.equal(frames[0]!.data[0], 220); // the red quarter
    }
    assert.match(notes[0]!, /1 files are no pictures and were passed over: clip\/readme.md$/);
  });
});

Deno.test("openFrames() reads one picture as a source of one frame", async () => {
  const path = join(fixtures, "rgb8.png");
  const source = await openFrames(path);
  assert.deepEqual([source.count, source.decoder, source.fps], [1, "png", 25]);
  assert.deepEqual((await readAll(source)).map(({ index, name }) => [index, name]), [[0, "rgb8.png"]]);
});

Deno.test("openFrames() refuses what is not there, empty, or of no known kind", async () => {
  const files = { "empty.mp4": new Uint8Array(0), "text.mp4": new TextEncoder().encode("#EXTM3U\nother.mp4\n") };
  await withFolder({ ...files, "docs/a.txt": other, "no.zip": zipSync({ "a.txt": other }) }, async (folder) => {
    await refuses(join(folder, "absent.mp4"), /absent\.mp4: .*there is nothing at this path/);
    await refuses(join(folder, "empty.mp4"), /empty\.mp4: an input must not be empty.*0 bytes/);
    await refuses(join(folder, "text.mp4"), /text\.mp4: an input must be a picture .*23 45 58 54/);
    await refuses(join(folder, "docs"), /docs: a folder must hold pictures.*1 other files/);
    await refuses(join(folder, "no.zip"), /no\.zip: a zip must hold pictures.*1 other files/);
    await refuses(join(folder, "no.zip"), /fps: .*current value is 0/, { fps: 0 });
  });
});

Deno.test("openFrames() refuses zips with places outside, bombs, and cut ones", async () => {
  const bomb = zipSync({ "a.png": new Uint8Array(8 * 1024 * 1024) });
  const outside = zipSync({ "../a.png": picture });
  await withFolder({ "bomb.zip": bomb, "outside.zip": outside, "cut.zip": bomb.slice(0, 4000) }, async (folder) => {
    await refuses(join(folder, "bomb.zip"), /bomb\.zip: .*must not grow more than/);
    await refuses(join(folder, "outside.zip"), /outside\.zip: .*places outside itself.*"\.\.\/a\.png"/);
    await refuses(join(folder, "cut.zip"), /cut\.zip: a zip must be whole/);
  });
});

Deno.test("openFrames() gives the frames before a broken picture, then its name", async () => {
  await withFolder({ "1.png": picture, "2.png": picture.slice(0, 90), "3.png": picture }, async (folder) => {
    await using source = await openFrames(folder);
    const seen: number[] = [];
    await assert.rejects(async () => {
      for await (const { index } of source.frames()) seen.push(index);
    }, /2\.png: a PNG must be whole/);
    assert.deepEqual(seen, [0]);
  });
});

Deno.test("frames() of pictures ends on abort and can be read once", async () => {
  await withFolder({ "1.png": picture, "2.png": picture }, async (folder) => {
    await using source = await openFrames(folder);
    const stop = new AbortController();
    await assert.rejects(async () => {
      for await (const _ of source.frames(stop.signal)) stop.abort(new Error("enough"));
    }, /enough/);
    await assert.rejects(Array.fromAsync(source.frames()), /frames can be read once/);
  });
});

Deno.test("openFrames() with onBroken passes over what cannot be read, wherever it stands, and keeps the indices", async () => {
  const cut = picture.subarray(0, 60);
  const files = { "0.png": cut, "1.png": picture, "2.jpg": new Uint8Array(0), "3.jpg": other, "4.png": cut };
  await withFolder(files, async (folder) => {
    const broken: string[] = [];
    const source = await openFrames(folder, { onBroken: (error) => broken.push(error.input) });
    assert.deepEqual([source.width, source.height, source.count], [48, 32, 5]);
    const frames = await readAll(source);
    assert.deepEqual(frames.map(({ index, name }) => [index, name]), [[1, "1.png"], [3, "3.jpg"]]);
    assert.deepEqual(broken, ["0.png", "2.jpg", "4.png"].map((name) => `${folder}/${name}`));
    await refuses(folder, /0\.png: a PNG must be whole/);
  });
  await withFolder({ "0.png": cut, "1.png": cut }, async (folder) => {
    await refuses(folder, /one picture at least must be readable: none of 2 is/, { onBroken: () => {} });
  });
});

Deno.test("openFrames() of one broken picture says what is wrong with it, with onBroken too", async () => {
  await withFolder({ "a.png": picture.subarray(0, 60) }, async (folder) => {
    await refuses(join(folder, "a.png"), /a PNG must be whole/, { onBroken: () => assert.fail("there is no other") });
  });
});
