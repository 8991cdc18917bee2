import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import fc from "fast-check";
import { conversion, type LayoutConversion, type PointsLike } from "../../src/skeleton/conversion.ts";
import { conversionText } from "../../src/skeleton/conversion_text.ts";
import { cocoToH36m } from "../../src/skeleton/coco_to_h36m.ts";
import { layouts } from "../../src/skeleton/layouts.ts";
import { jointIndex, type Skeleton } from "../../src/skeleton/skeleton.ts";
import { arbitraryPoints } from "./points_arbitrary.ts";

/** Values of up to 2000 with weights of up to 1.6 in float64: sums in another order differ by less. */
const ROUNDING = 1e-9;
/** Ears and face are weighed by score + 1e-6, which moves the weights of the face by less than this. */
const EPSILON = 1e-6;
/** Heights are rounded to 0.01; `neck` was fitted to other bodies. */
const ROUNDED_HEIGHT = 0.011;

const { coco17, h36m17, body25, posetrack18, posetrack15, mpii16 } = layouts;
const all = Object.values(layouts);
const ways: readonly LayoutConversion[] = all.flatMap((from) => all.map((to) => conversion(from, to)));

/** Runs a property on points of every source layout and every way from there. */
function forEveryWay(
  check: (way: LayoutConversion, points: PointsLike) => void,
  { channels = 2, runs = 4 }: { channels?: number; runs?: number } = {},
): void {
  for (const way of ways) {
    fc.assert(fc.property(arbitraryPoints(way.from, channels), (points) => check(way, points)), { numRuns: runs });
  }
}

const near = (found: number, expected: number): boolean =>
  Math.abs(found - expected) <= ROUNDING * Math.max(1, Math.abs(expected));

function assertNear(found: ArrayLike<number>, expected: ArrayLike<number>, what: string): void {
  assert.equal(found.length, expected.length, what);
  for (let i = 0; i < found.length; i++) {
    assert.ok(near(found[i]!, expected[i]!), `${what}[${i}]: ${found[i]} is not ${expected[i]}`);
  }
}

function named(skeleton: Skeleton, points: Record<string, number[]>): PointsLike {
  const channels = Object.values(points)[0]!.length - 1;
  const values = new Float64Array(skeleton.joints.length * channels);
  const scores = new Float64Array(skeleton.joints.length);
  for (const [joint, [score, ...point]] of Object.entries(points)) {
    const j = jointIndex(skeleton, joint);
    values.set(point, j * channels);
    scores[j] = score!;
  }
  return { values, scores, sigma: null, derived: [] };
}

const table = await readFile(new URL("conversions.txt", import.meta.url), "utf8");

Deno.test("conversion() copies, derives, misses and loses what the table says, for every two layouts", () => {
  const found = ways.flatMap(conversionText);
  table.trimEnd().split("\n").forEach((line, i) => assert.equal(found[i], line, `line ${i + 1} of conversions.txt`));
  assert.equal(found.length, table.trimEnd().split("\n").length);
  assert.equal(ways.length, 81);
});

Deno.test("conversion() puts every joint of both layouts into its lists once", () => {
  for (const { from, to, copied, derived, missing, lost } of ways) {
    const given = [...copied.map((joint) => joint.to), ...derived.map((joint) => joint.to), ...missing];
    assert.deepEqual(given.sort((a, b) => a - b), to.joints.map((_, j) => j));
    const taken = new Set([...copied.map((joint) => joint.from), ...derived.flatMap((joint) => joint.from)]);
    assert.deepEqual(lost, from.joints.flatMap((_, j) => taken.has(j) ? [] : [j]));
    for (const { from: sources, weights } of derived) {
      assert.equal(new Set(sources).size, sources.length);
      assert.ok(near(weights.reduce((sum, weight) => sum + weight, 0), 1));
    }
  }
});

const heights = JSON.parse(
  await readFile(new URL("../../fixtures/golden/skeleton/head_heights.json", import.meta.url), "utf8"),
) as { heights: Record<string, { share: number }> };

Deno.test("conversion() from COCO places neck and head where measured bodies have them", () => {
  const targets = { upper_neck: posetrack18, head_top: posetrack18, lower_neck: layouts.aic14, neck: h36m17 };
  for (const [joint, to] of Object.entries(targets)) {
    const rule = conversion(coco17, to).derived.find((one) => to.joints[one.to] === joint)!;
    const share = rule.from.reduce(
      (sum, from, i) => sum + (coco17.joints[from]!.endsWith("ear") ? rule.weights[i]! : 0),
      0,
    );
    assert.ok(Math.abs(share - heights.heights[joint]!.share) <= ROUNDED_HEIGHT, `${joint}: ${share}`);
  }
  const head = conversion(h36m17, mpii16).derived.find((one) => mpii16.joints[one.to] === "head_top")!;
  const { neck, head: middle, head_top: top } = heights.heights;
  const share = (top!.share - neck!.share) / (middle!.share - neck!.share);
  assert.ok(Math.abs(head.weights[1]! - share) <= ROUNDED_HEIGHT, `head_top: ${head.weights[1]} is not ${share}`);
});

