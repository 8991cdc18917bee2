import assert from "node:assert/strict";
import fc from "fast-check";
import { InputError } from "../../src/core/errors.ts";
import { decodeDetected, type DetectedFrame, encodeDetected, roundDetected } from "../../src/pipelines/detected.ts";

const number = fc.double({ min: -5000, max: 5000, noNaN: true });
const floats = (length: number): fc.Arbitrary<Float32Array> =>
  fc.array(number, { minLength: length, maxLength: length }).map((values) => Float32Array.from(values));

const person = fc.record({
  box: fc.tuple(number, number, number, number),
  score: fc.double({ min: 0, max: 1, noNaN: true }),
  keypoints: floats(51),
  sigma: floats(17),
}).chain((base) =>
  fc.option(floats(17 * 2 * 5).map((values) => values.map((value, i) => i % 5 === 0 ? Math.abs(value) / 5000 : value)))
    .map((heatmaps) => heatmaps === null ? base : { ...base, heatmaps })
);

const frame: fc.Arbitrary<DetectedFrame> = fc.record({
  index: fc.nat(),
  time: fc.double({ min: 0, max: 1e6, noNaN: true }),
  people: fc.array(person, { maxLength: 3 }),
});

Deno.test("roundDetected() rounds once: a second time changes nothing, so a continued run computes the same", () => {
  fc.assert(fc.property(frame, (value) => {
    const once = roundDetected(value);
    assert.deepEqual(roundDetected(once), once);
    assert.equal(encodeDetected(once), encodeDetected(value));
  }));
});

Deno.test("encodeDetected() keeps pixels to a hundredth and every kernel that has weight", () => {
  fc.assert(fc.property(frame, (value) => {
    const found = decodeDetected(encodeDetected(value), "line");
    found.people.forEach((person, i) => {
      const before = value.people[i]!;
      person.keypoints.forEach((number, k) => assert.ok(Math.abs(number - before.keypoints[k]!) < 0.006));
      assert.equal(person.heatmaps?.length, before.heatmaps?.length);
      const weight = (kernels: Float32Array | undefined): number =>
        kernels?.reduce((sum, number, k) => k % 5 === 0 ? sum + number : sum, 0) ?? 0;
      assert.ok(Math.abs(weight(person.heatmaps) - weight(before.heatmaps)) < 0.01);
    });
  }));
});

Deno.test("decodeDetected() names the line that is damaged", () => {
  const line = encodeDetected({ index: 0, time: 0, people: [] });
  for (const bad of ["", "{", line.slice(0, -2), '{"i":0,"t":0,"p":[{"b":[0,0,1,1],"s":1,"k":[1],"d":[]}]}', "[]"]) {
    assert.throws(() => decodeDetected(bad, "journal, line 7"), (error) => {
      return error instanceof InputError && error.message.startsWith("journal, line 7");
    }, bad);
  }
});
