import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { ShapeError } from "../../src/core/errors.ts";
import { pckh, type PckhPeople } from "../../src/metrics/pckh.ts";
import { pairByJoints } from "../../src/metrics/pckh_pairs.ts";
import { headSize } from "../../src/metrics/posetrack_frames.ts";

/** Sums of at most 300 terms below 100, in another order than numpy's. */
const SUM_TOLERANCE = 1e-9;
const PCKH = JSON.parse(readFileSync(join(import.meta.dirname!, "../../fixtures/metrics/pckh/pckh.json"), "utf8"));

const GOLDEN: PckhPeople = {
  joints: PCKH.joints,
  truth: Float64Array.from(PCKH.truth.flat(2)),
  annotated: Uint8Array.from(PCKH.annotated.flat()),
  headSizes: Float64Array.from(PCKH.head, ([width, height]: [number, number]) => headSize(width, height)),
  predicted: Float64Array.from(PCKH.predicted.flat(2)),
  found: Uint8Array.from(PCKH.found.flat()),
};

function close(value: number | null, expected: number): void {
  assert.ok(value !== null && Math.abs(value - expected) < SUM_TOLERANCE, `${value} instead of ${expected}`);
}

/** People with head size 10 at the origin, and predicted joints so many px away. */
function people(joints: readonly string[], ...rows: (number | null)[][]): PckhPeople {
  return {
    joints,
    truth: new Float64Array(rows.length * joints.length * 2),
    annotated: new Uint8Array(rows.length * joints.length).fill(1),
    headSizes: new Float64Array(rows.length).fill(10),
    predicted: Float64Array.from(rows.flat().flatMap((away) => [away ?? 0, 0])),
    found: Uint8Array.from(rows.flat(), (away) => away === null ? 0 : 1),
  };
}

Deno.test("pckh() equals numpy on drawn people of MPII", () => {
  const result = pckh(GOLDEN);
  PCKH.expected.joints.forEach((value: number, j: number) => close(result.joints[j]!, value));
  for (const [name, value] of Object.entries(PCKH.expected.groups)) {
    close(result.groups[name as keyof typeof result.groups], value as number);
  }
  close(result.mean, PCKH.expected.mean);
  close(result.auc, PCKH.expected.auc);
});

Deno.test("pckh() by hand: half a head is right, a joint that was not predicted is wrong", () => {
  // Head 10 px, so 5 px is just right. Left wrist: 5, 6 px: 1 of 2. Right wrist: 0 px, not predicted: 1 of 2.
  // Nose: right twice, but no group of MPII has it, so the mean is 2 of 4.
  const result = pckh(people(["left_wrist", "right_wrist", "nose"], [5, 0, 1], [6, null, 2]));
  assert.deepEqual(result.joints, [50, 50, 100]);
  assert.equal(result.groups.Wrist, 50);
  assert.equal(result.groups.Head, null);
  assert.equal(result.mean, 50);
  assert.deepEqual(result.counts, [2, 2, 2]);
});

Deno.test("pckh() takes the area under the curve by straight pieces", () => {
  // One joint 2.5 px away is right from 0.25 on: 26 of 51 values are 100, the last counts half: 25.5 / 50.
  close(pckh(people(["left_knee"], [2.5])).auc, 51);
  // Exactly right from 0 on.
  close(pckh(people(["left_knee"], [0])).auc, 100);
});

Deno.test("pckh() counts only annotated joints", () => {
  const one = people(["left_hip", "right_hip"], [0, 50]);
  one.annotated[1] = 0;
  const { joints, groups, mean } = pckh(one);
  assert.deepEqual([joints, groups.Hip, mean], [[100, null], 100, 100]);
  one.annotated[0] = 0;
  assert.deepEqual([pckh(one).mean, pckh(one).auc], [null, null]);
});

Deno.test("pckh() weighs joints by how often they are annotated", () => {
  // Left ankle annotated in both people and right; right ankle only in the first, and wrong: group 50, mean 2 of 3.
  const one = people(["left_ankle", "right_ankle"], [0, 50], [0, 50]);
  one.annotated[3] = 0;
  const { groups, mean } = pckh(one);
  assert.equal(groups.Ankle, 50);
  close(mean, 200 / 3);
});

Deno.test("pckh() refuses arrays that do not fill their shapes", () => {
  assert.throws(() => pckh({ ...GOLDEN, found: new Uint8Array(3) }), ShapeError);
  assert.throws(() => pckh({ ...GOLDEN, predicted: new Float64Array(3) }), ShapeError);
});

Deno.test("pckh() is the same at any scale, and never falls with the threshold", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(0.25, 0.5, 2, 64),
      fc.double({ min: 0.05, max: 2, noNaN: true }),
      (scale, threshold) => {
        // Powers of two scale without rounding.
        const scaled = {
          ...GOLDEN,
          truth: GOLDEN.truth.map((x) => x * scale),
          predicted: GOLDEN.predicted.map((x) => x * scale),
          headSizes: GOLDEN.headSizes.map((x) => x * scale),
        };
        assert.deepEqual(pckh(scaled, { threshold }), pckh(GOLDEN, { threshold }));
        assert.ok(pckh(GOLDEN, { threshold: threshold * 1.5 }).mean! >= pckh(GOLDEN, { threshold }).mean!);
      },
    ),
  );
});

function joints(...xs: (number | null)[]) {
  return {
    points: Float64Array.from(xs.flatMap((x) => [x ?? 0, 0])),
    present: Uint8Array.from(xs, (x) => x === null ? 0 : 1),
  };
}

Deno.test("pairByJoints() makes the most joints right, then the nearest", () => {
  const people = [{ ...joints(0, 0), headSize: 10 }, { ...joints(8, 100), headSize: 10 }];
  // Prediction 0 meets one joint of either person; prediction 1 meets both of the first. So the second gets prediction 0.
  assert.deepEqual([...pairByJoints(people, [joints(4, 50), joints(1, 1)], 0.5)], [1, 0]);
  // Both meet both joints of the first: the nearer one it is, and the second gets nobody.
  assert.deepEqual([...pairByJoints(people, [joints(2, 2), joints(1, 1)], 0.5)], [1, -1]);
  assert.deepEqual([...pairByJoints(people, [joints(null, 0)], 0.5)], [0, -1]);
  assert.deepEqual([...pairByJoints(people, [], 0.5)], [-1, -1]);
});
