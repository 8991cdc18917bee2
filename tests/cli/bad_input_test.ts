/** Bad input: a clear message that names the input, the rule and the value, the right exit code, nothing lost. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { encodeJpeg } from "../../src/media/mod.ts";
import { CLIP, diffpose, inTemp, readPoses, ROOT } from "./harness.ts";

const WASM = ["--device", "wasm", "--format", "none"];

/** Pictures of a grey wall. */
async function writeWall(folder: string, count: number): Promise<void> {
  await Deno.mkdir(folder);
  const data = new Uint8ClampedArray(320 * 240 * 4).fill(128);
  const jpeg = await encodeJpeg({ width: 320, height: 240, data }, 80);
  for (let index = 0; index < count; index++) await Deno.writeFile(join(folder, `${index}.jpg`), jpeg);
}

Deno.test("run: a clip with nobody in it is done with empty frames and says so", async () => {
  await inTemp(async (folder) => {
    await writeWall(join(folder, "wall"), 7);
    const { code, err } = await diffpose(["run", join(folder, "wall"), ...WASM, "-o", join(folder, "out")]);
    assert.equal(code, 0, err);
    assert.match(err, /7 frames, nobody was found/);
    const { frames, end } = readPoses(join(folder, "out", "wall", "poses.ndjson"));
    assert.ok(frames.length === 7 && frames.every(({ people }) => people.length === 0) && end?.frames === 7);
  });
});

Deno.test("run: of several inputs, one that is broken is reported and the others are done", async () => {
  await inTemp(async (folder) => {
    await writeWall(join(folder, "wall"), 2);
    await Deno.writeTextFile(join(folder, "broken.mp4"), "this is no video");
    await Deno.writeTextFile(join(folder, "empty.mp4"), "");
    const inputs = ["broken.mp4", "empty.mp4", "missing.mp4", "wall"].map((name) => join(folder, name));
    const { code, err } = await diffpose(["run", ...inputs, ...WASM, "-o", join(folder, "out")]);
    assert.equal(code, 1);
    for (const name of ["broken.mp4", "empty.mp4", "missing.mp4"]) {
      assert.match(err, new RegExp(`^diffpose: .*${name}: .+: .+$`, "m"), name);
    }
    assert.equal(readPoses(join(folder, "out", "wall", "poses.ndjson")).end?.frames, 2);
  });
});

Deno.test("run: a video cut in the middle keeps the frames before the cut and ends with code 1", async () => {
  await inTemp(async (folder) => {
    const whole = await Deno.readFile(join(ROOT, "fixtures/media/mjpeg.avi"));
    const path = join(folder, "cut.avi");
    // A picture of a folder that is damaged breaks the stream in the same way, whatever the video decoder.
    await writeWall(join(folder, "wall"), 5);
    const damaged = join(folder, "wall", "3.jpg");
    await Deno.writeFile(damaged, (await Deno.readFile(damaged)).subarray(0, 200));
    await Deno.writeFile(path, whole.subarray(0, 100));
    const { code, err } = await diffpose(["run", join(folder, "wall"), path, ...WASM, "-o", join(folder, "out")]);
    assert.equal(code, 1);
    assert.match(err, /3\.jpg/);
    const { frames, end } = readPoses(join(folder, "out", "wall", "poses.ndjson"));
    assert.deepEqual(frames.map(({ index }) => index), [0, 1, 2]);
    assert.equal(end, undefined, "no end line: the run was cut");
  });
});

Deno.test("run: an output folder that cannot be made is named", async () => {
  await inTemp(async (folder) => {
    await writeWall(join(folder, "wall"), 1);
    await Deno.writeTextFile(join(folder, "file"), "");
    const { code, err } = await diffpose(["run", join(folder, "wall"), ...WASM, "-o", join(folder, "file")]);
    assert.equal(code, 1);
    assert.match(err, /file\/wall: must be a folder that can be written/);
  });
});

