import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { loadPackFrom } from "../../../src/runtime/pack_fs.ts";
import { openSession } from "../../../src/runtime/mod.ts";
import type { Tensor } from "../../../src/runtime/session.ts";
import { decodeMultiple } from "../../../src/systems/movenet/decode_multiple.ts";
import { decodeSingle } from "../../../src/systems/movenet/decode_single.ts";
import { readHeads } from "../../../src/systems/movenet/heads.ts";
import { type GoldenPlace, readGoldenInput } from "./golden_input.ts";

const ROOT = join(import.meta.dirname!, "..", "..", "..");
const CLIPS = join(ROOT, "..", "shared", "data", "clips");

/** Float32 sums in another order, through 70 layers; the largest head value is about 60. Seen: 7e-5. */
const HEAD_TOLERANCE = 1e-3;
/** Three decimals of a side that counts as 1. Seen: 5e-6, which is the rounding of the golden file. */
const POINT_TOLERANCE = 5e-4;

interface GoldenFile {
  readonly cases: readonly {
    readonly file: string;
    readonly place: GoldenPlace;
    readonly step: number;
    readonly heads: Readonly<Record<string, { shape: number[]; mean: number; samples: number[] }>>;
    readonly result: { readonly values: readonly number[] };
  }[];
}

async function golden(pack: string): Promise<GoldenFile> {
  return JSON.parse(await readFile(join(ROOT, "fixtures", "golden", "movenet", `${pack}.json`), "utf8"));
}

async function runCase(pack: string, file: string, place: GoldenPlace): Promise<Record<string, Tensor>> {
  const { width, height, rgb } = await readGoldenInput(pathOf(file), place);
  const data = Float32Array.from(
    { length: rgb.length },
    (_, i) => rgb[(i % (width * height)) * 3 + Math.floor(i / (width * height))]!,
  );
  await using session = await openSession(await loadPackFrom(pack), "person", { device: "wasm", threads: 1 });
  return await session.run({ image: { data, dims: [1, 3, height, width] } });
}

function pathOf(file: string): string {
  return file.startsWith("fixtures/") ? join(ROOT, file) : join(CLIPS, file);
}

function close(actual: number, expected: number, tolerance: number, what: string): void {
  assert.ok(Math.abs(actual - expected) <= tolerance, `${what}: ${actual} is not within ${tolerance} of ${expected}`);
}

for (const pack of ["movenet-multipose", "movenet-thunder"]) {
  const { cases } = await golden(pack);
  for (const { file, place, step, heads, result } of cases) {
    const ready = existsSync(join(ROOT, "models", pack, "manifest.json")) && existsSync(pathOf(file));
    const name = `${pack} answers as the TensorFlow.js graph does on ${file}`;
    Deno.test({ name: ready ? name : `${name} (skipped: no pack or no picture)`, ignore: !ready }, async () => {
      const outputs = await runCase(pack, file, place);
      const answered = Object.keys(outputs).filter((name) => !name.startsWith("features_"));
      assert.deepEqual(answered.sort(), Object.keys(heads).sort());
      for (const [head, { shape, mean, samples }] of Object.entries(heads)) {
        const { data, dims } = outputs[head]!;
        assert.deepEqual([...dims], shape);
        assert.equal(samples.length, Math.ceil(data.length / step));
        samples.forEach((value, i) => close(data[i * step]!, value, HEAD_TOLERANCE, `${head}[${i * step}]`));
        close(data.reduce((sum, value) => sum + value, 0) / data.length, mean, HEAD_TOLERANCE, `mean of ${head}`);
      }
      if (pack === "movenet-thunder") compareSingle(outputs, result.values);
      else compareMultiple(outputs, result.values);
    });
  }
}

/** `[17, 3]`: y, x as fractions of the side, score. */
function compareSingle(outputs: Record<string, Tensor>, expected: readonly number[]): void {
  const heads = readHeads(outputs);
  const { keypoints } = decodeSingle(heads);
  for (let joint = 0; joint < 17; joint++) {
    close(keypoints[3 * joint + 1]! / heads.rows, expected[3 * joint]!, POINT_TOLERANCE, `y of joint ${joint}`);
    close(keypoints[3 * joint]! / heads.columns, expected[3 * joint + 1]!, POINT_TOLERANCE, `x of joint ${joint}`);
    close(keypoints[3 * joint + 2]!, expected[3 * joint + 2]!, POINT_TOLERANCE, `score of joint ${joint}`);
  }
}

/** With a cell of slack: the offset inside of a cell may leave it. */
function inside([left, top, width, height]: readonly [number, number, number, number], x: number, y: number): boolean {
  return x >= left - 1 && x <= left + width + 1 && y >= top - 1 && y <= top + height + 1;
}

/** `[6, 56]`: 17 times y, x, score; then the box as top, left, bottom, right; then the person's score. */
function compareMultiple(outputs: Record<string, Tensor>, expected: readonly number[]): void {
  const heads = readHeads(outputs);
  const { rows, columns } = heads;
  const people = decodeMultiple(heads);
  assert.equal(people.length, 6);
  people.forEach(({ box: [left, top, width, height], score, keypoints }, i) => {
    const row = expected.slice(56 * i, 56 * (i + 1));
    let copied = false;
    for (let joint = 0; joint < 17; joint++) {
      const [x, y, own] = keypoints.subarray(3 * joint, 3 * joint + 3) as unknown as [number, number, number];
      close(y / rows, row[3 * joint]!, POINT_TOLERANCE, `y of joint ${joint} of person ${i}`);
      close(x / columns, row[3 * joint + 1]!, POINT_TOLERANCE, `x of joint ${joint} of person ${i}`);
      // The model's score is the highest that any person has in the cell. It may differ from the person's own only where
      // the cell lies in another person's box.
      const elsewhere = people.some((other, k) => k !== i && inside(other.box, x, y));
      if (elsewhere && row[3 * joint + 2]! > own + POINT_TOLERANCE) copied = true;
      else close(own, row[3 * joint + 2]!, POINT_TOLERANCE, `score of joint ${joint} of person ${i}`);
    }
    [top / rows, left / columns, (top + height) / rows, (left + width) / columns].forEach((side, k) =>
      close(side, row[51 + k]!, POINT_TOLERANCE, `side ${k} of the box of person ${i}`)
    );
    if (copied) {
      assert.ok(score <= row[55]! + POINT_TOLERANCE, `a copy's score must not be above the model's: ${score}`);
    } else close(score, row[55]!, POINT_TOLERANCE, `score of person ${i}`);
  });
  // The golden pictures show people: the surest is nobody's copy.
  close(people[0]!.score, expected[55]!, POINT_TOLERANCE, "score of the surest person");
  assert.ok(people[0]!.score > 0.4);
}
