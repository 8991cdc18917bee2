import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import fc from "fast-check";
import { cocoToH36m } from "../../src/skeleton/coco_to_h36m.ts";
import { cocoToH36mConstants } from "../../src/skeleton/coco_to_h36m_constants.ts";
import { coco17, h36m17 } from "../../src/skeleton/layouts.ts";
import { jointIndex } from "../../src/skeleton/skeleton.ts";

/** Float32 keeps about 7 digits; coordinates below 2000 px are then right to better than a thousandth. */
const FLOAT32_PX = 1e-3;

const frame = fc.array(
  fc.record({
    x: fc.float({ min: 0, max: 2000, noNaN: true }),
    y: fc.float({ min: 0, max: 2000, noNaN: true }),
    score: fc.constantFrom(0, 0.25, 0.5, 1),
  }),
  { minLength: 17, maxLength: 17 },
).map((points) => Float32Array.from(points.flatMap(({ x, y, score }) => [x, y, score])));

const point = (pose: Float32Array, joint: string, layout = h36m17): number[] => {
  const start = jointIndex(layout, joint) * 3;
  return [...pose.slice(start, start + 3)];
};

function pose(points: Record<string, [number, number, number]>): Float32Array {
  const out = new Float32Array(51);
  for (const [joint, values] of Object.entries(points)) out.set(values, jointIndex(coco17, joint) * 3);
  return out;
}

function assertNear(found: number[], expected: number[]): void {
  found.forEach((value, i) => assert.ok(Math.abs(value - expected[i]!) < FLOAT32_PX, `${found} is not ${expected}`));
}

Deno.test("cocoToH36m lists each joint once, as copied or as derived", () => {
  const listed = [...cocoToH36m.copied, ...cocoToH36m.derived].map(({ to }) => to).sort((a, b) => a - b);
  assert.deepEqual(listed, h36m17.joints.map((_, joint) => joint));
  for (const { to, from } of cocoToH36m.copied) assert.equal(h36m17.joints[to], coco17.joints[from]);
  assert.deepEqual(cocoToH36m.derived.map(({ to }) => to).sort((a, b) => a - b), [0, 7, 8, 9, 10]);
});

Deno.test("cocoToH36m copies limbs exactly and leaves its input alone", () => {
  fc.assert(fc.property(frame, (points) => {
    const before = points.slice();
    const out = cocoToH36m.apply(points);
    assert.deepEqual(points, before);
    for (const { to, from } of cocoToH36m.copied) {
      const expected = points[from * 3 + 2]! > 0 ? [...points.slice(from * 3, from * 3 + 3)] : [0, 0, 0];
      assert.deepEqual([...out.slice(to * 3, to * 3 + 3)], expected);
    }
  }));
});

Deno.test("cocoToH36m computes pelvis, thorax, spine, neck and head from the published rule", () => {
  const { neck, head, derivedScore } = cocoToH36mConstants;
  const out = cocoToH36m.apply(pose({
    left_hip: [90, 200, 0.8],
    right_hip: [110, 210, 0.6],
    left_shoulder: [80, 100, 1],
    right_shoulder: [120, 110, 0.9],
    left_ear: [95, 50, 0.5],
    right_ear: [105, 54, 0.5],
    left_eye: [97, 45, 0.4],
    right_eye: [103, 47, 0.2],
    nose: [100, 55, 0.7],
  }));
  assertNear(point(out, "pelvis"), [100, 205, 0.6 * derivedScore]);
  assertNear(point(out, "thorax"), [100, 105, 0.9 * derivedScore]);
  assertNear(point(out, "spine"), [100, 155, 0.6 * derivedScore]);
  assertNear(point(out, "neck"), [100, 105 + neck * (52 - 105), 0.5 * derivedScore]);
  const weights = [0.7, 0.4, 0.2, 0.5, 0.5].map((score, i) => score * head[i]!);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const mean = (values: number[]): number => values.reduce((sum, value, i) => sum + value * weights[i]!, 0) / total;
  assertNear(point(out, "head"), [mean([100, 97, 103, 95, 105]), mean([55, 45, 47, 50, 54]), 0.7 * derivedScore]);
});

