import assert from "node:assert/strict";
import fc from "fast-check";
import { positionErrors } from "../../src/metrics/mpjpe.ts";
import { addPckCounts, auc, AUC_THRESHOLDS_MM, pck, pckCounts, THREEDHP_GROUPS } from "../../src/metrics/pck3d.ts";
import { errorField } from "../../src/metrics/pose_pair.ts";
import { assertNear, GOLDEN, GOLDEN_PAIR } from "./_pose3d.ts";

/** Percent of a few hundred points, in float64. */
const FLOAT64 = 1e-9;
const SCORED = THREEDHP_GROUPS.flatMap(({ joints }) => joints);

Deno.test("pck() and auc() agree with NumPy on the 14 joints of the official groups", () => {
  const field = positionErrors(GOLDEN_PAIR);
  const all = pckCounts(field, { joints: SCORED });
  assertNear(pck(all), GOLDEN.pck.pck, FLOAT64, "pck");
  assertNear(auc(all), GOLDEN.pck.auc, FLOAT64, "auc");
  assertNear(pck(pckCounts(field, { joints: [8, 11] })), GOLDEN.pck.hip, FLOAT64, "hip");
});

Deno.test("the thresholds are 0, 5, ..., 150 mm, and 14 joints are scored", () => {
  assert.equal(AUC_THRESHOLDS_MM.length, 31);
  assert.deepEqual([AUC_THRESHOLDS_MM[0], AUC_THRESHOLDS_MM[1], AUC_THRESHOLDS_MM[30]], [0, 5, 150]);
  assert.deepEqual([...SCORED].sort((a, b) => a - b), Array.from({ length: 14 }, (_, i) => i));
});

Deno.test("an error must be below a threshold, not equal to it", () => {
  const counted = pckCounts(errorField(1, Float64Array.of(0, 149.999, 150, 5, NaN)));
  assert.deepEqual([counted.total, counted.below], [4, 3]);
  // 0 is below 30 of the 31 thresholds, 149.999 below one, 150 below none, 5 below 29.
  assert.equal(counted.belowEach.reduce((sum, n) => sum + n, 0), 60);
  assertNear(auc(counted), (100 * 60) / (31 * 4), FLOAT64);
});

Deno.test("thresholds are an option", () => {
  const counted = pckCounts(errorField(1, Float64Array.of(10, 30)), { threshold: 20, thresholds: [20, 40] });
  assert.deepEqual([pck(counted), auc(counted)], [50, 75]);
});

Deno.test("counts of parts add up, and figures stay between 0 and 100", () => {
  const errors = fc.array(fc.double({ min: 0, max: 400, noNaN: true }), { minLength: 1, maxLength: 40 });
  fc.assert(fc.property(errors, errors, (a, b) => {
    const [one, other] = [a, b].map((list) => pckCounts(errorField(1, Float64Array.from(list)))) as [
      ReturnType<typeof pckCounts>,
      ReturnType<typeof pckCounts>,
    ];
    const both = addPckCounts(one, other);
    assert.deepEqual(both, pckCounts(errorField(1, Float64Array.from([...a, ...b]))));
    assert.ok(auc(both) >= 0 && auc(both) <= pck(both) && pck(both) <= 100);
  }));
});

Deno.test("pck() without points is NaN", () => {
  assert.ok(Number.isNaN(pck(pckCounts(errorField(1, Float64Array.of(NaN))))));
});
