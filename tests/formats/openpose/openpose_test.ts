import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { InputError } from "../../../src/core/errors.ts";
import type { PoseClip } from "../../../src/formats/clip.ts";
import { openpose } from "../../../src/formats/openpose/openpose.ts";
import { detectFormat } from "../../../src/formats/registry.ts";
import { body25, coco18, h36m17 } from "../../../src/skeleton/layouts.ts";
import { clipOf, memoryFile, memorySink, sourceOf } from "../round_trip.ts";
import { collect } from "../streams.ts";

const FIXTURES = join(import.meta.dirname!, "../../../fixtures/formats");
const FOLDER = join(FIXTURES, "openpose");

async function fixtureFiles(): Promise<Map<string, Uint8Array>> {
  const names = (await readdir(FOLDER)).sort();
  return new Map(await Promise.all(names.map(async (name) => [name, await readFile(join(FOLDER, name))] as const)));
}

function folder(files: Readonly<Record<string, string>>): Promise<PoseClip> {
  const bytes = Object.entries(files).map(([name, text]) => [name, new TextEncoder().encode(text)] as const);
  return openpose.read!(sourceOf(new Map(bytes), "folder"), { fps: 10 });
}

const person = (change: Record<string, unknown> = {}) => ({
  person_id: [-1],
  pose_keypoints_2d: Array.from({ length: 75 }, (_, i) => i % 3 === 2 ? 0.5 : i),
  ...change,
});
const frame = (...people: unknown[]) => JSON.stringify({ version: 1.3, people });
const nameOf = (index: number, clip = "clip") => `${clip}_${String(index).padStart(12, "0")}_keypoints.json`;

Deno.test("openpose reads a folder of BODY_25", async () => {
  const source = sourceOf(await fixtureFiles(), "folder");
  assert.equal((await detectFormat(source)).name, "openpose");
  const clip = await openpose.read!(source, { fps: 60, width: 1080, height: 1920 });
  assert.deepEqual([clip.skeleton2d, clip.skeleton3d, clip.tracked, clip.count], [body25, null, false, 3]);
  const frames = await collect(clip.frames());
  assert.deepEqual(frames.map(({ index, time, people }) => [index, time, people.length]), [
    [0, 0, 2],
    [1, 1 / 60, 2],
    [2, 2 / 60, 2],
  ]);
  const points = frames[0]!.people[0]!.points2d!;
  // From the file: nose 505.23, 431.63, 0.66, then the neck; the source has no MidHip.
  assert.deepEqual([...points.values.subarray(0, 4)], [505.23, 431.63, 463.16, 463.21]);
  assert.deepEqual([points.scores[0], points.scores[body25.joints.indexOf("pelvis")]], [0.66, 0]);
  assert.deepEqual([frames[0]!.people[0]!.id, frames[0]!.people[0]!.box], [null, null]);
});

Deno.test("openpose reads one file, and its COCO model by the number of values", async () => {
  const name = "openpose_coco18_keypoints.json";
  const source = memoryFile(name, await readFile(join(FIXTURES, name)));
  assert.equal((await detectFormat(source)).name, "openpose");
  const clip = await openpose.read!(source, {});
  assert.deepEqual([clip.skeleton2d, clip.count, clip.fps], [coco18, 1, null]);
  const [only] = await collect(clip.frames());
  assert.deepEqual([...only!.people[0]!.points2d!.values.subarray(0, 2)], [505.23, 431.63]);
});

Deno.test("openpose writes the bytes that it read", async () => {
  const files = await fixtureFiles();
  const clip = await openpose.read!(sourceOf(files, "folder"), { fps: 60 });
  const sink = memorySink("clip", ".json");
  assert.deepEqual(await openpose.write!(clip, sink, { stem: "single_cam01" }), []);
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  assert.deepEqual(
    [...sink.files].map(([name, bytes]) => [name, text(bytes)]),
    [...files].map(([name, bytes]) => [name, text(bytes)]),
  );
});

