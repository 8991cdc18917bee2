/** Clip or stills: the rule, and what the command says about it. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { zipSync } from "fflate";
import { findPictures, type KindWishes, takeInputs, takePictures } from "../../src/cli/input_kind.ts";
import { CLIP, inTemp } from "./harness.ts";
import { turnedJpeg } from "./_pictures.ts";

const NONE: KindWishes = { pictures: undefined, stillFlag: undefined, clipsOnly: false, singles: false };
const LANDSCAPE = { width: 640, height: 480 };
const PORTRAIT = { width: 480, height: 640 };

Deno.test("takePictures(): one picture and several sizes are stills, one size and videos a clip", () => {
  const kind = (...args: Parameters<typeof takePictures>) => takePictures(...args).kind;
  assert.equal(kind("video", NONE), "clip");
  assert.equal(kind({ count: 1, sizes: [LANDSCAPE] }, NONE), "stills");
  assert.equal(kind({ count: 9, sizes: [LANDSCAPE] }, NONE), "clip");
  assert.equal(kind({ count: 9, sizes: [LANDSCAPE, PORTRAIT] }, NONE), "stills");
  assert.equal(kind({ count: 2, sizes: [] }, NONE), "clip", "none can be read, which is told by whoever opens it");
  const singles = { ...NONE, singles: true };
  assert.equal(kind({ count: 9, sizes: [LANDSCAPE] }, singles), "stills", "a system of single pictures");
  assert.equal(kind("video", singles), "clip");
});

Deno.test("takePictures(): what the command line says goes before, and is not explained", () => {
  const many = { count: 9, sizes: [LANDSCAPE, PORTRAIT] };
  const same = { count: 9, sizes: [LANDSCAPE] };
  assert.deepEqual(takePictures(many, { ...NONE, pictures: "clip" }), { kind: "clip", why: null });
  assert.deepEqual(takePictures(same, { ...NONE, pictures: "stills" }), { kind: "stills", why: null });
  assert.deepEqual(takePictures("video", { ...NONE, pictures: "stills" }), { kind: "clip", why: null });
  assert.equal(takePictures(same, { ...NONE, stillFlag: "boxes" }).kind, "stills");
  assert.equal(takePictures(null, { ...NONE, stillFlag: "boxes" }).kind, "stills");
  assert.equal(takePictures(many, { ...NONE, clipsOnly: true }).kind, "clip");
  assert.deepEqual(takePictures(same, { ...NONE, singles: true, pictures: "clip" }), { kind: "clip", why: null });
});

Deno.test("takePictures() says why, and which flag chooses otherwise", () => {
  for (
    const [found, wishes, words] of [
      [{ count: 1, sizes: [LANDSCAPE] }, NONE, /^a single picture is a still; --pictures clip takes it for /],
      [{ count: 9, sizes: [LANDSCAPE] }, NONE, /^9 pictures of one size \(640x480\) are the frames.*--pictures stills/],
      [
        { count: 9, sizes: [LANDSCAPE, PORTRAIT] },
        NONE,
        /^9 pictures of different sizes \(640x480, 480x640, …\) are stills; --pictures clip takes them/,
      ],
      [
        { count: 9, sizes: [LANDSCAPE] },
        { ...NONE, singles: true },
        /^9 pictures are stills, as this system .*--pictures clip/,
      ],
      [{ count: 9, sizes: [] }, { ...NONE, stillFlag: "boxes" }, /^9 pictures are stills, as --boxes is given$/],
      [
        { count: 1, sizes: [] },
        { ...NONE, clipsOnly: true },
        /^a single picture is the frame of a clip, as this system/,
      ],
    ] as const
  ) assert.match(takePictures(found, wishes).why!, words);
});

Deno.test("takeInputs(): a picture, folders, an archive, a video, and nothing at all", async () => {
  await inTemp(async (folder) => {
    const upright = { width: 32, height: 24, data: new Uint8ClampedArray(32 * 24 * 4).fill(99) };
    const tall = { width: 24, height: 32, data: upright.data };
    const write = async (files: Readonly<Record<string, Uint8Array>>): Promise<void> => {
      for (const [name, bytes] of Object.entries(files)) {
        await Deno.mkdir(join(folder, name, ".."), { recursive: true });
        await Deno.writeFile(join(folder, name), bytes);
      }
    };
    const [plain, turned, portrait] = [1, 6].map((tag) => turnedJpeg(upright, tag)).concat(turnedJpeg(tall, 6));
    const broken = new TextEncoder().encode("no picture");
    await write({
      "a.jpg": await plain!,
      "b.jpg": await turned!,
      "same/0.jpg": await plain!,
      "same/1.jpg": await turned!,
      "same/2.jpg": broken,
      "mixed/0.jpg": broken,
      "mixed/1.jpg": await plain!,
      "mixed/2.jpg": await portrait!,
      "deep/0.jpg": await plain!,
      "deep/sub/1.jpg": await portrait!,
      "mixed.zip": zipSync({ "0.jpg": await plain!, "1.jpg": await portrait! }),
    });
    const names = ["a.jpg", "b.jpg", "same", "mixed", "deep", "mixed.zip", "nothing"];
    const paths = [...names.map((name) => join(folder, name)), CLIP];
    const lines: string[] = [];
    const kinds = await takeInputs(paths, {
      wishes: NONE,
      recursive: false,
      tell: (line) => lines.push(line.replaceAll(folder, "")),
    });
    assert.deepEqual(kinds, ["stills", "stills", "clip", "stills", "stills", "stills", "clip", "clip"]);
    assert.deepEqual(lines.map((line) => line.split(":")[0]), ["/a.jpg and 2 more", "/same", "/mixed", "/mixed.zip"]);
    assert.match(lines[1]!, /3 pictures of one size \(32x24\)/, "a turned picture has the size that is shown");
    const deep = await findPictures(join(folder, "deep"), true);
    assert.deepEqual(deep, { count: 2, sizes: [{ width: 32, height: 24 }, { width: 24, height: 32 }] });
  });
});