Deno.test("cocoToH36m weighs the ears by their scores", () => {
  const out = cocoToH36m.apply(pose({
    left_shoulder: [0, 100, 1],
    right_shoulder: [200, 100, 1],
    left_ear: [80, 100, 0.75],
    right_ear: [120, 100, 0.25],
  }));
  assertNear(point(out, "neck"), [100 + cocoToH36mConstants.neck * (90 - 100), 100, 0.75 * 0.9]);
});

Deno.test("cocoToH36m makes no middle of one end, as its score is the smaller of two", () => {
  const oneHip = cocoToH36m.apply(
    pose({ left_hip: [90, 200, 0.8], left_shoulder: [1, 2, 1], right_shoulder: [3, 2, 1] }),
  );
  for (const joint of ["pelvis", "spine", "neck", "head"]) assert.deepEqual(point(oneHip, joint), [0, 0, 0]);
  assertNear(point(oneHip, "thorax"), [2, 2, 0.9]);
});

Deno.test("cocoToH36m falls back to the ears and face points that remain", () => {
  const out = cocoToH36m.apply(pose({
    left_shoulder: [0, 100, 1],
    right_shoulder: [200, 100, 1],
    left_ear: [NaN, NaN, 1],
    right_ear: [120, 100, 0.25],
    nose: [10, 20, 0],
  }));
  assertNear(point(out, "neck"), [100 + cocoToH36mConstants.neck * 20, 100, 0.25 * 0.9]);
  assertNear(point(out, "head"), [120, 100, 0.25 * 0.9]);
});

Deno.test("cocoToH36m treats NaN, infinite and unscored points as missing", () => {
  const whole = pose({ left_hip: [90, 200, 0.8] });
  for (
    const broken of [[NaN, 1, 1], [1, Infinity, 1], [1, 1, NaN], [1, 1, 0], [1, 1, -1]] as [number, number, number][]
  ) {
    const out = cocoToH36m.apply(pose({ left_hip: [90, 200, 0.8], right_hip: broken, nose: broken }));
    assert.deepEqual(out, cocoToH36m.apply(whole));
  }
});

Deno.test("cocoToH36m gives finite points for any input", () => {
  const anything = fc.array(fc.float(), { minLength: 51, maxLength: 51 }).map((values) =>
    Float32Array.from(values, (v) => Math.abs(v) > 1e30 ? NaN : v)
  );
  fc.assert(fc.property(anything, (points) => assert.ok(cocoToH36m.apply(points).every(Number.isFinite))));
});

Deno.test("cocoToH36m converts frames one by one, into `out` where given", () => {
  fc.assert(fc.property(frame, frame, (first, second) => {
    const out = new Float32Array(102);
    assert.equal(cocoToH36m.apply(Float32Array.from([...first, ...second]), { out }), out);
    assert.deepEqual(out.slice(0, 51), cocoToH36m.apply(first));
    assert.deepEqual(out.slice(51), cocoToH36m.apply(second));
  }));
});

Deno.test("cocoToH36m refuses what is not whole frames", () => {
  assert.throws(() => cocoToH36m.apply(new Float32Array(50)), { name: "ShapeError", message: /\[1, 17, 3\].* 50/ });
  assert.throws(() => cocoToH36m.apply(new Float32Array(51), { out: new Float32Array(50) }), { name: "ShapeError" });
});

const TRAINING = new URL("../../training/diffpose_training/diffpose_3d/coco_to_h36m.json", import.meta.url);
const trained = await readFile(TRAINING, "utf8").catch(() => null);

Deno.test({
  name: `cocoToH36mConstants equal training/${trained === null ? " (absent: not compared)" : ""}`,
  ignore: trained === null,
  fn: () => {
    const { neck, head } = JSON.parse(trained!) as { neck: number; head: number[] };
    assert.deepEqual({ neck, head }, { neck: cocoToH36mConstants.neck, head: cocoToH36mConstants.head });
  },
});
