/** `diffpose convert` from the outside, and the chain: run, convert to every format, back, compare, evaluate. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { FORMATS } from "../../src/formats/registry.ts";
import { coco17, h36m17 } from "../../src/skeleton/mod.ts";
import { VERSION } from "../../src/version.ts";
import { CLIP, diffpose, inTemp, type Poses, readPoses } from "./harness.ts";

/** Half a step of two decimals on each of two writings, and of a float32 near 1000. */
const PIXEL_TOLERANCE = 0.0101;
/** Half a step of four decimals on each of two writings. */
const METRE_TOLERANCE = 0.000101;
/** The residual of a BVH is told in tenths of a millimetre, and the points are rounded to tenths. */
const RESIDUAL_TOLERANCE = 0.00025;

const SECONDS = "0.3";
const writable = FORMATS.filter(({ name, read, write }) => read && write && name !== "diffpose");

/** What `convert --json` says of the joints. */
interface Layouts {
  readonly copied: readonly string[];
  readonly derived: readonly string[];
  readonly missing: readonly string[];
}
interface Report {
  readonly paths: readonly string[];
  readonly frames: number;
  readonly points2d: Layouts | null;
  readonly points3d: Layouts | null;
  readonly lost: readonly string[];
  readonly notes: readonly string[];
}

async function convert(words: readonly string[]): Promise<Report> {
  const { code, out, err } = await diffpose(["convert", ...words, "--json"]);
  assert.equal(code, 0, err);
  return JSON.parse(out);
}

/** Joints that both ways copy. */
function kept(there: Layouts, back: Layouts): Set<string> {
  return new Set(there.copied.filter((joint) => back.copied.includes(joint)));
}

function assertSame2d(before: Poses, after: Poses, joints: ReadonlySet<string>): void {
  before.frames.forEach(({ people }, f) => {
    people.forEach(({ keypoints }, p) => {
      coco17.joints.forEach((joint, j) => {
        const [x, y, score] = after.frames[f]!.people[p]!.keypoints[j]!;
        const [x0, y0, score0] = keypoints[j]!;
        if (!joints.has(joint)) return;
        assert.equal(score > 0, score0 > 0, joint);
        assert.ok(Math.hypot(x - x0, y - y0) <= PIXEL_TOLERANCE, `${joint} moved from ${x0}, ${y0} to ${x}, ${y}`);
      });
    });
  });
}

/** Mean distance of joints in space, metres; the pelvis, which is the origin, does not count. */
function distance3d(before: Poses, after: Poses, joints: ReadonlySet<string>): number {
  const counted = h36m17.joints.flatMap((joint, j) => j > 0 && joints.has(joint) ? [j] : []);
  const distances = before.frames.flatMap(({ people }, f) =>
    people.flatMap(({ keypoints3d }, p) =>
      counted.map((j) => {
        const [x, y, z] = keypoints3d![j]!;
        const [x1, y1, z1] = after.frames[f]!.people[p]!.keypoints3d![j]!;
        return Math.hypot(x - x1, y - y1, z - z1);
      })
    )
  );
  return distances.reduce((sum, one) => sum + one, 0) / distances.length;
}

