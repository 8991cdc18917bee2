import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { drawMasks } from "../../src/core/joint_masks.ts";
import { aic14, coco17, crowdpose14 } from "../../src/skeleton/mod.ts";

const FIXTURE = join(import.meta.dirname!, "..", "..", "fixtures/golden/diffusionpose/masks.json");
/** Soft masks are float32 in Python, over distances up to 90 cells. */
const SOFT_TOLERANCE = 1e-5;

interface Some {
  readonly at: number[];
  readonly values: number[];
  readonly mean: number;
}

interface Case {
  readonly name: string;
  readonly joints: string;
  readonly grid: [number, number];
  readonly points: number[][];
  readonly valid: number[];
  readonly keypoints: number[][];
  readonly skeleton: number[][];
  readonly soft: { keypoints: Some; skeleton: Some };
}

const { cases }: { cases: Case[] } = JSON.parse(await readFile(FIXTURE, "utf8"));
const LAYOUTS = Object.fromEntries([coco17, crowdpose14, aic14].map((each) => [each.name, each]));

/** Rows of `[row, first column, column after the last]` where a mask is 1. */
function spans(mask: Float32Array, width: number): number[][] {
  const found: number[][] = [];
  for (let cell = 0; cell < mask.length; cell++) {
    const [row, column] = [Math.floor(cell / width), cell % width];
    if (mask[cell] !== 1) continue;
    const last = found.at(-1);
    if (last !== undefined && last[0] === row && last[2] === column) last[2] = column + 1;
    else found.push([row, column, column + 1]);
  }
  return found;
}

function jointsOf({ points, valid }: Case): Float32Array {
  return Float32Array.from(points.flatMap(([x, y], joint) => [x!, y!, valid[joint]!]));
}

for (const each of cases) {
  Deno.test(`drawMasks() draws PyTorch's masks: ${each.name}`, () => {
    const [height, width] = each.grid;
    const { edges, joints } = LAYOUTS[each.joints]!;
    const grid = { joints: joints.length, height, width };
    const reach = { keypointReach: 4 * height / 64, limbReach: 2 * height / 64 };
    const masks = drawMasks(jointsOf(each), edges, grid, reach);
    assert.ok(masks.every((value) => value === 0 || value === 1));
    assert.deepEqual(spans(masks.subarray(0, height * width), width), each.keypoints);
    assert.deepEqual(spans(masks.subarray(height * width), width), each.skeleton);
    const soft = drawMasks(jointsOf(each), edges, grid, { ...reach, soft: true });
    for (const [i, some] of [each.soft.keypoints, each.soft.skeleton].entries()) {
      const mask = soft.subarray(i * height * width, (i + 1) * height * width);
      some.at.forEach((place, n) => {
        assert.ok(Math.abs(mask[place]! - some.values[n]!) < SOFT_TOLERANCE, `soft mask ${i}, cell ${place}`);
      });
      const mean = mask.reduce((sum, value) => sum + value, 0) / mask.length;
      assert.ok(Math.abs(mean - some.mean) < SOFT_TOLERANCE);
    }
  });
}

const GRID = { joints: 4, height: 24, width: 20 };
const LIMBS = [[0, 1], [1, 2], [3, 0]] as const;
const place = fc.double({ min: -15, max: 40, noNaN: true });
const points = fc.array(fc.tuple(place, place, fc.constantFrom(0, 1)), { minLength: 4, maxLength: 4 })
  .map((all) => Float32Array.from(all.flat()));

Deno.test("drawMasks() grows with every joint, limb and reach", () => {
  const reach = { keypointReach: 3, limbReach: 1.5 };
  fc.assert(fc.property(points, fc.nat(3), (all, dropped) => {
    const whole = drawMasks(all, LIMBS, GRID, reach);
    const less = all.slice();
    less[dropped * 3 + 2] = 0;
    const wider = drawMasks(all, LIMBS, GRID, { keypointReach: 3.5, limbReach: 2 });
    drawMasks(less, LIMBS, GRID, reach).forEach((value, i) => assert.ok(value <= whole[i]!));
    drawMasks(all, LIMBS.slice(1), GRID, reach).forEach((value, i) => assert.ok(value <= whole[i]!));
    whole.forEach((value, i) => assert.ok(value <= wider[i]!));
  }));
});

Deno.test("drawMasks() marks a cell exactly when a joint, or a limb, is near its centre", () => {
  fc.assert(fc.property(points, fc.nat(23), fc.nat(19), (all, row, column) => {
    const [x, y] = [column + 0.5, row + 0.5];
    const there = (joint: number): boolean => all[joint * 3 + 2]! > 0;
    const far = (joint: number): number => Math.hypot(all[joint * 3]! - x, all[joint * 3 + 1]! - y);
    const masks = drawMasks(all, LIMBS, GRID, { keypointReach: 3, limbReach: 1.5 });
    const nearest = Math.min(...[0, 1, 2, 3].filter(there).map(far), Infinity);
    // Distances are kept as float32.
    if (Math.abs(nearest - 3) > 1e-5) assert.equal(masks[row * 20 + column], nearest < 3 ? 1 : 0);
    // A limb, by walking along it.
    let along = Infinity;
    for (const [from, to] of LIMBS.filter(([from, to]) => there(from) && there(to))) {
      for (let step = 0; step <= 4000; step++) {
        const at = (axis: number): number =>
          all[from * 3 + axis]! + (all[to * 3 + axis]! - all[from * 3 + axis]!) * step / 4000;
        along = Math.min(along, Math.hypot(at(0) - x, at(1) - y));
      }
    }
    // Half a step of the walk, at most 0.01 cells.
    if (Math.abs(along - 1.5) > 0.01) assert.equal(masks[480 + row * 20 + column], along < 1.5 ? 1 : 0);
  }));
});

Deno.test("drawMasks() clears `out`, changes no input, and refuses what does not fit", () => {
  const out = new Float32Array(960).fill(9);
  const missing = Float32Array.of(5, 5, 0, NaN, 5, 1, 5, 5, 0, 5, 5, 0);
  const before = missing.slice();
  const reach = { keypointReach: 3, limbReach: 1.5 };
  assert.equal(drawMasks(missing, LIMBS, GRID, { ...reach, out }), out);
  assert.ok(out.every((value) => value === 0));
  assert.deepEqual(missing, before);
  assert.throws(() => drawMasks(missing.slice(1), LIMBS, GRID, reach), { name: "ShapeError" });
  assert.throws(() => drawMasks(missing, LIMBS, GRID, { ...reach, out: new Float32Array(3) }), { name: "ShapeError" });
  assert.throws(() => drawMasks(missing, LIMBS, GRID, { ...reach, limbReach: 0 }), /reach must be above 0 cells: 0/);
});