Deno.test("openpose keeps the numbers of files, and frames without anybody between them", async () => {
  const clip = await folder({ [nameOf(7)]: frame(person()), [nameOf(5)]: frame(), "notes.txt": "" });
  const frames = await collect(clip.frames());
  assert.deepEqual(frames.map(({ index, time, people }) => [index, time, people.length]), [[5, 0.5, 0], [6, 0.6, 0], [
    7,
    0.7,
    1,
  ]]);
});

Deno.test("openpose numbers files of pictures by their names", async () => {
  const clip = await folder({ "b_keypoints.json": frame(person()), "a_keypoints.json": frame() });
  assert.deepEqual((await collect(clip.frames())).map(({ index, people }) => [index, people.length]), [[0, 0], [1, 1]]);
});

Deno.test("openpose leaves out 3D of other joints, and says so", async () => {
  const flat = { values: new Float64Array(50).fill(1), scores: new Float64Array(25).fill(1), sigma: null, derived: [] };
  const deep = { values: new Float64Array(51).fill(1), scores: new Float64Array(17).fill(1), sigma: null, derived: [] };
  const one = { id: 1, box: null, score: null, points2d: flat, points3d: deep, interpolated: false };
  const clip = clipOf([{ index: 0, time: 0, people: [one, { ...one, id: 2, points2d: null, points3d: null }] }], {
    skeleton2d: body25,
    skeleton3d: h36m17,
  });
  const sink = memorySink("clip", ".json");
  assert.deepEqual(await openpose.write!(clip, sink, { stem: "clip" }), [
    "1 times a person without any point was left out",
    "1 times points in space were left out, as they have other joints than those in the picture",
  ]);
  assert.deepEqual([...sink.files.keys()], ["clip_000000000000_keypoints.json"]);
});

const REFUSED: readonly [what: string, files: Readonly<Record<string, string>>, message: string | RegExp][] = [
  ["a folder without its files", { "a.txt": "" }, /^InputError: FOLDER: must hold files named .*: 1 other files$/],
  [
    "two clips",
    { [nameOf(0)]: frame(), [nameOf(0, "b")]: frame() },
    /^InputError: FOLDER: must hold one clip: 2 clips: /,
  ],
  ["a frame twice", { "a_000000000001_keypoints.json": frame(), "a000000000001_keypoints.json": frame() }, /unique/],
  [
    "another number of values",
    { [nameOf(0)]: frame(person({ pose_keypoints_2d: Array(45).fill(1) })) },
    new RegExp(
      "^InputError: clip_0+_keypoints.json, people\\[0\\]\\.pose_keypoints_2d: must be 75 of body25 or 54 of coco18 numbers",
    ),
  ],
  [
    "mixed layouts",
    { [nameOf(0)]: frame(person()), [nameOf(1)]: frame(person({ pose_keypoints_2d: Array(54).fill(1) })) },
    /people\[0\]\.pose_keypoints_2d: must have the joints of body25, as those before: "coco18"$/,
  ],
  [
    "a broken number",
    { [nameOf(0)]: frame(person({ pose_keypoints_2d: [null, ...Array(74).fill(1)] })) },
    /people\[0\]\.pose_keypoints_2d\[0\]: must be a finite number: null$/,
  ],
  [
    "NaN as Python writes it",
    { [nameOf(0)]: frame(person()).replace("0.5", "NaN") },
    /people\[0\]\.pose_keypoints_2d\[2\]: must be a finite number: "NaN"$/,
  ],
  ["a cut file", { [nameOf(0)]: frame(person()).slice(0, 40) }, /: must be whole, and ends inside of its JSON/],
  ["an empty file", { [nameOf(0)]: "" }, /: must be JSON: an empty file$/],
  ["no people", { [nameOf(0)]: "{}" }, /people: must be an array: undefined$/],
  [
    "an identity twice in a frame",
    { [nameOf(0)]: frame(person({ person_id: [3] }), person({ person_id: [3] })) },
    /must be unique in its frame \(0\): 3$/,
  ],
];

for (const [what, files, message] of REFUSED) {
  Deno.test(`openpose refuses ${what} and names it`, async () => {
    await assert.rejects(folder(files), (error: Error) => {
      assert.ok(error instanceof InputError);
      typeof message === "string" ? assert.equal(error.message, message) : assert.match(String(error), message);
      return true;
    });
  });
}
