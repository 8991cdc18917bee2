import assert from "node:assert/strict";
import fc from "fast-check";
import { ShapeError } from "../../src/core/errors.ts";
import { assignMaxGain } from "../../src/core/assignment.ts";

/** Sums of up to seven gains in another order differ by rounding only. */
const SUM_TOLERANCE = 1e-9;

/** The best sum over all ways to match, tried one by one. */
function bestSum(gain: Float64Array, rows: number, columns: number, row = 0, taken = 0): number {
  if (row === rows) return 0;
  let best = bestSum(gain, rows, columns, row + 1, taken);
  for (let column = 0; column < columns; column++) {
    if (taken & (1 << column)) continue;
    best = Math.max(best, gain[row * columns + column]! + bestSum(gain, rows, columns, row + 1, taken | (1 << column)));
  }
  return best;
}

const problem = fc.tuple(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 6 })).chain(([rows, columns]) =>
  fc.record({
    rows: fc.constant(rows),
    columns: fc.constant(columns),
    // Many zeros and many ties, as gates and equal people make them.
    gain: fc.array(
      fc.oneof(fc.constant(0), fc.constantFrom(0.25, 0.5, 1), fc.double({ min: 0, max: 1, noNaN: true })),
      { minLength: rows * columns, maxLength: rows * columns },
    ),
  })
);

Deno.test("assignMaxGain() reaches the sum of the best of all assignments", () => {
  fc.assert(
    fc.property(problem, ({ rows, columns, gain }) => {
      const gains = Float64Array.from(gain);
      const columnOf = assignMaxGain(gains, rows, columns);
      assert.equal(columnOf.length, rows);
      const used = [...columnOf].filter((column) => column >= 0);
      assert.equal(new Set(used).size, used.length);
      let sum = 0;
      columnOf.forEach((column, row) => {
        assert.ok(column >= -1 && column < columns);
        if (column < 0) return;
        assert.ok(gains[row * columns + column]! > 0, "a pair of gain 0 was matched");
        sum += gains[row * columns + column]!;
      });
      const best = bestSum(gains, rows, columns);
      assert.ok(Math.abs(sum - best) < SUM_TOLERANCE, `${sum} instead of ${best}`);
    }),
    { numRuns: 1000 },
  );
});

Deno.test("assignMaxGain() gives up the best pair where the sum gains by it", () => {
  assert.deepEqual([...assignMaxGain(Float64Array.of(0.9, 0.8, 0.7, 0), 2, 2)], [1, 0]);
});

Deno.test("assignMaxGain() refuses gains that do not fill rows and columns", () => {
  assert.throws(() => assignMaxGain(new Float64Array(5), 2, 3), ShapeError);
});
