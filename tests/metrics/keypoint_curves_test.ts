import assert from "node:assert/strict";
import fc from "fast-check";
import { ShapeError } from "../../src/core/errors.ts";
import {
  averagePrecision,
  averageRecall,
  type KeypointCurves,
  keypointCurves,
  type ScoredPerson,
  type TruthPerson,
} from "../../src/metrics/mod.ts";
import { arbitraryFound, arbitraryTruth, foundAt, SIGMAS, truthAt } from "./_keypoints.ts";

/** Precision of a perfect ranking: the evaluator divides by n + 2.2e-16. */
const TOLERANCE = 1e-12;
const OPTIONS = { images: [1, 2, 3, 4], categories: [1], sigmas: SIGMAS };

function evaluate(truth: readonly TruthPerson[], found: readonly ScoredPerson[], over = {}): KeypointCurves {
  return keypointCurves(truth, found, { ...OPTIONS, ...over });
}

/** The person itself as a prediction. */
function perfect(person: TruthPerson, score: number): ScoredPerson {
  return { image: person.image, category: person.category, keypoints: person.keypoints, score, area: person.area };
}

/** The person moved to the right. */
function moved(person: TruthPerson, right: number): TruthPerson {
  const [x, ...rest] = person.box;
  const keypoints = Array.from(person.keypoints, (value, i) => i % 3 === 0 ? value + right : value);
  return { ...person, keypoints, box: [x + right, ...rest] };
}

Deno.test("keypointCurves() of perfect predictions has AP 1 and AR 1 in every range that has people", () => {
  fc.assert(fc.property(arbitraryTruth, (all) => {
    // Far from each other: of two people in one place, one of them out of the range, the wrong one may be met first.
    const truth = all.filter(({ ignored }) => !ignored).map((person, i) => moved(person, 1e4 * i));
    const curves = evaluate(truth, truth.map((person, i) => perfect(person, (i % 3) / 3)), { maxDetections: 100 });
    for (const [a, { name: area }] of curves.areas.entries()) {
      const expected = curves.people[a] === 0 ? -1 : 1;
      assert.ok(Math.abs(averagePrecision(curves, { area }) - expected) <= TOLERANCE);
      assert.equal(averageRecall(curves, { area }), expected);
    }
  }));
});

Deno.test("keypointCurves() does not depend on the order of the pictures, nor on that of people of other pictures", () => {
  fc.assert(fc.property(arbitraryTruth, arbitraryFound, (truth, found) => {
    const curves = evaluate(truth, found);
    const byImage = <T extends { image: number }>(people: readonly T[]): T[] =>
      [...people].sort((a, b) => b.image - a.image);
    assert.deepEqual(evaluate(byImage(truth), byImage(found), { images: [4, 2, 2, 1, 3] }), curves);
  }));
});

Deno.test("keypointCurves() does not depend on the order of predictions of different scores", () => {
  fc.assert(fc.property(arbitraryTruth, arbitraryFound, fc.infiniteStream(fc.nat()), (truth, found, numbers) => {
    const distinct = found.map((person, i) => ({ ...person, score: person.score + i / 1000 }));
    const shuffled = distinct.map((person) => ({ person, key: numbers.next().value! }))
      .sort((a, b) => a.key - b.key).map(({ person }) => person);
    assert.deepEqual(evaluate(truth, shuffled), evaluate(truth, distinct));
  }));
});

Deno.test("keypointCurves() tries the earlier of equal scores first", () => {
  const truth = [truthAt(0, 0)];
  const [close, far] = [foundAt(0, 0, 0.5), foundAt(400, 400, 0.5)];
  assert.ok(Math.abs(averagePrecision(evaluate(truth, [close, far])) - 1) <= TOLERANCE);
  assert.ok(Math.abs(averagePrecision(evaluate(truth, [far, close])) - 0.5) <= TOLERANCE);
});

Deno.test("keypointCurves() gains nothing from wrong predictions below all others", () => {
  fc.assert(fc.property(arbitraryTruth, arbitraryFound, (truth, found) => {
    const before = evaluate(truth, found, { maxDetections: 100 });
    const far = [1, 2, 3, 4].map((image) => foundAt(1e6, 1e6, -1, { image }));
    const after = evaluate(truth, [...found, ...far], { maxDetections: 100 });
    assert.deepEqual(after.recall, before.recall);
    after.precision.forEach((value, i) => assert.ok(value <= before.precision[i]!));
  }));
});

Deno.test("keypointCurves() only looks at the best predictions of a picture", () => {
  const truth = [truthAt(0, 0)];
  const far = Array.from({ length: 20 }, (_, i) => foundAt(400 + i, 400, 0.9));
  assert.equal(averageRecall(evaluate(truth, [foundAt(0, 0, 0.1), ...far])), 0);
  assert.equal(averageRecall(evaluate(truth, [foundAt(0, 0, 0.1), ...far], { maxDetections: 21 })), 1);
});

Deno.test("keypointCurves() counts nobody who is found in a crowd as wrong", () => {
  const truth = [truthAt(0, 0), truthAt(200, 200, { crowd: true, ignored: true })];
  const found = [foundAt(0, 0, 0.5), ...[1, 2, 3].map(() => foundAt(200, 200, 0.9))];
  assert.ok(Math.abs(averagePrecision(evaluate(truth, found)) - 1) <= TOLERANCE);
});

Deno.test("keypointCurves() ranks within a category and means over those that have people", () => {
  const truth = [truthAt(0, 0), truthAt(100, 100, { category: 2 })];
  const found = [foundAt(0, 0, 0.5), foundAt(100, 100, 0.9, { category: 3 })];
  const curves = evaluate(truth, found, { categories: [3, 2, 1] });
  assert.deepEqual(curves.categories, [1, 2, 3]);
  assert.deepEqual([...curves.people], [1, 1, 0, 1, 1, 0, 0, 0, 0]); // area 2000 px^2: all and medium
  assert.equal(averageRecall(curves), 0.5);
});

Deno.test("keypointCurves() is -1 where there is nobody to find, and 0 where nobody was found", () => {
  assert.equal(averagePrecision(evaluate([], [foundAt(0, 0, 1)])), -1);
  assert.equal(averageRecall(evaluate([truthAt(0, 0, { ignored: true })], [])), -1);
  assert.equal(averagePrecision(evaluate([truthAt(0, 0)], [])), 0);
  assert.equal(averageRecall(evaluate([truthAt(0, 0)], [])), 0);
});

Deno.test("keypointCurves() refuses scores that are not finite and people with other joints", () => {
  assert.throws(() => evaluate([], [foundAt(0, 0, NaN)]), /Cannot rank prediction 0 .*finite/);
  assert.throws(() => evaluate([truthAt(0, 0)], [foundAt(0, 0, 1, { keypoints: [1, 2, 3] })]), ShapeError);
});

Deno.test("averagePrecision() refuses sizes and thresholds that the curves do not have", () => {
  const curves = evaluate([truthAt(0, 0)], []);
  assert.throws(() => averagePrecision(curves, { area: "tiny" }), /one of all, medium, large.*tiny/);
  assert.throws(() => averageRecall(curves, { threshold: 0.51 }), RangeError);
});