Deno.test("conversion() from a layout to itself keeps everything", () => {
  for (const skeleton of all) {
    fc.assert(fc.property(arbitraryPoints(skeleton), (points) => {
      assert.deepEqual(conversion(skeleton, skeleton).apply(points), points);
    }));
  }
});

for (const [from, over] of [[coco17, body25], [coco17, layouts.coco18], [posetrack15, posetrack18]] as const) {
  Deno.test(`conversion() ${from.name} -> ${over.name} and back keeps all points`, () => {
    fc.assert(fc.property(arbitraryPoints(from, 3), (points) => {
      assert.deepEqual(conversion(over, from).apply(conversion(from, over).apply(points)), points);
    }));
  });
}

Deno.test("conversion() makes no point surer than what it is made of", () => {
  forEveryWay((way, points) => {
    const { scores } = way.apply(points);
    for (const { to, from } of way.copied) assert.equal(scores[to], points.scores[from]);
    for (const { to, from } of way.derived) {
      const sources = from.map((joint) => points.scores[joint]!);
      assert.ok(scores[to]! <= 0.9 * Math.max(...sources));
      // Ears and face stand in for each other; everything else is needed.
      const needed = from.flatMap((joint, i) => /ear|eye|nose/.test(way.from.joints[joint]!) ? [] : [sources[i]!]);
      if (needed.length === from.length) assert.equal(scores[to], 0.9 * Math.min(...needed));
      else assert.ok(scores[to]! <= 0.9 * Math.min(...needed));
    }
    for (const to of way.missing) assert.equal(scores[to], 0);
  });
});

Deno.test("conversion() leaves a missing point at 0, whatever it is made of", () => {
  forEveryWay((way, points) => {
    const { values, scores, sigma } = way.apply(points);
    scores.forEach((score, j) => {
      if (score !== 0) return;
      assert.deepEqual([...values.slice(2 * j, 2 * j + 2)], [0, 0]);
      if (sigma !== null) assert.equal(sigma[j], 0);
    });
  });
});

Deno.test("conversion() marks what it computes and copies of what was computed", () => {
  forEveryWay((way, points) => {
    const expected = way.to.joints.flatMap((_, j) => {
      const copy = way.copied.find(({ to }) => to === j);
      return copy === undefined ? way.missing.includes(j) ? [] : [j] : points.derived.includes(copy.from) ? [j] : [];
    });
    assert.deepEqual(way.apply(points).derived, expected);
  });
});

Deno.test("conversion() of a mirrored pose is the mirrored conversion", () => {
  const mirrored = ({ values, scores, sigma }: PointsLike, { mirror }: Skeleton): PointsLike => ({
    values: Float64Array.from(values, (_, i) => {
      const value = values[2 * mirror[Math.floor(i / 2)]! + i % 2]!;
      return i % 2 === 0 ? -value : value;
    }),
    scores: Float64Array.from(mirror, (other) => scores[other]!),
    sigma: sigma === null ? null : Float64Array.from(mirror, (other) => sigma[other]!),
    derived: [],
  });
  forEveryWay((way, points) => {
    const found = way.apply(mirrored(points, way.from));
    const expected = mirrored(way.apply(points), way.to);
    assertNear(found.values, expected.values, "values");
    assert.deepEqual(found.scores, expected.scores);
    if (expected.sigma !== null) assertNear(found.sigma!, expected.sigma, "sigma");
  });
});

Deno.test("conversion() commutes with turning, scaling, shearing and moving the picture", () => {
  const number = fc.double({ min: -3, max: 3, noNaN: true });
  const picture = fc.record({ a: number, b: number, c: number, d: number, x: number, y: number });
  for (const way of ways) {
    fc.assert(
      fc.property(arbitraryPoints(way.from), picture, (points, { a, b, c, d, x, y }) => {
        const moved = (values: Float64Array, scores: Float64Array): Float64Array =>
          Float64Array.from(
            Array.from(scores).flatMap((score, j) => {
              const [u, v] = [values[2 * j]!, values[2 * j + 1]!];
              return score === 0 ? [0, 0] : [a * u + b * v + x, c * u + d * v + y];
            }),
          );
        const before = way.apply({ ...points, values: moved(points.values, points.scores) });
        const after = way.apply(points);
        const expected = moved(after.values, after.scores);
        // Where large terms cancel, the sum is only as exact as they are.
        for (let i = 0; i < expected.length; i++) {
          assert.ok(Math.abs(before.values[i]! - expected[i]!) <= ROUNDING * 2000, `${way.to.joints[i >> 1]}`);
        }
      }),
      { numRuns: 3 },
    );
  }
});

