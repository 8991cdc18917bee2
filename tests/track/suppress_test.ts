import assert from "node:assert/strict";
import fc from "fast-check";
import { type Box, isSameSight, suppressDuplicates } from "../../src/track/mod.ts";

interface Sight {
  readonly name: string;
  readonly score: number;
  readonly box: Box;
  readonly keypoints: Float32Array;
}

/** A person 40 px wide and 80 px high with its upper left corner at (x, 0). */
function at(x: number, score: number, name = ""): Sight {
  const keypoints = new Float32Array(51);
  for (let joint = 0; joint < 17; joint++) keypoints.set([x + 2 * joint, 5 * joint, 0.9], 3 * joint);
  return { name, score, box: [x, 0, 40, 80], keypoints };
}

Deno.test("suppressDuplicates() keeps the surest of those who are alike, whatever their order", () => {
  const people = [at(1, 0.4, "copy"), at(200, 0.3, "other"), at(0, 0.8, "person")];
  for (const order of [people, [...people].reverse()]) {
    assert.deepEqual(suppressDuplicates(order, 0.7).map(({ name }) => name), ["person", "other"]);
  }
});

Deno.test("suppressDuplicates() keeps both where they are less alike than the threshold, and obeys `most`", () => {
  const pair = [at(0, 0.8), at(6, 0.7)];
  assert.equal(suppressDuplicates(pair, 0.9).length, 2);
  assert.equal(suppressDuplicates(pair, 0.3).length, 1);
  assert.deepEqual(suppressDuplicates(pair, 0.9, 1), [pair[0]]);
});

Deno.test("suppressDuplicates(): no two that are kept are alike, and everyone dropped is like a surer one", () => {
  const sight = fc.record({ x: fc.integer({ min: 0, max: 60 }), score: fc.integer({ min: 1, max: 9 }) });
  fc.assert(fc.property(fc.array(sight, { maxLength: 12 }), fc.constantFrom(0.3, 0.6, 0.9), (list, threshold) => {
    const people = list.map(({ x, score }) => at(x, score / 10));
    const before = [...people];
    const kept = suppressDuplicates(people, threshold);
    assert.deepEqual(people, before);
    kept.forEach((a, i) => kept.slice(i + 1).forEach((b) => assert.ok(!isSameSight(a, b, threshold))));
    for (const person of people.filter((one) => !kept.includes(one))) {
      assert.ok(kept.some((one) => one.score >= person.score && isSameSight(one, person, threshold)));
    }
  }));
});
