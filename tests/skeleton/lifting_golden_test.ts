import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createVirtualCamera, personExtent, toVirtual } from "../../src/core/virtual_camera.ts";
import { cocoToH36m } from "../../src/skeleton/coco_to_h36m.ts";

// Made by training/diffpose_training/diffpose_3d/fixtures.py in float64; both sides must feed the lifter the same numbers.
const GOLDEN = new URL("../../fixtures/golden/diffpose_3d/lifting_input.json", import.meta.url);

/** Here points are float32: coordinates below 16384 px are right to 1e-3 px. */
const FLOAT32_PX = 2e-3;
/** The golden rotation is printed with 6 digits or more. */
const PRINTED = 2e-6;
/** One case of the golden file was scaled after its scores were rounded for print, to 3 digits. */
const PRINTED_SCORE = 5.1e-4;
/** These scores weigh the points of neck and head, which lie some 10 px apart. */
const WEIGHTED_PX = 0.05;
/** Normalised coordinates of up to 4 in float32, of people of 8 px and more. */
const NORMALISED = 2e-5;
const MISSING_SCORE = 0.05;
const EDGE_SCORE = 0.5;

interface GoldenCase {
  name: string;
  image: [number, number];
  focal: number;
  first: number;
  frames: number;
  points: (number | null)[][][];
  scores: (number | null)[][];
  R: number[][];
  size: number;
  input: number[][][];
  h36m?: number[][][];
}

const golden = JSON.parse(await readFile(GOLDEN, "utf8")) as { cases: GoldenCase[] };

/** Window of a clip, with the edge frame repeated at half its score beyond the ends: `[frames, 17, 3]`. */
function windowOf({ points, scores, first, frames }: GoldenCase): Float32Array {
  return Float32Array.from(
    Array.from({ length: frames }, (_, i) => {
      const frame = Math.min(Math.max(first + i, 0), points.length - 1);
      const factor = frame === first + i ? 1 : EDGE_SCORE;
      return points[frame]!.flatMap(([x, y], joint) => {
        const score = scores[frame]![joint] ?? null;
        return [x ?? NaN, y ?? NaN, score === null ? NaN : score * factor];
      });
    }).flat(),
  );
}

function near(found: ArrayLike<number>, expected: readonly number[], tolerance: number, what: string): void {
  assert.equal(found.length, expected.length, what);
  expected.forEach((value, i) =>
    assert.ok(Math.abs(found[i]! - value) <= tolerance, `${what}[${i}]: ${found[i]} is not ${value}`)
  );
}

for (const one of golden.cases) {
  const pose = cocoToH36m.apply(windowOf(one));

  if (one.h36m !== undefined) {
    Deno.test(`cocoToH36m equals training: ${one.name}`, () => {
      one.h36m!.flat().forEach(([x, y, score], i) => {
        const [foundX, foundY, foundScore] = pose.slice(3 * i, 3 * i + 3);
        near([foundScore!], [score!], PRINTED_SCORE, `score of joint ${i % 17}`);
        // Where the score is 0 there is no point: training leaves any coordinates, the library zeros.
        if (score! > 0) {
          near([foundX!, foundY!], [x!, y!], [9, 10].includes(i % 17) ? WEIGHTED_PX : FLOAT32_PX, `joint ${i % 17}`);
        }
      });
    });
  }

  Deno.test(`the virtual camera equals training: ${one.name}`, () => {
    const picture = { width: one.image[0], height: one.image[1], focal: one.focal };
    const camera = createVirtualCamera(personExtent(pose, 17, picture), picture);
    near([camera.size], [one.size], FLOAT32_PX, "size");
    near(camera.rotation, one.R.flat(), PRINTED, "rotation");
    const input = toVirtual(camera, pose);
    for (let i = 0; i < input.length; i += 3) if (input[i + 2]! < MISSING_SCORE) input.fill(0, i, i + 3);
    const channel = <T>(values: readonly T[], c: number): T[] => values.filter((_, i) => i % 3 === c);
    const expected = one.input.flat(2);
    for (const c of [0, 1]) near(channel([...input], c), channel(expected, c), NORMALISED, `coordinate ${c}`);
    near(channel([...input], 2), channel(expected, 2), PRINTED_SCORE, "score");
  });
}