Deno.test("conversion() treats space as it treats the picture, coordinate by coordinate", () => {
  forEveryWay((way, points) => {
    const space = way.apply(points);
    for (const drop of [0, 1, 2]) {
      const flat = way.apply({ ...points, values: points.values.filter((_, i) => i % 3 !== drop) });
      assert.deepEqual(flat.values, space.values.filter((_, i) => i % 3 !== drop));
      assert.deepEqual(flat.scores, space.scores);
      assert.deepEqual(flat.sigma, space.sigma);
    }
  }, { channels: 3, runs: 2 });
});

Deno.test("conversion() propagates sigma as that of independent errors, and null as null", () => {
  for (const way of ways) {
    const joints = way.from.joints.length;
    const sigma = Float64Array.from({ length: joints }, (_, j) => j + 1);
    const points = { values: new Float64Array(joints * 2), scores: new Float64Array(joints).fill(1), derived: [] };
    const found = way.apply({ ...points, sigma }).sigma!;
    for (const { to, from } of way.copied) assert.equal(found[to], sigma[from]);
    for (const { to, from, weights } of way.derived) {
      const expected = Math.hypot(...from.map((joint, i) => weights[i]! * sigma[joint]!));
      assert.ok(Math.abs(found[to]! - expected) <= EPSILON * expected, `${way.to.joints[to]}: ${found[to]}`);
    }
    for (const to of way.missing) assert.equal(found[to], 0);
    assert.equal(way.apply({ ...points, sigma: null }).sigma, null);
  }
});

Deno.test("conversion() extrapolates the top of the head: 57 % farther than the ears", () => {
  const points = named(coco17, {
    left_shoulder: [0.8, 120, 200],
    right_shoulder: [0.6, 80, 200],
    left_ear: [0.5, 110, 100],
    right_ear: [0.5, 90, 100],
  });
  const { values, scores } = conversion(coco17, posetrack18).apply(points);
  assertNear(values.slice(4, 6), [100, 43], "head_top");
  assertNear(values.slice(2, 4), [100, 145], "upper_neck");
  assert.equal(scores[2], 0.5 * 0.9);
});

Deno.test("conversion() takes the ear that remains, and gives no head top without ears or without a shoulder", () => {
  const way = conversion(coco17, posetrack18);
  const points = { left_shoulder: [1, 0, 100], right_shoulder: [1, 0, 100], left_ear: [0.5, 10, 0] };
  assertNear(way.apply(named(coco17, points)).values.slice(4, 6), [15.7, -57], "head_top");
  assert.equal(way.apply(named(coco17, { ...points, left_ear: [0, 10, 0] })).scores[2], 0);
  assert.equal(way.apply(named(coco17, { ...points, left_shoulder: [0, 0, 100] })).scores[2], 0);
});

Deno.test("conversion() treats NaN, infinite and unscored points as missing and leaves its input alone", () => {
  const way = conversion(coco17, mpii16);
  const hips = (point: number[]): PointsLike => named(coco17, { left_hip: [1, 3, 4], right_hip: point });
  for (const broken of [[1, NaN, 1], [1, 1, Infinity], [NaN, 1, 1], [Infinity, 1, 1], [-1, 1, 1], [0, 1, 1]]) {
    const points = hips(broken);
    const before = structuredClone(points);
    assert.deepEqual(way.apply(points), way.apply(hips([0, 0, 0])));
    assert.deepEqual(points, before);
  }
});

Deno.test("conversion() refuses arrays of other sizes", () => {
  const way = conversion(coco17, h36m17);
  const points = named(coco17, { nose: [1, 2, 3] });
  const wrong: [Partial<PointsLike>, RegExp][] = [
    [{ values: new Float64Array(35) }, /convert coco17 to h36m17 .*\[17, 2\].* 35/],
    [{ values: new Float64Array(17) }, /\[17, 2\].* 17/],
    [{ scores: new Float64Array(16) }, /with scores .*\[17\].* 16/],
    [{ sigma: new Float64Array(18) }, /with sigma .*\[17\].* 18/],
  ];
  for (const [part, message] of wrong) {
    assert.throws(() => way.apply({ ...points, ...part }), { name: "ShapeError", message });
  }
});

Deno.test("cocoToH36m is conversion() for windows", () => {
  const way = conversion(coco17, h36m17);
  assert.deepEqual(cocoToH36m.copied, way.copied);
  assert.deepEqual(cocoToH36m.derived, way.derived);
  fc.assert(fc.property(arbitraryPoints(coco17), (points) => {
    const packed = ({ values, scores }: PointsLike): Float32Array =>
      Float32Array.from(Array.from(scores).flatMap((score, j) => [values[2 * j]!, values[2 * j + 1]!, score]));
    const values = Float64Array.from(Float32Array.from(points.values));
    assert.deepEqual(cocoToH36m.apply(packed(points)), packed(way.apply({ ...points, values })));
  }));
});
