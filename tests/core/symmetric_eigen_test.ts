import assert from "node:assert/strict";
import fc from "fast-check";
import { largestEigenvector, symmetricEigen } from "../../src/core/symmetric_eigen.ts";

/** Entries below 100 in doubles. */
const FLOAT64 = 1e-10;

const matrices = fc.integer({ min: 1, max: 5 }).chain((size) =>
  fc.array(fc.integer({ min: -100, max: 100 }), { minLength: size * size, maxLength: size * size }).map((values) => ({
    size,
    matrix: Float64Array.from(values, (_, i) => {
      const [row, column] = [Math.floor(i / size), i % size];
      return values[Math.min(row, column) * size + Math.max(row, column)]!;
    }),
  }))
);

Deno.test("symmetricEigen() gives unit vectors that the matrix only stretches, largest value first", () => {
  fc.assert(fc.property(matrices, ({ size, matrix }) => {
    const before = matrix.slice();
    const pairs = symmetricEigen(matrix, size);
    assert.deepEqual(matrix, before);
    pairs.forEach(({ value, vector }, i) => {
      assert.ok(Math.abs(Math.hypot(...vector) - 1) < FLOAT64);
      assert.ok(i === 0 || value <= pairs[i - 1]!.value);
      for (let row = 0; row < size; row++) {
        const stretched = vector.reduce((sum, entry, column) => sum + matrix[row * size + column]! * entry, 0);
        assert.ok(Math.abs(stretched - value * vector[row]!) < FLOAT64 * 100);
      }
    });
    const trace = Array.from({ length: size }, (_, i) => matrix[i * size + i]!).reduce((sum, value) => sum + value, 0);
    assert.ok(Math.abs(pairs.reduce((sum, { value }) => sum + value, 0) - trace) < FLOAT64 * 100);
  }));
});

Deno.test("largestEigenvector() of [[2, 1], [1, 2]] is 3 along the diagonal", () => {
  const { value, vector } = largestEigenvector(Float64Array.of(2, 1, 1, 2), 2);
  assert.ok(Math.abs(value - 3) < FLOAT64);
  assert.ok(Math.abs(Math.abs(vector[0]!) - Math.SQRT1_2) < FLOAT64 && Math.abs(vector[0]! - vector[1]!) < FLOAT64);
});

Deno.test("symmetricEigen() of the zero matrix gives the axes", () => {
  assert.deepEqual(symmetricEigen(new Float64Array(4), 2).map(({ vector }) => [...vector]), [[1, 0], [0, 1]]);
});
