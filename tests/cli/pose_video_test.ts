/** `pose` and `run` with `--system diffpose-video`, on a real clip and a pack that needs no training. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { writeTinyVideoPack } from "../systems/diffpose_video/_tiny_pack.ts";
import { CLIP, diffpose, inTemp, readPoses, signalAt } from "./harness.ts";

const STEM = "balance_beam";
const CLIP_WORDS = [CLIP, "--system", "diffpose-video", "--device", "wasm", "--format", "none"];

Deno.test("pose --system diffpose-video: header, sigma, the same bytes again, other samples with another seed", async () => {
  await inTemp(async (folder) => {
    const pack = await writeTinyVideoPack(folder);
    const words = ["pose", ...CLIP_WORDS, "--pose-model", pack, "--end", "0.1"];
    const first = await diffpose([...words, "-o", join(folder, "a"), "--sets", "2"]);
    assert.equal(first.code, 0, first.err);
    const path = join(folder, "a", STEM, "poses.ndjson");
    const { header, frames, end } = readPoses(path);
    assert.deepEqual(header.models.map(({ name }) => name), ["movenet-multipose", "movenet-thunder", "tiny-video"]);
    const { system, crop, sets, seed } = header.options;
    assert.deepEqual([system, crop, header.options["pose-steps"], sets, seed], ["diffpose-video", "track", 2, 2, 0]);
    assert.equal(frames.length, 6);
    assert.equal(end?.frames, 6);
    for (const { people } of frames) {
      assert.equal(people.length, 1);
      assert.ok(people[0]!.keypoints.every(([, , score, sigma]) => score > 0 && score <= 1 && sigma > 0));
    }

    await diffpose([...words, "-o", join(folder, "b"), "--sets", "2", "--quiet"]);
    assert.equal(readFileSync(join(folder, "b", STEM, "poses.ndjson"), "utf8"), readFileSync(path, "utf8"));
    await diffpose([...words, "-o", join(folder, "c"), "--sets", "2", "--seed", "1"]);
    assert.notDeepEqual(readPoses(join(folder, "c", STEM, "poses.ndjson")).frames, frames);

    // The first look alone is near: the pack says nothing that the backbone does not.
    await diffpose(["pose", CLIP, "--device", "wasm", "--format", "none", "--end", "0.1", "-o", join(folder, "d")]);
    const plain = readPoses(join(folder, "d", STEM, "poses.ndjson"));
    assert.equal(plain.header.options["system"], undefined);
    const apart = frames.flatMap(({ people }, f) =>
      people[0]!.keypoints.map(([x, y, score], joint) => {
        const [u, v, sure] = plain.frames[f]!.people[0]!.keypoints[joint]!;
        return score > 0.5 && sure > 0.5 ? Math.hypot(x - u, y - v) : 0;
      })
    );
    assert.ok(Math.max(...apart) < 25, `sure joints are at most 25 px of 380 apart: ${Math.max(...apart)}`);
  });
});

Deno.test("run --system diffpose-video --crop frame: steps of 2D and 3D apart, 3D from the new heatmaps", async () => {
  await inTemp(async (folder) => {
    const pack = await writeTinyVideoPack(folder);
    const words = ["run", ...CLIP_WORDS, "--pose-model", pack, "--end", "0.05", "--crop", "frame"];
    const { code, err } = await diffpose([...words, "--pose-steps", "1", "--sets", "1", "--steps", "3", "-o", folder]);
    assert.equal(code, 0, err);
    const { header, frames } = readPoses(join(folder, STEM, "poses.ndjson"));
    const { options } = header;
    assert.deepEqual([options["pose-steps"], options["sets"], options["steps"], options["crop"]], [1, 1, 3, "frame"]);
    assert.equal(header.models.at(-1)!.name, "diffpose-3d");
    assert.equal(frames.length, 3);
    for (const { people } of frames) assert.equal(people[0]!.keypoints3d!.length, 17);
  });
});

Deno.test("pose --budget-ms says what it chose, keeps what is given, and writes the choice into the header", async () => {
  await inTemp(async (folder) => {
    const pack = await writeTinyVideoPack(folder);
    const words = ["pose", ...CLIP_WORDS, "--pose-model", pack, "--end", "0.02"];
    const { code, err } = await diffpose([...words, "-o", folder, "--budget-ms", "1"]);
    assert.equal(code, 0, err);
    assert.match(err, /1 step x 1 set for a budget of 1 ms: about \d+ ms a person and frame, the least there is/);
    const { options } = readPoses(join(folder, STEM, "poses.ndjson")).header;
    assert.deepEqual([options["pose-steps"], options["sets"]], [1, 1]);
    const given = await diffpose([...words, "-o", folder, "--budget-ms", "1", "--steps", "2"]);
    assert.match(given.err, /2 steps x 1 set for/);
  });
});

Deno.test("pose refuses flags of diffpose-video for movenet, values out of range, and packs of another system", async () => {
  const movenet = await diffpose(["pose", CLIP, "--sets", "3"]);
  assert.equal(movenet.code, 2);
  assert.match(movenet.err, /--sets is for --system diffpose-video/);
  const range = await diffpose(["pose", ...CLIP_WORDS, "--sets", "0"]);
  assert.equal(range.code, 2);
  assert.match(range.err, /--sets takes a whole number from 1/);
  const crop = await diffpose(["pose", ...CLIP_WORDS, "--crop", "none"]);
  assert.equal(crop.code, 2);
  assert.match(crop.err, /--crop takes one of frame, track/);
  const pack = await diffpose(["pose", ...CLIP_WORDS, "--pose-model", "movenet-thunder"]);
  assert.equal(pack.code, 1);
  assert.match(pack.err, /must be a pack of system diffpose_video: movenet/);
});

Deno.test("pose --system diffpose-video: killed and resumed, the file has the bytes of an undisturbed run", async () => {
  await inTemp(async (folder) => {
    const pack = await writeTinyVideoPack(folder);
    const words = [
      "pose",
      ...CLIP_WORDS,
      "--pose-model",
      pack,
      "--end",
      "0.2",
      "--quiet",
      "--steps",
      "1",
      "--sets",
      "1",
    ];
    assert.equal((await diffpose([...words, "-o", join(folder, "whole")])).code, 0);
    const whole = readFileSync(join(folder, "whole", STEM, "poses.ndjson"), "utf8");

    const out = join(folder, "cut");
    const journal = join(out, STEM, "detections.journal");
    // Of 12 frames 6 detections, and 3 or 4 second looks at them.
    await signalAt("SIGKILL", [...words, "-o", out], journal, 10);
    const resumed = await diffpose([...words, "-o", out, "--resume"]);
    assert.equal(resumed.code, 0, resumed.err);
    assert.equal(readFileSync(join(out, STEM, "poses.ndjson"), "utf8"), whole);
    assert.ok(!existsSync(journal), "a complete run leaves no journal");
  });
});
