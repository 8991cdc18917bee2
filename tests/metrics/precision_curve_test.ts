import assert from "node:assert/strict";
import fc from "fast-check";
import { byFallingScore, Outcome, precisionCurve } from "../../src/metrics/precision_curve.ts";

/** Precision has the evaluator's 2.2e-16 in the denominator. */
const TOLERANCE = 1e-15;
const RECALLS = Float64Array.of(0, 0.25, 0.5, 0.75, 1);
const { right, wrong, ignored } = Outcome;

function curve(outcomes: readonly number[], people: number): { recall: number; precision: number[] } {
  const precision = new Float64Array(RECALLS.length).fill(9);
  const order = Uint32Array.from(outcomes.keys());
  const recall = precisionCurve(Uint8Array.from(outcomes), order, people, RECALLS, precision);
  return { recall, precision: [...precision] };
}

function close(actual: readonly number[], expected: readonly number[]): void {
  assert.equal(actual.length, expected.length);
  actual.forEach((value, i) => assert.ok(Math.abs(value - expected[i]!) <= TOLERANCE, `${actual} is not ${expected}`));
}

Deno.test("precisionCurve() takes the best precision at each recall or beyond, and 0 beyond the last", () => {
  // Ranks: right 1/1, wrong 1/2, right 2/3, right 3/4; of four people three are found.
  const { recall, precision } = curve([right, wrong, right, right], 4);
  assert.equal(recall, 0.75);
  close(precision, [1, 1, 0.75, 0.75, 0]);
});

Deno.test("precisionCurve() passes over ignored predictions", () => {
  assert.deepEqual(curve([right, ignored, wrong, ignored, right], 2), curve([right, wrong, right], 2));
});

Deno.test("precisionCurve() of no predictions, and of ignored ones alone, is 0", () => {
  for (const outcomes of [[], [ignored, ignored]]) {
    assert.deepEqual(curve(outcomes, 3), { recall: 0, precision: [0, 0, 0, 0, 0] });
  }
});

Deno.test("precisionCurve() never rises with recall", () => {
  fc.assert(fc.property(fc.array(fc.constantFrom(right, wrong, ignored), { maxLength: 30 }), (outcomes) => {
    const found = outcomes.filter((outcome) => outcome === right).length;
    const { recall, precision } = curve(outcomes, found + 1);
    assert.equal(recall, found / (found + 1));
    precision.forEach((value, i) => assert.ok(i === 0 || value <= precision[i - 1]!));
  }));
});

Deno.test("byFallingScore() keeps the order of equal scores", () => {
  assert.deepEqual([...byFallingScore([0.5, 0.9, 0.5, 0.9, 0.1])], [1, 3, 0, 2, 4]);
  fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 3 })), (scores) => {
    const order = [...byFallingScore(scores)];
    assert.deepEqual([...order].sort((a, b) => a - b), [...scores.keys()]);
    order.forEach((index, rank) => {
      if (rank === 0) return;
      const before = order[rank - 1]!;
      assert.ok(scores[before]! > scores[index]! || (scores[before] === scores[index] && before < index));
    });
  }));
});
