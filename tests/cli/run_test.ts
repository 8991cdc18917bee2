/** `run`, `pose` and `lift` on a real clip with the real models. */
import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Keypoint3D } from "../../src/formats/record.ts";
import { CLIP, diffpose, inTemp, readPoses, signalAt } from "./harness.ts";

/** Long enough that windows overlap: 27 frames and a hop of 18 make two windows at 45. */
const SECONDS = "0.8";
const STEM = "balance_beam";

/** Lengths of a grown person's bones, metres: wide bounds that a collapsed or exploded pose breaks. */
const BONES: readonly (readonly [from: number, to: number, least: number, most: number])[] = [
  [1, 2, 0.25, 0.6],
  [4, 5, 0.25, 0.6],
  [2, 3, 0.25, 0.6],
  [5, 6, 0.25, 0.6],
  [8, 11, 0.08, 0.28],
  [11, 12, 0.2, 0.4],
  [0, 8, 0.35, 0.65],
];

function boneLength(points: readonly Keypoint3D[], from: number, to: number): number {
  return Math.hypot(...[0, 1, 2].map((c) => (points[from]![c] as number) - (points[to]![c] as number)));
}

Deno.test("run: one person of a real clip gets one identity, 2D and 3D poses with sigma, a page, and the same bytes again", async () => {
  await inTemp(async (folder) => {
    const words = ["run", CLIP, "--device", "wasm", "--end", SECONDS];
    const first = await diffpose([...words, "-o", join(folder, "a"), "--json"]);
    assert.equal(first.code, 0, first.err);
    assert.equal(JSON.parse(first.out).people, 1);
    const path = join(folder, "a", STEM, "poses.ndjson");
    const { header, frames, end } = readPoses(path);
    assert.equal(header.skeleton3d, "h36m17");
    assert.deepEqual(header.models.map(({ name }) => name), [
      "movenet-multipose",
      "movenet-thunder",
      "diffpose-video",
      "diffpose-3d",
    ]);
    assert.equal(frames.length, 48);
    assert.equal(end?.frames, 48);
    for (const { people } of frames) {
      assert.equal(people.length, 1);
      const { id, keypoints3d } = people[0]!;
      assert.equal(id, 1);
      for (const [from, to, least, most] of BONES) {
        const length = boneLength(keypoints3d!, from, to);
        assert.ok(length > least && length < most, `bone ${from}-${to}: ${length} m`);
      }
      const upright = keypoints3d![10]![1] < keypoints3d![0]![1] && keypoints3d![0]![1] < keypoints3d![3]![1];
      assert.ok(upright, "y points down: head above pelvis above ankle");
      assert.ok(keypoints3d!.slice(1).every(([, , , sigma]) => sigma > 0 && sigma < 1), "sampled, so it spreads");
    }
    const page = readFileSync(join(folder, "a", STEM, "view.html"), "utf8");
    assert.equal(page.match(/data-index="\d+"/g)?.length, 48);
    assert.ok(!existsSync(join(folder, "a", STEM, "detections.journal")), "a complete run leaves no journal");

    const again = await diffpose([...words, "-o", join(folder, "b"), "--format", "none", "--quiet"]);
    assert.equal(again.code, 0, again.err);
    assert.equal(again.err, "");
    assert.equal(readFileSync(join(folder, "b", STEM, "poses.ndjson"), "utf8"), readFileSync(path, "utf8"));

    // A 2D file is lifted like pixels are, but without heatmaps; another seed gives other samples.
    const lift = ["lift", path, "--device", "wasm", "--format", "none"];
    for (const seed of ["0", "1"]) {
      assert.equal((await diffpose([...lift, "-o", join(folder, seed), "--seed", seed])).code, 0);
    }
    const [zero, one] = ["0", "1"].map((seed) => readPoses(join(folder, seed, "poses", "poses.ndjson")).frames);
    assert.equal(zero!.length, 48);
    assert.notDeepEqual(zero, one);
    const moved = frames.map(({ people }, f) => {
      const [a, b] = [people[0]!.keypoints3d!, zero![f]!.people[0]!.keypoints3d!];
      return a.reduce(
        (sum, point, j) => sum + Math.hypot(...[0, 1, 2].map((c) => (point[c] as number) - (b[j]![c] as number))),
        0,
      ) / 17;
    });
    assert.ok(Math.max(...moved) < 0.1, `with and without heatmaps differ by at most 10 cm: ${Math.max(...moved)}`);
  });
});

