/** `--resume` on pictures some of which could not be read: they are tried again, the others stay as they are. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { decodeImage, encodeJpeg, type Frame, resizeFrame } from "../../src/media/mod.ts";
import { diffpose, inTemp, type Outcome, type Poses, readPoses, ROOT } from "./harness.ts";

const PHOTO = join(ROOT, "fixtures/images/pose.jpg");
const BROKEN = new TextEncoder().encode("this is no picture");

const photo = resizeFrame(await decodeImage(await Deno.readFile(PHOTO), PHOTO), 300);
const empty: Frame = { ...photo, data: new Uint8ClampedArray(photo.data.length).fill(200) };

interface Run {
  /** Writes a picture. */
  write(name: string, picture: Frame | Uint8Array): Promise<void>;
  /** Runs the command, with `--resume` or not. */
  pose(...more: string[]): Promise<Outcome>;
  poses(): Poses;
  text(): string;
}

async function inRun(body: (run: Run) => Promise<void>): Promise<void> {
  await inTemp(async (folder) => {
    const path = join(folder, "out", "in", "poses.ndjson");
    await Deno.mkdir(join(folder, "in"));
    const words = ["--pictures", "stills", "--device", "wasm", "--search-size", "256", "-o", join(folder, "out")];
    await body({
      write: async (name, picture) => {
        const bytes = picture instanceof Uint8Array ? picture : await encodeJpeg(picture, 90);
        await Deno.writeFile(join(folder, "in", name), bytes);
      },
      pose: async (...more) => await diffpose(["pose", join(folder, "in"), ...words, ...more]),
      poses: () => readPoses(path),
      text: () => readFileSync(path, "utf8"),
    });
  });
}

const names = ({ frames }: Poses) => frames.map(({ name }) => name);
const lineOf = (text: string, name: string) => text.split("\n").find((line) => line.includes(`"${name}"`));

Deno.test("pose --resume: pictures that failed and can be read now are put among the others, which stay", async () => {
  await inRun(async ({ write, pose, poses, text }) => {
    const small = resizeFrame(photo, 240);
    for (const name of ["a.jpg", "c.jpg", "e.jpg"]) await write(name, BROKEN);
    for (const name of ["b.jpg", "d.jpg"]) await write(name, photo);
    const first = await pose("--format", "coco");
    assert.equal(first.code, 1);
    assert.match(first.err, /3 pictures failed/);
    const before = text();
    assert.deepEqual(names(poses()), ["b.jpg", "d.jpg"]);

    await write("b.jpg", empty); // Whoever looked at it again would find nobody.
    for (const name of ["a.jpg", "e.jpg"]) await write(name, small);
    const second = await pose("--resume", "--format", "coco");
    assert.equal(second.code, 1, "one fails still");
    assert.match(second.err, /1 picture failed, the others are done:\n.*c\.jpg: a picture must be a JPEG or PNG/);
    const { header, frames, end } = poses();
    assert.deepEqual(names(poses()), ["a.jpg", "b.jpg", "d.jpg", "e.jpg"]);
    assert.deepEqual([header.width, header.height], [300, 200], "the size that the header had");
    assert.deepEqual(frames.map(({ index, width }) => [index, width]), [[0, 240], [1, undefined], [3, undefined], [
      4,
      240,
    ]]);
    for (const name of ["b.jpg", "d.jpg"]) assert.equal(lineOf(text(), name), lineOf(before, name));
    assert.deepEqual(frames.map(({ people }) => people.map(({ id }) => id)), [[3], [1], [2], [4]]);
    assert.deepEqual([end?.frames, end?.seconds], [4, 5 / header.fps]);

    const third = await pose("--resume", "--format", "none");
    assert.equal(third.code, 1);
    assert.match(third.err, /complete already, 4 frames/);
    await write("c.jpg", photo);
    assert.equal((await pose("--resume", "--format", "none")).code, 0);
    assert.deepEqual(names(poses()), ["a.jpg", "b.jpg", "c.jpg", "d.jpg", "e.jpg"]);
  });
});

Deno.test("pose --resume of a cut run goes on, and tries what had failed before the cut", async () => {
  await inRun(async ({ write, pose, poses, text }) => {
    await write("0.jpg", photo);
    await write("1.jpg", BROKEN);
    for (const name of ["2.jpg", "3.jpg"]) await write(name, photo);
    await pose("--format", "none");
    const whole = text().trimEnd().split("\n");
    await write("1.jpg", photo);
    await write("0.jpg", empty);
    const path = poses().header.input.replace(/in$/, "out/in/poses.ndjson");
    await Deno.writeTextFile(path, `${whole.slice(0, 3).join("\n")}\n`); // As if killed after two pictures.
    const { code, err } = await pose("--resume", "--format", "none");
    assert.equal(code, 0, err);
    assert.deepEqual(names(poses()), ["0.jpg", "1.jpg", "2.jpg", "3.jpg"]);
    assert.equal(lineOf(text(), "0.jpg"), whole[1]);
    const ids = poses().frames.flatMap(({ people }) => people.map(({ id }) => id));
    assert.equal(ids.length, 4);
    assert.equal(new Set(ids).size, 4);
  });
});

Deno.test("pose --resume does new pictures at the end, and refuses a folder in which names have moved", async () => {
  await inRun(async ({ write, pose, poses, text }) => {
    await write("b.jpg", photo);
    assert.equal((await pose("--format", "none")).code, 0);
    await write("c.jpg", photo);
    assert.equal((await pose("--resume", "--format", "none")).code, 0);
    assert.deepEqual(names(poses()), ["b.jpg", "c.jpg"]);
    const before = text();
    await write("a.jpg", photo);
    const { code, err } = await pose("--resume", "--format", "none");
    assert.equal(code, 1);
    assert.match(err, /resumed on the pictures it was started on: b\.jpg was where .*a\.jpg is/);
    assert.equal(text(), before);
  });
});

Deno.test("pose --resume writes the page anew when a picture came late", async () => {
  await inRun(async ({ write, pose, poses }) => {
    await write("a.jpg", photo);
    await write("b.jpg", BROKEN);
    await pose();
    const page = poses().header.input.replace(/in$/, "out/in/view.html");
    const before = readFileSync(page, "utf8");
    await pose("--resume");
    assert.equal(readFileSync(page, "utf8"), before, "nothing has changed");
    await write("b.jpg", photo);
    await pose("--resume");
    assert.ok(readFileSync(page, "utf8").length > before.length);
  });
});
