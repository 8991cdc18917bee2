import assert from "node:assert/strict";
import fc from "fast-check";
import { alignSimilarity, applySimilarity, type Similarity } from "../../src/core/procrustes.ts";
import { fillNormal } from "../../src/core/normal.ts";
import { createRng } from "../../src/core/rng.ts";
import { rotationToAxis } from "../../src/core/virtual_camera.ts";

/** Points near 1 in float32, moved and moved back. */
const FLOAT32 = 1e-5;
const FLOAT64 = 1e-9;

const cloud = (seed: number, points = 17): Float32Array =>
  fillNormal(new Float32Array(points * 3), createRng({ seed }));

function multiply(a: Float64Array, b: Float64Array): Float64Array {
  return Float64Array.from({ length: 9 }, (_, i) => {
    const [row, column] = [Math.floor(i / 3), i % 3];
    return [0, 1, 2].reduce((sum, k) => sum + a[row * 3 + k]! * b[k * 3 + column]!, 0);
  });
}

function determinant(r: Float64Array): number {
  return r[0]! * (r[4]! * r[8]! - r[5]! * r[7]!) - r[1]! * (r[3]! * r[8]! - r[5]! * r[6]!) +
    r[2]! * (r[3]! * r[7]! - r[4]! * r[6]!);
}

// See the test that names NumPy.
// deno-fmt-ignore
const NUMPY_ROTATION = [
  -0.49661331610156145, 0.7145657269610913, -0.4927180087262673,
  -0.7495670463347542, -0.6392885974504963, -0.17163721105509225,
  -0.43763507322837303, 0.2840878579283969, 0.8530941516960786,
];
const NUMPY_SCALE = 0.9024398809600496;

const component = fc.double({ min: -3, max: 3, noNaN: true });
const directions = fc.tuple(component, component, component).filter((v) =>
  Math.hypot(...v) > 0.1 && v[2] > -0.99 * Math.hypot(...v)
);
const similarities: fc.Arbitrary<Similarity> = fc.record({
  rotation: fc.tuple(directions, directions).map(([a, b]) => multiply(rotationToAxis(a), rotationToAxis(b))),
  scale: fc.double({ min: 0.2, max: 5, noNaN: true }),
  translation: fc.tuple(component, component, component).map((v) => Float64Array.from(v)),
});

function assertClose(found: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  Array.from(found).forEach((value, i) =>
    assert.ok(Math.abs(value - expected[i]!) < tolerance, `[${i}]: ${value} is not ${expected[i]}`)
  );
}

function error(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Array.from(a).reduce((sum, value, i) => sum + (value - b[i]!) ** 2, 0);
}

Deno.test("alignSimilarity() undoes any similarity", () => {
  fc.assert(fc.property(similarities, fc.nat(1000), (similarity, seed) => {
    const source = cloud(seed);
    const target = applySimilarity(similarity, source);
    const found = alignSimilarity(source, target);
    assertClose(found.rotation, similarity.rotation, FLOAT32);
    assert.ok(Math.abs(found.scale / similarity.scale - 1) < FLOAT32);
    assertClose(applySimilarity(found, source), target, FLOAT32 * 10);
  }));
});

Deno.test("alignSimilarity() never reflects, not even a mirror image", () => {
  fc.assert(fc.property(fc.nat(1000), fc.integer({ min: 1, max: 17 }), (seed, points) => {
    const source = cloud(seed, points);
    const mirrored = source.map((value, i) => i % 3 === 0 ? -value : value);
    const { rotation, scale } = alignSimilarity(source, mirrored);
    assert.ok(Math.abs(determinant(rotation) - 1) < FLOAT64);
    assert.ok(scale >= -FLOAT64);
  }));
});

Deno.test("alignSimilarity() is the best: no small change of it comes nearer", () => {
  fc.assert(
    fc.property(fc.nat(1000), directions, fc.double({ min: -0.1, max: 0.1, noNaN: true }), (seed, turn, change) => {
      const source = cloud(seed);
      const target = cloud(seed + 5000);
      const best = alignSimilarity(source, target);
      const least = error(applySimilarity(best, source), target);
      const tilt = rotationToAxis([turn[0] * 0.05, turn[1] * 0.05, 1]);
      const others: Similarity[] = [
        { ...best, scale: best.scale * (1 + change) },
        { ...best, translation: best.translation.map((value, c) => value + change * turn[c]!) },
        // About the centre of the target, so that shift and turn are tried apart.
        alignSimilarity(
          source,
          applySimilarity({ rotation: tilt, scale: 1, translation: new Float64Array(3) }, target),
        ),
      ];
      for (const other of others) assert.ok(error(applySimilarity(other, source), target) >= least - FLOAT32);
    }),
  );
});

Deno.test("alignSimilarity() with a fixed scale keeps 1", () => {
  const source = cloud(3);
  const doubled = source.map((value) => 2 * value);
  assert.equal(alignSimilarity(source, doubled, { scale: false }).scale, 1);
  assert.ok(Math.abs(alignSimilarity(source, doubled).scale - 2) < FLOAT64);
});

Deno.test("alignSimilarity() of flat, straight and single point sets is still a rotation", () => {
  const flat = cloud(4).map((value, i) => i % 3 === 2 ? 0 : value);
  const straight = Float32Array.of(0, 0, 0, 1, 1, 1, 2, 2, 2);
  for (const source of [flat, straight, Float32Array.of(1, 2, 3), Float32Array.of(1, 2, 3, 1, 2, 3)]) {
    const target = source.map((value) => value + 1);
    const found = alignSimilarity(source, target);
    assert.ok(Math.abs(determinant(found.rotation) - 1) < FLOAT64);
    assertClose(applySimilarity(found, source), target, FLOAT32);
  }
});

Deno.test("alignSimilarity() equals the singular value decomposition of NumPy where that must undo a reflection", () => {
  // NumPy 2.4.6: U, S, Vt = svd((a - a.mean(0)).T @ (b - b.mean(0))); R = (U @ diag(1, 1, det(U @ Vt)) @ Vt).T
  const a = [0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 1, 1, 1];
  const b = [-1, 1, 0, -0.5, 2, 0.2, 1, 0, 1, -2, 1, 3, 0, 1, 2];
  const { rotation, scale } = alignSimilarity(a, b);
  assertClose(rotation, NUMPY_ROTATION, FLOAT64);
  assert.ok(Math.abs(scale - NUMPY_SCALE) < FLOAT64);
});
Deno.test("alignSimilarity() and applySimilarity() leave inputs alone and refuse wrong sizes", () => {
  const source = cloud(6);
  const target = cloud(7);
  const before = [...source, ...target];
  const similarity = alignSimilarity(source, target);
  const moved = applySimilarity(similarity, source);
  assert.deepEqual([...source, ...target], before);
  assert.equal(applySimilarity(similarity, source, { out: source }), source);
  assert.deepEqual(source, moved);
  assert.throws(() => alignSimilarity([], []), { name: "ShapeError" });
  assert.throws(() => alignSimilarity([1, 2], [1, 2]), { name: "ShapeError" });
  assert.throws(() => alignSimilarity([1, 2, 3], [1, 2, 3, 4, 5, 6]), { name: "ShapeError" });
  assert.throws(() => applySimilarity(similarity, new Float32Array(4)), { name: "ShapeError" });
  assert.throws(() => applySimilarity(similarity, source, { out: new Float32Array(3) }), { name: "ShapeError" });
});
