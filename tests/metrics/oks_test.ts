import assert from "node:assert/strict";
import fc from "fast-check";
import { ShapeError } from "../../src/core/errors.ts";
import { objectKeypointSimilarity, oksVariances } from "../../src/metrics/mod.ts";
import { foundAt, SIGMAS, truthAt } from "./_keypoints.ts";

/** The formula is a handful of double operations. */
const TOLERANCE = 1e-14;
const variances = oksVariances(SIGMAS);

function near(actual: number, expected: number): void {
  assert.ok(Math.abs(actual - expected) <= TOLERANCE, `${actual} is not ${expected}`);
}

Deno.test("objectKeypointSimilarity() is 1 for equal poses", () => {
  assert.equal(objectKeypointSimilarity(truthAt(5, 7), foundAt(5, 7, 0).keypoints, variances), 1);
});

Deno.test("objectKeypointSimilarity() is exp(-d^2 / (2 area (2 sigma)^2)) for one joint", () => {
  const truth = truthAt(0, 0, { keypoints: [0, 0, 2, 9, 9, 0, 9, 9, 0], area: 2500 });
  // d = 5 px, scale 50 px, k = 0.1: exp(-25 / (2 * 2500 * 0.01)) = exp(-1/2)
  near(objectKeypointSimilarity(truth, [3, 4, 1, 500, 500, 1, 500, 500, 1], variances), Math.exp(-0.5));
});

Deno.test("objectKeypointSimilarity() averages labelled joints only, whatever their visibility", () => {
  const truth = truthAt(0, 0, { keypoints: [0, 0, 1, 20, 0, 2, 7, 7, 0], area: 2500 });
  // The first joint is met, the second is far away, the third is not labelled.
  near(objectKeypointSimilarity(truth, [0, 0, 1, 1e4, 0, 1, 1e4, 0, 1], variances), 0.5);
});

Deno.test("objectKeypointSimilarity() without labelled joints measures the distance to the box grown threefold", () => {
  const truth = truthAt(0, 0, { keypoints: new Array(9).fill(0), box: [100, 100, 20, 40], area: 2500 });
  // The region reaches from (80, 60) to (140, 180): the corners and the middle lie in it.
  assert.equal(objectKeypointSimilarity(truth, [80, 60, 0, 140, 180, 0, 110, 120, 0], variances), 1);
  // The first joint lies 3 px left of it and 4 px above: d = 5 px.
  near(objectKeypointSimilarity(truth, [77, 56, 0, 140, 180, 0, 110, 120, 0], variances), (Math.exp(-0.5) + 2) / 3);
});

Deno.test("objectKeypointSimilarity() of a person without size is 0 beside the joints and 1 on them", () => {
  const truth = truthAt(0, 0, { area: 0 });
  assert.equal(objectKeypointSimilarity(truth, foundAt(0, 0, 0).keypoints, variances), 1);
  assert.equal(objectKeypointSimilarity(truth, foundAt(1, 0, 0).keypoints, variances), 0);
});

Deno.test("objectKeypointSimilarity() refuses another number of joints", () => {
  assert.throws(() => objectKeypointSimilarity(truthAt(0, 0), [0, 0, 1], variances), ShapeError);
  assert.throws(
    () => objectKeypointSimilarity(truthAt(0, 0, { keypoints: [0, 0, 1] }), foundAt(0, 0, 0).keypoints, variances),
    ShapeError,
  );
});

Deno.test("objectKeypointSimilarity() falls with distance and grows with the size of the person", () => {
  const shift = fc.integer({ min: 0, max: 200 });
  fc.assert(fc.property(shift, shift, fc.integer({ min: 100, max: 1e5 }), (a, b, area) => {
    const [close, far] = a < b ? [a, b] : [b, a];
    const oks = (dx: number, size: number): number =>
      objectKeypointSimilarity(truthAt(0, 0, { area: size }), foundAt(dx, 0, 0).keypoints, variances);
    assert.ok(oks(close, area) >= oks(far, area));
    assert.ok(oks(far, area * 2) >= oks(far, area));
    assert.ok(oks(far, area) >= 0 && oks(close, area) <= 1);
  }));
});