Deno.test("convert: from a run to each format and back, what is lost is what it said", async (t) => {
  await inTemp(async (folder) => {
    const run = await diffpose(["run", CLIP, "--device", "wasm", "--end", SECONDS, "--format", "none", "-o", folder]);
    assert.equal(run.code, 0, run.err);
    const poses = join(folder, "balance_beam", "poses.ndjson");
    const before = readPoses(poses);
    assert.ok(before.frames.every(({ people }) => people.length === 1), "the clip shows one person");
    const size = ["--fps", "60", "--width", String(before.header.width), "--height", String(before.header.height)];

    for (const format of writable) {
      await t.step(format.name, async () => {
        const there = await convert([poses, "--to", format.name, "--out-dir", join(folder, format.name)]);
        assert.equal(there.frames, before.frames.length);
        const output = join(folder, format.name, "back.ndjson");
        const back = await convert([there.paths[0]!, "--to", "diffpose", "-o", output, ...size]);
        const after = readPoses(output);
        assert.equal(after.frames.length, before.frames.length);
        assert.deepEqual(after.frames.map(({ people }) => people.length), before.frames.map(() => 1));
        if (format.carries.points2d) assertSame2d(before, after, kept(there.points2d!, back.points2d!));
        else assert.ok(there.lost.includes("points in the picture"), `${there.lost}`);
        if (!format.carries.points3d) return assert.ok(there.lost.includes("points in space"), `${there.lost}`);
        // BODY_25 has no head that a skeleton in space has: diffpose files cannot say that a joint is missing there.
        const incomplete = back.notes.some((note) => note.includes("lacks joints"));
        assert.equal(incomplete, format.name === "openpose", `${back.notes}`);
        if (incomplete) return assert.ok(after.frames.every(({ people }) => people[0]!.keypoints3d === undefined));
        const joints = kept(there.points3d!, back.points3d!);
        assert.ok(joints.size >= 13, `${[...joints]}`);
        const off = distance3d(before, after, joints);
        const told = /off by ([\d.]+) mm on average/.exec(there.notes.join())?.[1];
        const expected = told === undefined ? 0 : Number(told) / 1000;
        const room = told === undefined ? METRE_TOLERANCE : RESIDUAL_TOLERANCE;
        assert.ok(Math.abs(off - expected) <= room, `${off} m instead of ${expected} m`);
      });
    }

    const truth = join(folder, "coco", "poses.coco.json");
    for (const name of writable.filter(({ carries }) => carries.points2d).map(({ name }) => name)) {
      await t.step(`eval coco of ${name}`, async () => {
        const results = join(folder, name, "results.json");
        const back = join(folder, name, "back.ndjson");
        await convert([back, "--to", "coco-results", "--images", truth, "-o", results]);
        const [listed, direct] = await Promise.all([results, back].map(async (pred) => {
          const { code, out, err } = await diffpose(["eval", "coco", "--gt", truth, "--pred", pred, "--json"]);
          // PoseTrack's files name pictures, which are not those of the ground truth.
          if (pred === back && name.startsWith("posetrack")) {
            assert.match(err, /must be a picture of the ground truth/);
            return null;
          }
          assert.equal(code, 0, err);
          return JSON.parse(out).figures;
        }));
        // A list of results and the poses themselves are scored alike.
        if (direct !== null) assert.deepEqual(direct, listed);
        const figures = listed;
        const { points2d } = await convert([back, "--to", "coco", "-o", join(folder, name, "again.json")]);
        assert.equal(points2d!.copied.length, coco17.joints.length);
        const lossless = after(folder, name).frames.every(({ people }) =>
          people[0]!.keypoints.every(([, , score], j) =>
            score > 0 || before.frames[0]!.people[0]!.keypoints[j]![2] === 0
          )
        );
        // All 17 joints came back to a hundredth of a pixel, or some of them are gone, which OKS counts as wrong.
        if (lossless && !["npz"].includes(name)) assert.equal(figures.AP, 1);
        else assert.ok(figures.AP < 1, `${name}: AP ${figures.AP} although joints are missing`);
      });
    }
  });
});

function after(folder: string, name: string): Poses {
  return readPoses(join(folder, name, "back.ndjson"));
}

Deno.test("convert: wrong usage is exit code 2 and says what would be right", async () => {
  const cases: [readonly string[], RegExp][] = [
    [["x.json"], /--to names the formats to write: .*bvh/],
    [["x.json", "--to", "fbx"], /must be one that can be written \(.*bvh.*\): fbx/],
    [["x.json", "--to", "bvh", "--from", "fbx"], /must be one that can be read \(.*bvh.*\): fbx/],
    [["x.json", "--to", "bvh,trc", "-o", "x.bvh"], /--output takes one format/],
    [["x.json", "--to", "bvh", "-o", "x.bvh", "--out-dir", "d"], /contradict each other/],
    [["--to", "bvh"], /FILE/],
  ];
  for (const [words, message] of cases) {
    const { code, err } = await diffpose(["convert", ...words]);
    assert.equal(code, 2, err);
    assert.match(err, message);
  }
});

