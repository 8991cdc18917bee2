import assert from "node:assert/strict";
import fc from "fast-check";
import { ShapeError } from "../../src/core/errors.ts";
import { createRng } from "../../src/core/rng.ts";
import { addTallies, meanError, meanErrorByJoint, meanOfGroups, tallyErrors } from "../../src/metrics/error_means.ts";
import {
  alignedErrors,
  mpjpe,
  mpjve,
  nMpjpe,
  pMpjpe,
  positionErrors,
  rootRelative,
  scaledErrors,
  velocityErrors,
} from "../../src/metrics/mpjpe.ts";
import type { PosePair } from "../../src/metrics/pose_pair.ts";
import { assertNear, GOLDEN, GOLDEN_MM, GOLDEN_PAIR, normals, PAIRS } from "./_pose3d.ts";

/** Poses of size 1 in float64 after some dozens of operations. */
const FLOAT64 = 1e-9;

/** A rotation from a unit quaternion made of normal numbers. */
function rotation(seed: number): number[] {
  const q = normals(seed, 4);
  const size = Math.hypot(...q);
  const [w, x, y, z] = Array.from(q, (value) => value / size) as [number, number, number, number];
  // deno-fmt-ignore
  return [
    1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y),
    2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x),
    2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y),
  ];
}

/** scale * R * point + shift, the same for all points. */
function moved(points: ArrayLike<number>, seed: number): Float64Array {
  const r = rotation(seed);
  const scale = 0.2 + 3 * createRng({ seed, stream: 1 }).nextUniform();
  const shift = normals(seed + 1, 3);
  return Float64Array.from({ length: points.length }, (_, i) => {
    const [start, c] = [i - (i % 3), i % 3];
    const turned = [0, 1, 2].reduce((sum, k) => sum + r[3 * c + k]! * points[start + k]!, 0);
    return scale * turned + shift[c]!;
  });
}

Deno.test("mpjpe(), nMpjpe(), pMpjpe(), mpjve() agree with NumPy, SciPy and the training code", () => {
  const found = {
    mpjpe: mpjpe(GOLDEN_PAIR),
    nMpjpe: nMpjpe(GOLDEN_PAIR),
    pMpjpe: pMpjpe(GOLDEN_PAIR),
    mpjve: mpjve(GOLDEN_PAIR),
  };
  for (const [name, value] of Object.entries(found)) {
    assertNear(value, GOLDEN.figures[name as keyof typeof found], GOLDEN_MM, name);
  }
});

Deno.test("meanErrorByJoint() agrees with NumPy", () => {
  meanErrorByJoint(positionErrors(GOLDEN_PAIR)).forEach((mean, joint) =>
    assertNear(mean, GOLDEN.perJoint[joint]!, GOLDEN_MM, `joint ${joint}`)
  );
});

Deno.test("pMpjpe() does not mirror a mirrored pose back", () => {
  const last = (GOLDEN.frames - 1) * GOLDEN.joints * 3;
  const pair = {
    joints: GOLDEN.joints,
    pred: Array.from(GOLDEN_PAIR.pred).slice(last),
    truth: Array.from(GOLDEN_PAIR.truth).slice(last),
  };
  assertNear(pMpjpe(pair), GOLDEN.mirrored.pMpjpe, GOLDEN_MM);
  const mirroredBack = { ...pair, pred: pair.pred.map((value, i) => i % 3 === 0 ? -value : value) };
  assert.ok(pMpjpe(mirroredBack) < 0.1 * pMpjpe(pair));
});

Deno.test("masked points count in no figure and do not steer the alignment", () => {
  const pair = { ...GOLDEN_PAIR, mask: GOLDEN.mask };
  assertNear(mpjpe(pair), GOLDEN.masked.mpjpe, GOLDEN_MM, "mpjpe");
  assertNear(nMpjpe(pair), GOLDEN.masked.nMpjpe, GOLDEN_MM, "nMpjpe");
  assertNear(pMpjpe(pair), GOLDEN.masked.pMpjpe, GOLDEN_MM, "pMpjpe");
  const field = positionErrors(pair);
  assert.equal(field.counted, GOLDEN.masked.counted);
  assert.equal(field.left, GOLDEN.frames * GOLDEN.joints - GOLDEN.masked.counted);
});

Deno.test("a NaN on either side is left out like a masked point", () => {
  for (const side of ["pred", "truth"] as const) {
    const holes = Array.from(GOLDEN_PAIR[side], (value, i) => GOLDEN.mask[Math.floor(i / 3)] === 0 ? NaN : value);
    const pair: PosePair = { ...GOLDEN_PAIR, [side]: holes };
    assertNear(mpjpe(pair), GOLDEN.masked.mpjpe, GOLDEN_MM, side);
    assertNear(pMpjpe(pair), GOLDEN.masked.pMpjpe, GOLDEN_MM, side);
    assert.equal(positionErrors(pair).counted, GOLDEN.masked.counted);
  }
});

Deno.test("all errors are zero for equal poses", () => {
  fc.assert(fc.property(PAIRS, ({ joints, truth }) => {
    const pair = { joints, truth, pred: truth };
    for (const figure of [mpjpe(pair), nMpjpe(pair), pMpjpe(pair)]) assertNear(figure, 0, FLOAT64);
    if (truth.length / 3 > joints) assert.equal(mpjve(pair), 0);
  }));
});

Deno.test("pMpjpe() does not change when the prediction is turned, scaled and shifted", () => {
  fc.assert(fc.property(PAIRS, fc.nat(1000), (pair, seed) => {
    assertNear(pMpjpe({ ...pair, pred: moved(pair.pred, seed) }), pMpjpe(pair), FLOAT64 * 100);
  }));
});

