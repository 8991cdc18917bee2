import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { InputError } from "../../src/core/errors.ts";
import { detectFormat } from "../../src/formats/registry.ts";
import { vitpose } from "../../src/formats/vitpose.ts";
import { aic14, body25, coco17, mpii16 } from "../../src/skeleton/layouts.ts";
import { memoryFile } from "./round_trip.ts";
import { collect } from "./streams.ts";

const FIXTURE = join(import.meta.dirname!, "../../fixtures/formats/vitpose.json");

const numbered = (names: readonly string[]) => Object.fromEntries(names.map((name, id) => [id, name]));
const points = (count: number) => Array.from({ length: count }, (_, j) => [100 + j, j, 0.5]);
const fileOf = (keypoints: unknown, skeleton: unknown = numbered(coco17.joints)) =>
  memoryFile("FILE", JSON.stringify({ keypoints, skeleton }));

Deno.test("vitpose reads y before x, ids as keys, and the 25 joints as those of BODY_25", async () => {
  const source = memoryFile("vitpose.json", await readFile(FIXTURE));
  assert.equal((await detectFormat(source)).name, "vitpose");
  const clip = await vitpose.read!(source, { fps: 60, width: 1080, height: 1920 });
  assert.deepEqual([clip.skeleton2d, clip.tracked, clip.count], [body25, true, 3]);
  const [frame] = await collect(clip.frames());
  assert.deepEqual(frame!.people.map(({ id, box, score }) => [id, box, score]), [[1, null, null], [2, null, null]]);
  const { values, scores } = frame!.people[0]!.points2d!;
  const at = (joint: string) => {
    const j = body25.joints.indexOf(joint);
    return [values[2 * j], values[2 * j + 1], scores[j]];
  };
  // From the file: "1": [[431.63, 505.23, 0.66], …]: nose; its "hip" is missing, its "neck" the middle of the shoulders.
  assert.deepEqual(at("nose"), [505.23, 431.63, 0.66]);
  assert.deepEqual(at("pelvis"), [0, 0, 0]);
  assert.deepEqual(at("mid_shoulder").slice(0, 2), [463.16, 463.21]);
});

Deno.test("vitpose finds the layout by the names of the joints", async () => {
  const mpii = mpii16.joints.map((name) => name === "head_top" ? "head top" : name);
  const aic = aic14.joints.map((name) => name === "lower_neck" ? "neck" : name);
  const whole = [...coco17.joints, ...Array.from({ length: 116 }, (_, i) => `face-${i}`)];
  for (const [names, layout] of [[coco17.joints, coco17], [mpii, mpii16], [aic, aic14], [whole, coco17]] as const) {
    const clip = await vitpose.read!(fileOf([{ "7": points(names.length) }], numbered(names)), {});
    assert.equal(clip.skeleton2d, layout);
    const [frame] = await collect(clip.frames());
    assert.deepEqual([...frame!.people[0]!.points2d!.values.subarray(0, 4)], [0, 100, 1, 101]);
  }
});

Deno.test("vitpose reads the lists of people that older versions write, and frames without anybody", async () => {
  const clip = await vitpose.read!(fileOf([[points(17), points(17)], []]), {});
  assert.equal(clip.tracked, false);
  assert.deepEqual((await collect(clip.frames())).map(({ people }) => people.map(({ id }) => id)), [[null, null], []]);
});

const REFUSED: readonly [what: string, source: ReturnType<typeof fileOf>, message: string | RegExp][] = [
  [
    "another number of joints",
    fileOf([{ "1": points(16) }]),
    'FILE, keypoints[0].1: must have 17 elements: "16 elements"',
  ],
  ["an animal", fileOf([], numbered(["L_Eye", "R_Eye"])), /^FILE, skeleton: must name the joints of a person/],
  ["no skeleton", memoryFile("FILE", '{"keypoints":[]}'), "FILE, skeleton: must be an object: undefined"],
  ["a broken id", fileOf([{ a: points(17) }]), 'FILE, keypoints[0].a: must be an integer of at least 0: "a"'],
  [
    "a missing score",
    fileOf([{ "1": points(17).map(([y, x]) => [y, x]) }]),
    /keypoints\[0\]\.1\[0\]: must have 3 elements/,
  ],
  ["no frame", fileOf([]), "FILE: must hold at least one frame: 0 frames"],
  ["a cut file", memoryFile("FILE", '{"keypoints":[{"1":[[1,2'), /^FILE, keypoints: must be whole, and the file ends/],
  [
    "NaN",
    memoryFile(
      "FILE",
      JSON.stringify({ keypoints: [{ "1": points(17) }], skeleton: coco17.joints }).replace("0.5", "NaN"),
    ),
    'FILE, keypoints[0].1[0][2]: must be a finite number: "NaN"',
  ],
];

for (const [what, source, message] of REFUSED) {
  Deno.test(`vitpose refuses ${what} and names it`, async () => {
    await assert.rejects(vitpose.read!(source, {}), { name: InputError.name, message });
  });
}