Deno.test("convert: a bad file is exit code 1, named with record and field, and leaves nothing behind", async () => {
  await inTemp(async (folder) => {
    const good = readFileSync("fixtures/formats/coco_results.json", "utf8");
    const first = JSON.parse(good);
    const cases: [string, string, RegExp][] = [
      ["missing.json", "", /missing\.json: must be a file or folder/],
      ["empty.json", "", /empty\.json: must hold poses: an empty file/],
      ["text.json", "hello", /text\.json: must be poses in a known format/],
      ["cut.json", good.slice(0, good.length / 2), /cut\.json.*(whole|ends)/],
      ["nan.json", good.replace(/"keypoints": ?\[\s*[\d.]+/, '"keypoints":[NaN'), /nan\.json, \[0\]\.keypoints\[0\]/],
      [
        "count.json",
        JSON.stringify(first.map((one: { keypoints: number[] }) => ({ ...one, keypoints: one.keypoints.slice(3) }))),
        /count\.json, \[0\]\.keypoints/,
      ],
    ];
    for (const [name, text, message] of cases) {
      const path = join(folder, name);
      if (name !== "missing.json") await Deno.writeTextFile(path, text);
      const out = join(folder, `${name}.out`);
      const { code, err } = await diffpose(["convert", path, "--to", "csv", "--fps", "30", "--out-dir", out]);
      assert.equal(code, 1, `${name}: ${err}`);
      assert.match(err, message);
      const left = await Array.fromAsync(Deno.readDir(out)).catch(() => []);
      assert.deepEqual(left.map((entry) => entry.name), [], name);
    }
  });
});

Deno.test("convert: a clip without points in space cannot be a BVH, and what is there is kept", async () => {
  await inTemp(async (folder) => {
    const words = ["convert", "fixtures/formats/coco_results.json", "--to", "bvh", "--fps", "30", "-o"];
    const path = join(folder, "x.bvh");
    const { code, err } = await diffpose([...words, path]);
    assert.equal(code, 1);
    assert.match(err, /coco_results\.json: must have points in space to be written as bvh/);
    await Deno.writeTextFile(path, "mine");
    const again = ["convert", "fixtures/formats/coco_results.json", "--to", "coco-results", "-o", path];
    assert.match((await diffpose(again)).err, /x\.bvh: is there already: add --overwrite/);
    assert.equal(await Deno.readTextFile(path), "mine");
  });
});

Deno.test("convert: a single TRC takes the deviations from the file beside it, and its header names this program", async () => {
  await inTemp(async (folder) => {
    const header = { type: "header", format: "diffpose/1", input: "x.mp4", fps: 25, width: 64, height: 48, camera: "" };
    const rest = { skeleton2d: "coco17", skeleton3d: "h36m17", units: "m", models: [], options: {}, tool: "0" };
    const point = [0.5, 0.25, 1, 0.125];
    const person = { id: 1, box: [1, 2, 3, 4], score: 1, interpolated: false };
    const points = { keypoints: Array(17).fill([1, 2, 1, 0]), keypoints3d: Array(17).fill(point) };
    const lines = [{ ...header, ...rest }, { type: "frame", index: 0, time: 0, people: [{ ...person, ...points }] }];
    const poses = join(folder, "poses.ndjson");
    await Deno.writeTextFile(poses, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
    await convert([poses, "--to", "trc"]);
    const size = ["--width", "64", "--height", "48"];
    const back = join(folder, "back.ndjson");
    await convert([join(folder, "poses.trc"), "--to", "diffpose", "-o", back, ...size]);
    const read = readPoses(back);
    assert.deepEqual(read.frames[0]!.people[0]!.keypoints3d![3], point);
    assert.equal(read.header.tool, VERSION);
    await Deno.remove(join(folder, "poses.sigma.trc"));
    await convert([join(folder, "poses.trc"), "--to", "diffpose", "-o", back, "--overwrite", ...size]);
    assert.deepEqual(readPoses(back).frames[0]!.people[0]!.keypoints3d![3], [...point.slice(0, 3), 0]);
  });
});