Deno.test("nMpjpe() does not change when the prediction is scaled", () => {
  fc.assert(fc.property(PAIRS, fc.double({ min: 0.1, max: 10, noNaN: true }), (pair, scale) => {
    assertNear(nMpjpe({ ...pair, pred: Array.from(pair.pred, (value) => scale * value) }), nMpjpe(pair), FLOAT64);
  }));
});

Deno.test("mpjve() does not change when the prediction is shifted as a whole", () => {
  fc.assert(fc.property(PAIRS, (pair) => {
    const pred = Array.from(pair.pred, (value, i) => value + [5, -7, 2][i % 3]!);
    if (pred.length / 3 > pair.joints) assertNear(mpjve({ ...pair, pred }), mpjve(pair), FLOAT64);
  }));
});

/** Root of the mean square of a field. The alignments minimise this, not the mean distance: only for it is the order certain. */
function rootMeanSquare(errors: Float64Array): number {
  return Math.sqrt(errors.reduce((sum, error) => sum + error * error, 0) / errors.length);
}

Deno.test("each freer alignment lowers the root mean square error: none, scale, similarity", () => {
  fc.assert(fc.property(PAIRS, (pair) => {
    const [plain, scale, similarity] = [positionErrors, scaledErrors, alignedErrors]
      .map((of) => rootMeanSquare(of(pair).errors)) as [number, number, number];
    assert.ok(scale <= plain + FLOAT64, `${scale} is above ${plain}`);
    assert.ok(similarity <= scale + FLOAT64, `${similarity} is above ${scale}`);
  }));
});

Deno.test("velocityErrors() takes neighbours only, by the smallest step of the indices", () => {
  const pair = { joints: 1, truth: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], pred: [0, 0, 0, 3, 4, 0, 9, 4, 0, 9, 4, 5] };
  assert.deepEqual([...velocityErrors(pair).errors], [5, 6, 5]);
  const field = velocityErrors(pair, { indices: [10, 15, 25, 30] });
  assert.deepEqual([...field.errors], [5, NaN, 5]);
  assert.deepEqual([field.counted, field.left], [2, 1]);
  assert.equal(velocityErrors({ joints: 1, truth: [1, 2, 3], pred: [1, 2, 3] }).frames, 0);
});

Deno.test("alignedErrors() leaves out frames with fewer than three points", () => {
  const pair = { joints: 3, truth: normals(1, 18), pred: normals(2, 18), mask: [1, 1, 0, 1, 1, 1] };
  const { errors } = alignedErrors(pair);
  assert.deepEqual([...errors.subarray(0, 3)], [NaN, NaN, NaN]);
  assert.ok(errors.subarray(3).every((error) => error > 0));
});

Deno.test("scaledErrors() keeps a prediction that is all zero", () => {
  assert.deepEqual([...scaledErrors({ joints: 1, truth: [3, 4, 0], pred: [0, 0, 0] }).errors], [5]);
});

Deno.test("rootRelative() subtracts the root, and makes frames without it NaN", () => {
  const points = [1, 2, 3, 4, 6, 8, NaN, 0, 0, 1, 1, 1];
  assert.deepEqual([...rootRelative(points, 2, 0)], [0, 0, 0, 3, 4, 5, NaN, NaN, NaN, NaN, NaN, NaN]);
  assert.equal(points[0], 1);
  assert.deepEqual([...rootRelative([0, 0, 0, 2, 4, 6], 2, [0, 1])], [-1, -2, -3, 1, 2, 3]);
});

Deno.test("figures without any point are NaN", () => {
  const pair = { joints: 2, truth: [NaN, 0, 0, 1, 1, 1], pred: [0, 0, 0, 1, 1, 1], mask: [1, 0] };
  for (const figure of [mpjpe(pair), nMpjpe(pair), pMpjpe(pair), mpjve(pair)]) assert.ok(Number.isNaN(figure));
  assert.deepEqual([...meanErrorByJoint(positionErrors(pair))], [NaN, NaN]);
});

Deno.test("arrays that do not fit are refused", () => {
  const truth = new Float64Array(12);
  assert.throws(() => mpjpe({ joints: 2, truth, pred: new Float64Array(9) }), ShapeError);
  assert.throws(() => mpjpe({ joints: 3, truth, pred: truth }), /must hold \[2, 3, 3\] values: current length is 12/);
  assert.throws(() => pMpjpe({ joints: 2, truth, pred: truth, mask: [1, 1, 1] }), ShapeError);
  assert.throws(() => mpjpe({ joints: 0, truth, pred: truth }), /at least 1: 0/);
});

Deno.test("meanOfGroups() means each action first, over its frames, then the actions", () => {
  const means = meanOfGroups([
    { group: "Walking", sum: 30, count: 3 },
    { group: "Eating", sum: 20, count: 1 },
    { group: "Walking", sum: 70, count: 2 },
    { group: "Empty", sum: 0, count: 0 },
  ]);
  assert.deepEqual(means.groups, [{ group: "Walking", mean: 20, count: 5 }, { group: "Eating", mean: 20, count: 1 }]);
  assert.equal(means.mean, 20);
  assert.ok(Number.isNaN(meanOfGroups([]).mean));
});

Deno.test("tallies of parts add up to the tally of the whole", () => {
  fc.assert(fc.property(PAIRS, ({ joints, pred, truth }) => {
    const half = joints * 3;
    const part = (from: number, to?: number): PosePair => ({
      joints,
      pred: Array.from(pred).slice(from, to),
      truth: Array.from(truth).slice(from, to),
    });
    const sum = addTallies(
      tallyErrors(positionErrors(part(0, half))),
      tallyErrors(positionErrors(part(half))),
    );
    assertNear(sum.sum / sum.count, meanError(positionErrors({ joints, pred, truth })), FLOAT64);
  }));
});
