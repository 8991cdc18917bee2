/** Pictures of every kind through the real command: a right result, or a clear error that costs nothing else. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { crc32 } from "../../src/media/bytes.ts";
import { decodeImage, resizeFrame } from "../../src/media/mod.ts";
import { PNG_KINDS, pngOf, turnedJpeg } from "./_pictures.ts";
import { diffpose, inTemp, type Poses, readPoses, ROOT } from "./harness.ts";

const MEDIA = join(ROOT, "fixtures/media");
const PHOTO = join(ROOT, "fixtures/images/pose.jpg");
const WORDS = ["--pictures", "stills", "--device", "wasm", "--search-size", "256", "--format", "none"];
/** Chroma of a turned JPEG falls on other blocks, and a cell of the heatmap is 3 px here. */
const TURNED_PX = 2;
/** Without colours or with 6 levels of them the network sees another picture: a cell. */
const RECOLOURED_PX = 4;

const photo = resizeFrame(await decodeImage(await Deno.readFile(PHOTO), PHOTO), 300);

async function run(folder: string): Promise<{ code: number; err: string; poses: Poses }> {
  const { code, err } = await diffpose(["pose", join(folder, "in"), ...WORDS, "-o", folder]);
  return { code, err, poses: readPoses(join(folder, "in", "poses.ndjson")) };
}

async function write(folder: string, files: Readonly<Record<string, Uint8Array>>): Promise<void> {
  await Deno.mkdir(join(folder, "in"));
  for (const [name, bytes] of Object.entries(files)) await Deno.writeFile(join(folder, "in", name), bytes);
}

/** Farthest distance of a joint that both are sure of. */
function apart(a: Poses["frames"][number], b: Poses["frames"][number]): number {
  assert.deepEqual([a.people.length, b.people.length], [1, 1], `${a.name}, ${b.name}`);
  const [p, q] = [a.people[0]!.keypoints, b.people[0]!.keypoints];
  const sure = p.flatMap(([x, y, s], j) => s > 0.4 && q[j]![2] > 0.4 ? [Math.hypot(x - q[j]![0], y - q[j]![1])] : []);
  assert.ok(sure.length >= 10, `${sure.length} sure joints`);
  return Math.max(...sure);
}

Deno.test("pose: all eight EXIF orientations stand upright", async () => {
  await inTemp(async (folder) => {
    const tags = [1, 2, 3, 4, 5, 6, 7, 8];
    const files = await Promise.all(tags.map(async (tag) => [`${tag}.jpg`, await turnedJpeg(photo, tag)] as const));
    await write(folder, Object.fromEntries(files));
    const { code, err, poses } = await run(folder);
    assert.equal(code, 0, err);
    assert.ok(poses.frames.every(({ width, height }) => width === undefined && height === undefined), "300x200 all");
    for (const frame of poses.frames.slice(1)) {
      const distance = apart(poses.frames[0]!, frame);
      assert.ok(distance <= TURNED_PX, `${frame.name}: ${distance} px`);
    }
  });
});

Deno.test("pose: grey, 16-bit, palette and alpha PNG give the pose of the photo, whatever the ending says", async () => {
  await inTemp(async (folder) => {
    const kinds = Object.entries(PNG_KINDS);
    const files = await Promise.all(
      kinds.map(async ([name, kind]) => [`${name}.png`, await pngOf(photo, kind)] as const),
    );
    await write(folder, { "0 photo.jpg": await turnedJpeg(photo, 1), ...Object.fromEntries(files) });
    await Deno.rename(join(folder, "in", "alpha.png"), join(folder, "in", "wrong ending.jpeg"));
    const { code, err, poses } = await run(folder);
    assert.equal(code, 0, err);
    assert.equal(poses.frames.length, 1 + kinds.length);
    for (const frame of poses.frames.slice(1)) {
      const distance = apart(poses.frames[0]!, frame);
      assert.ok(distance <= RECOLOURED_PX, `${frame.name}: ${distance} px`);
    }
  });
});

Deno.test("pose: pictures that cannot be read are listed at the end, the others are done", async () => {
  await inTemp(async (folder) => {
    const read = async (name: string): Promise<Uint8Array> => await Deno.readFile(join(MEDIA, name));
    const huge = await read("rgb8.png");
    new DataView(huge.buffer).setUint32(16, 12000);
    new DataView(huge.buffer).setUint32(20, 12000);
    new DataView(huge.buffer).setUint32(29, crc32(huge.subarray(12, 29)));
    const dot = { width: 8, height: 8, data: new Uint8ClampedArray(256).fill(200) };
    await write(folder, {
      "1 cut.jpg": (await turnedJpeg(photo, 1)).subarray(0, 4000),
      "2 cmyk.jpg": await read("cmyk.jpg"),
      "3 empty.png": new Uint8Array(),
      "4 text.jpg": new TextEncoder().encode("this is no picture"),
      "5 huge.png": huge,
      "6 moving.gif": await read("animation.gif"),
      "7 tiny.png": await pngOf(dot, PNG_KINDS["alpha"]!),
      "8 grey.jpg": await read("grey.jpg"),
      "9 photo.jpg": await turnedJpeg(photo, 6),
    });
    const { code, err, poses } = await run(folder);
    assert.equal(code, 1);
    assert.match(err, /1 files are no pictures and were passed over: 6 moving\.gif/);
    const [, list] = err.split("5 pictures failed, the others are done:\n");
    for (
      const line of [
        /^ {2}.*1 cut\.jpg: a JPEG must be whole: it has no end marker in 4000 bytes$/m,
        /^ {2}.*2 cmyk\.jpg: .*convert CMYK pictures to RGB first.*: .*channels is 4$/m,
        /^ {2}.*3 empty\.png: a picture must not be empty: current size is 0 bytes$/m,
        /^ {2}.*4 text\.jpg: a picture must be a JPEG or PNG file: .*74 68 69 73$/m,
        /^ {2}.*5 huge\.png: .*at most 100 megapixels.*: current size is 12000x12000$/m,
      ]
    ) assert.match(list!, line);
    assert.deepEqual(poses.frames.map(({ name, people }) => [name, people.length]), [
      ["7 tiny.png", 0],
      ["8 grey.jpg", 0],
      ["9 photo.jpg", 1],
    ]);
    assert.deepEqual([poses.frames[2]!.width, poses.frames[2]!.height], [300, 200], "a still says its own size");
    assert.equal(poses.end?.frames, 3);
  });
});

Deno.test("pose: a folder without one readable picture ends with code 1 and says why", async () => {
  await inTemp(async (folder) => {
    await write(folder, { "a.jpg": new Uint8Array(), "b.png": new Uint8Array(9) });
    const { code, err } = await diffpose(["pose", join(folder, "in"), ...WORDS, "-o", folder]);
    assert.equal(code, 1);
    assert.match(err, /one picture at least must be readable: none of 2 is/);
    assert.match(err, /a\.jpg: a picture must not be empty/);
    assert.match(err, /b\.png: a picture must be a JPEG or PNG file/);
  });
});
