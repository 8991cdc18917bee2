import assert from "node:assert/strict";
import fc from "fast-check";
import { decodeMultiple } from "../../../src/systems/movenet/decode_multiple.ts";
import { readHeads, sigmoid } from "../../../src/systems/movenet/heads.ts";
import { makeOutputs, OFFSET, slantedPerson } from "./made_heads.ts";

/** Heads are float32. */
const TOLERANCE = 1e-5;

Deno.test("decodeMultiple() finds each made person at the cell plus offset, x before y, the surest first", () => {
  const outputs = makeOutputs(48, 64, [slantedPerson(20, 15, 3), slantedPerson(22, 45, 5)]);
  const people = decodeMultiple(readHeads(outputs), { minCenter: 0.5 });
  assert.equal(people.length, 2);
  for (const [person, [row, column]] of [[people[0]!, [22, 45]], [people[1]!, [20, 15]]] as const) {
    const { box, keypoints } = person;
    box.forEach((side, i) => assert.ok(Math.abs(side - [column + 0.5 - 6, row + 0.5 - 10, 12, 20][i]!) < TOLERANCE));
    for (let joint = 0; joint < 17; joint++) {
      assert.ok(Math.abs(keypoints[3 * joint]! - (column + Math.round((joint - 8) / 2) + OFFSET[1])) < TOLERANCE);
      assert.ok(Math.abs(keypoints[3 * joint + 1]! - (row + joint - 8 + OFFSET[0])) < TOLERANCE);
      assert.ok(Math.abs(keypoints[3 * joint + 2]! - sigmoid(4)) < TOLERANCE);
    }
    const center = column === 45 ? sigmoid(5) : sigmoid(3);
    assert.ok(Math.abs(person.score - center * sigmoid(4)) < TOLERANCE);
  }
});

Deno.test("decodeMultiple() takes one peak of a 5 x 5 neighbourhood", () => {
  const near = makeOutputs(48, 64, [slantedPerson(20, 20, 5), slantedPerson(22, 22, 4)]);
  assert.equal(decodeMultiple(readHeads(near), { minCenter: 0.5 }).length, 1);
  const apart = makeOutputs(48, 64, [slantedPerson(20, 20, 5), slantedPerson(23, 22, 4)]);
  assert.equal(decodeMultiple(readHeads(apart), { minCenter: 0.5 }).length, 2);
});

Deno.test("decodeMultiple() gives a hidden joint its regressed place and score 0 when the box holds no cell", () => {
  const person = { ...slantedPerson(20, 20), size: [0, 0] as const };
  const [found] = decodeMultiple(readHeads(makeOutputs(48, 64, [person])), { minCenter: 0.5 });
  assert.deepEqual([...found!.keypoints.subarray(0, 3)], [16, 12, 0]);
  assert.equal(found!.score, 0);
});

Deno.test("decodeMultiple() refuses heads without boxes", () => {
  const { box_offset: _, ...single } = makeOutputs(8, 8, []);
  assert.throws(() => decodeMultiple(readHeads(single)), /box heads only/);
});

Deno.test("decodeMultiple() keeps boxes inside the grid, and finds at most so many", () => {
  const place = fc.record({ row: fc.nat(31), column: fc.nat(31), logit: fc.double({ min: 0, max: 8, noNaN: true }) });
  fc.assert(
    fc.property(fc.array(place, { maxLength: 6 }), fc.integer({ min: 1, max: 4 }), (places, maxPeople) => {
      const people = places.map(({ row, column, logit }) => ({
        ...slantedPerson(row, column, logit),
        joint: () => [row, column] as const,
      }));
      const found = decodeMultiple(readHeads(makeOutputs(32, 32, people)), { maxPeople, minCenter: 0.4 });
      assert.ok(found.length <= maxPeople);
      assert.equal(found.length === 0, places.length === 0);
      for (const { box: [left, top, width, height], score, keypoints } of found) {
        assert.ok(left >= 0 && top >= 0 && width >= 0 && height >= 0);
        assert.ok(left + width <= 32 + TOLERANCE && top + height <= 32 + TOLERANCE);
        assert.ok(score >= 0 && score <= 1);
        assert.ok(keypoints.every(Number.isFinite));
      }
    }),
    { numRuns: 30 },
  );
});
