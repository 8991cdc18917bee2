import assert from "node:assert/strict";
import fc from "fast-check";
import { ShapeError } from "../../src/core/errors.ts";
import {
  bestOf,
  hypothesisErrors,
  type HypothesisPair,
  meanOfErrors,
  meanPose,
  spread,
} from "../../src/metrics/hypotheses.ts";
import { mpjpe, pMpjpe } from "../../src/metrics/mpjpe.ts";
import { assertNear, GOLDEN, GOLDEN_MM, GOLDEN_PAIR, normals } from "./_pose3d.ts";

const FLOAT64 = 1e-9;
const GOLDEN_SET: HypothesisPair = {
  joints: GOLDEN.joints,
  hypotheses: GOLDEN.hypotheses,
  pred: GOLDEN.hypothesisPoses.map((value) => 1000 * value),
  truth: GOLDEN_PAIR.truth,
};
const SETS: fc.Arbitrary<HypothesisPair> = fc.record({
  seed: fc.nat(10_000),
  joints: fc.integer({ min: 3, max: 8 }),
  hypotheses: fc.integer({ min: 1, max: 6 }),
  frames: fc.integer({ min: 1, max: 4 }),
}).map(({ seed, joints, hypotheses, frames }) => ({
  joints,
  hypotheses,
  truth: normals(seed, frames * joints * 3),
  pred: normals(seed + 1, hypotheses * frames * joints * 3),
}));

Deno.test("bestOf(), meanOfErrors(), meanPose(), spread() agree with NumPy and the training code", () => {
  const plain = hypothesisErrors(GOLDEN_SET);
  const aligned = hypothesisErrors(GOLDEN_SET, "similarity");
  const { manyHypotheses: golden } = GOLDEN;
  bestOf(plain, 4).forEach((value, n) => assertNear(value, golden.bestOf[n]!, GOLDEN_MM, `best of ${n + 1}`));
  bestOf(aligned, 4).forEach((value, n) =>
    assertNear(value, golden.bestOfAligned[n]!, GOLDEN_MM, `P-best of ${n + 1}`)
  );
  assertNear(meanOfErrors(plain), golden.meanOfErrors, GOLDEN_MM);
  assertNear(mpjpe({ ...GOLDEN_PAIR, pred: meanPose(GOLDEN_SET) }), golden.meanPose, GOLDEN_MM);
  spread(GOLDEN_SET).forEach((sigma, i) => assertNear(sigma, 1000 * golden.spread[i]!, GOLDEN_MM, `sigma ${i}`));
});

Deno.test("bestOf() never rises with more hypotheses, and begins with the first", () => {
  fc.assert(fc.property(SETS, fc.constantFrom("none" as const, "similarity" as const), (set, alignment) => {
    const best = bestOf(hypothesisErrors(set, alignment), set.hypotheses);
    for (let n = 1; n < best.length; n++) assert.ok(best[n]! <= best[n - 1]!);
    const first = { joints: set.joints, truth: set.truth, pred: Array.from(set.pred).slice(0, set.truth.length) };
    assertNear(best[0]!, alignment === "none" ? mpjpe(first) : pMpjpe(first), FLOAT64);
  }));
});

Deno.test("the mean pose is no worse than the mean of the errors", () => {
  fc.assert(fc.property(SETS, (set) => {
    const { joints, truth } = set;
    assert.ok(mpjpe({ joints, truth, pred: meanPose(set) }) <= meanOfErrors(hypothesisErrors(set)) + FLOAT64);
  }));
});

Deno.test("frames where nothing counts are in no figure", () => {
  const set: HypothesisPair = {
    joints: 1,
    hypotheses: 2,
    truth: [0, 0, 0, 0, 0, 0],
    pred: [3, 4, 0, 1, 0, 0, 0, 1, 0, 9, 0, 0],
    mask: [1, 0],
  };
  const errors = hypothesisErrors(set);
  assert.deepEqual([...errors], [5, NaN, 1, NaN]);
  assert.deepEqual([...bestOf(errors, 2)], [5, 1]);
  assert.equal(meanOfErrors(errors), 3);
});

Deno.test("a set that is not N times the truth is refused", () => {
  const set = { joints: 1, hypotheses: 2, truth: [0, 0, 0], pred: [0, 0, 0] };
  assert.throws(() => hypothesisErrors(set), ShapeError);
  assert.throws(() => meanPose({ ...set, hypotheses: 0 }), ShapeError);
});