Deno.test("run: a model whose hash does not match is refused before anything is computed", async () => {
  await inTemp(async (folder) => {
    const pack = join(ROOT, "models/diffpose-3d");
    await Deno.mkdir(join(folder, "pack"));
    for await (const { name } of Deno.readDir(pack)) await Deno.copyFile(join(pack, name), join(folder, "pack", name));
    for await (const { name } of Deno.readDir(join(folder, "pack"))) {
      if (!name.endsWith(".onnx")) continue;
      const bytes = await Deno.readFile(join(folder, "pack", name));
      bytes[bytes.length - 1]! ^= 1;
      await Deno.writeFile(join(folder, "pack", name), bytes);
    }
    const { code, err } = await diffpose([
      "run",
      CLIP,
      ...WASM,
      "--model",
      join(folder, "pack"),
      "-o",
      join(folder, "out"),
    ]);
    assert.equal(code, 1);
    assert.match(err, /\.onnx: its sha-256 must be [0-9a-f]{64}: [0-9a-f]{64}/);
    await assert.rejects(Deno.stat(join(folder, "out")), "nothing was written");
  });
});

Deno.test("lift: a NaN keypoint is named by record and field", async () => {
  await inTemp(async (folder) => {
    const file = join(folder, "bad.json");
    const keypoints = Array.from({ length: 51 }, (_, i) => i % 3 === 2 ? 1 : 10 + i);
    const text = JSON.stringify([{ image_id: 0, category_id: 1, keypoints, score: 0.5 }]).replace("[10,", "[NaN,");
    await Deno.writeTextFile(file, text);
    const { code, err } = await diffpose([
      "lift",
      file,
      ...WASM,
      "--fps",
      "25",
      "--width",
      "640",
      "--height",
      "480",
      "-o",
      folder,
    ]);
    assert.equal(code, 1);
    assert.match(err, /bad\.json.*keypoints.*NaN/);
  });
});

Deno.test("lift: a file that does not say its size names the flag", async () => {
  await inTemp(async (folder) => {
    const file = join(folder, "points.json");
    const keypoints = Array.from({ length: 51 }, (_, i) => i % 3 === 2 ? 1 : 10 + i);
    await Deno.writeTextFile(file, JSON.stringify([{ image_id: 0, category_id: 1, keypoints, score: 0.5 }]));
    const { code, err } = await diffpose(["lift", file, ...WASM, "--fps", "25", "-o", folder]);
    assert.equal(code, 1);
    assert.match(err, /--width/);
  });
});

Deno.test("wrong words on the command line end with code 2 and the nearest right word", async () => {
  for (
    const [words, message] of [
      [["rnu", CLIP], /did you mean run/],
      [["run"], /needs INPUT/],
      [["run", CLIP, "--stpes", "3"], /did you mean --steps/],
      [["run", CLIP, "--steps", "0"], /--steps takes a whole number/],
      [["run", CLIP, "--device", "tpu"], /--device takes one of auto, webgpu, wasm/],
      [["run", CLIP, "--start", "2", "--end", "1"], /--end must come after --start/],
      [["run", CLIP, "--format", "docx"], /--format takes html, none, /],
      [["run", CLIP, "--resume", "--overwrite"], /contradict/],
      [["run", CLIP, "--steps", "51", "--device", "wasm"], /--steps takes a whole number from 1 to 50 with this model/],
    ] as const
  ) {
    const { code, err } = await diffpose([...words]);
    assert.equal(code, 2, `${words.join(" ")}: ${err}`);
    assert.match(err, message);
  }
});

Deno.test("run: two inputs that would write to one folder are refused", async () => {
  await inTemp(async (folder) => {
    await Deno.mkdir(join(folder, "other"));
    await Deno.copyFile(CLIP, join(folder, "other", "balance_beam.mp4"));
    const { code, err } = await diffpose([
      "run",
      CLIP,
      join(folder, "other", "balance_beam.mp4"),
      ...WASM,
      "-o",
      folder,
    ]);
    assert.equal(code, 2, err);
    assert.match(err, /would both write to/);
  });
});