Deno.test("run: killed and resumed, the file has the bytes of an undisturbed run", async () => {
  await inTemp(async (folder) => {
    const words = ["run", CLIP, "--device", "wasm", "--end", SECONDS, "--format", "none", "--quiet"];
    assert.equal((await diffpose([...words, "-o", join(folder, "whole")])).code, 0);
    const whole = readFileSync(join(folder, "whole", STEM, "poses.ndjson"), "utf8");

    const out = join(folder, "cut");
    const journal = join(out, STEM, "detections.journal");
    await signalAt("SIGKILL", [...words, "-o", out], journal, 11);
    const protectedRun = await diffpose([...words, "-o", out]);
    assert.equal(protectedRun.code, 1);
    assert.match(protectedRun.err, /of a run that was cut: add --resume to continue it, or --overwrite/);
    const resumed = await diffpose([...words, "-o", out, "--resume"]);
    assert.equal(resumed.code, 0, resumed.err);
    assert.equal(readFileSync(join(out, STEM, "poses.ndjson"), "utf8"), whole);

    // The same when the file was cut in the middle of a line and no journal is left.
    const lines = whole.split("\n");
    writeFileSync(join(out, STEM, "poses.ndjson"), lines.slice(0, 31).join("\n") + "\n" + lines[31]!.slice(0, 40));
    assert.equal((await diffpose([...words, "-o", out, "--resume"])).code, 0);
    assert.equal(readFileSync(join(out, STEM, "poses.ndjson"), "utf8"), whole);

    // The same when only the end line is missing.
    writeFileSync(join(out, STEM, "poses.ndjson"), whole.slice(0, whole.lastIndexOf("\n", whole.length - 2) + 1));
    assert.equal((await diffpose([...words, "-o", out, "--resume"])).code, 0);
    assert.equal(readFileSync(join(out, STEM, "poses.ndjson"), "utf8"), whole);

    const other = await diffpose([...words, "-o", out, "--resume", "--seed", "5"]);
    assert.equal(other.code, 1);
    assert.match(other.err, /options it was started with: seed was 0 and is 5/);
  });
});

Deno.test("run: Ctrl-C ends with code 1, keeps what was done and says how to go on", async () => {
  await inTemp(async (folder) => {
    const controller = new AbortController();
    const timer = setInterval(() => {
      if (existsSync(join(folder, STEM, "detections.journal"))) {
        controller.abort(new DOMException("stop", "AbortError"));
      }
    }, 20);
    try {
      const words = ["run", CLIP, "--device", "wasm", "-o", folder, "--format", "none"];
      const { code, err } = await diffpose(words, controller.signal);
      assert.equal(code, 1);
      assert.match(err, /stopped; .* keeps what was done, --resume continues/);
      assert.equal(readPoses(join(folder, STEM, "poses.ndjson")).header.type, "header");
    } finally {
      clearInterval(timer);
    }
  });
});

Deno.test("pose: 2D only, no 3D fields and no 3D model", async () => {
  await inTemp(async (folder) => {
    const { code, err } = await diffpose(["pose", CLIP, "--device", "wasm", "--end", "0.1", "-o", folder]);
    assert.equal(code, 0, err);
    const { header, frames } = readPoses(join(folder, STEM, "poses.ndjson"));
    assert.equal(header.skeleton3d, null);
    assert.equal(frames.length, 6);
    for (const { people } of frames) assert.ok(people.length === 1 && people[0]!.keypoints3d === undefined);
    assert.ok(existsSync(join(folder, STEM, "view.html")));
  });
});
