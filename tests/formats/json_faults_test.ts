/** Whatever stands in a JSON file, its reader reads it or names the place: no other error comes out. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { InputError } from "../../src/core/errors.ts";
import { coco } from "../../src/formats/coco/coco.ts";
import { cocoResults } from "../../src/formats/coco/coco_results.ts";
import { diffpose } from "../../src/formats/diffpose.ts";
import type { PoseFormat } from "../../src/formats/format.ts";
import { mmpose } from "../../src/formats/mmpose.ts";
import { openpose } from "../../src/formats/openpose/openpose.ts";
import { posetrack17 } from "../../src/formats/posetrack/posetrack17.ts";
import { posetrack18 } from "../../src/formats/posetrack/posetrack18.ts";
import { vitpose } from "../../src/formats/vitpose.ts";
import { memoryFile } from "./round_trip.ts";
import { collect } from "./streams.ts";

const FIXTURES = join(import.meta.dirname!, "../../fixtures/formats");

const CASES: readonly (readonly [format: PoseFormat, file: string])[] = [
  [coco, "coco_annotations.json"],
  [cocoResults, "coco_results.json"],
  [posetrack18, "posetrack18_slots.json"],
  [posetrack17, "posetrack17.json"],
  [mmpose, "mmpose_video.json"],
  [mmpose, "mmpose_image.json"],
  [mmpose, "mmpose_demo.json"],
  [openpose, "openpose_coco18_keypoints.json"],
  [vitpose, "vitpose.json"],
  [diffpose, "diffpose.ndjson"],
];

/** Enough to meet each field of a small file a few times. */
const RUNS = 150;

/** What does not belong where it is put. */
const WRONG = fc.constantFrom<unknown>(
  null,
  true,
  "x",
  "1",
  -1,
  0.5,
  1e300,
  [],
  {},
  [[]],
  [{}],
  [1],
  { a: 1 },
  [null],
  undefined,
);

/** The value with what lies on a random way down replaced. `steps` are taken modulo the number of fields. */
function replaced(value: unknown, steps: readonly number[], wrong: unknown): unknown {
  if (steps.length === 0 || typeof value !== "object" || value === null) return wrong;
  const keys = Object.keys(value);
  if (keys.length === 0) return wrong;
  const key = keys[steps[0]! % keys.length]!;
  const copy = (Array.isArray(value) ? [...value] : { ...value }) as Record<string, unknown>;
  copy[key] = replaced(copy[key], steps.slice(1), wrong);
  return copy;
}

async function readAll(format: PoseFormat, text: string | Uint8Array): Promise<void> {
  try {
    const clip = await format.read!(memoryFile("FILE", text), { fps: 25, width: 64, height: 48 });
    for (const { people } of await collect(clip.frames())) {
      for (const { points2d } of people) {
        assert.ok(points2d === null || points2d.values.every(Number.isFinite));
        assert.ok(points2d === null || points2d.scores.every((score) => score >= 0 && score <= 1));
      }
    }
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    assert.match(error.message, /^(FILE|--)/);
  }
}

for (const [format, file] of CASES) {
  Deno.test(`${format.name} reads a file with a wrong value (${file}), or names its place`, async () => {
    const text = await readFile(join(FIXTURES, file), "utf8");
    const lines = format === diffpose ? text.trimEnd().split("\n") : [text];
    const steps = fc.array(fc.nat(60), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(fc.nat(), steps, WRONG, async (line, way, wrong) => {
        const broken = lines.map((one, i) =>
          i === line % lines.length ? JSON.stringify(replaced(JSON.parse(one), way, wrong)) : one
        );
        await readAll(format, `${broken.join("\n")}\n`);
      }),
      { numRuns: RUNS },
    );
  });

  Deno.test(`${format.name} refuses a file that is cut (${file})`, async () => {
    const bytes = await readFile(join(FIXTURES, file));
    await fc.assert(
      fc.asyncProperty(fc.nat(), async (place) => {
        const cut = bytes.subarray(0, place % bytes.length);
        if (format === diffpose) return await readAll(format, cut);
        if (cut.length === bytes.length - 1 && bytes.at(-1) === 10) return;
        await assert.rejects(async () => {
          await collect((await format.read!(memoryFile("FILE", cut), { fps: 25 })).frames());
        }, InputError);
      }),
      { numRuns: 30 },
    );
  });
}
