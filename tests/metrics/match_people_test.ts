import assert from "node:assert/strict";
import { matchPeople, UNMATCHED } from "../../src/metrics/match_people.ts";

/** Positions of the matched people for a table `[D][G]`; people that count come first. */
function match(
  table: readonly number[][],
  counted: number,
  threshold: number,
  crowd: readonly number[] = [],
): number[] {
  const columns = table[0]?.length ?? 0;
  const truth = {
    order: [...Array(columns).keys()],
    counted,
    crowd: Array.from({ length: columns }, (_, g) => crowd[g] ?? 0),
  };
  const matches = new Int32Array(table.length);
  matchPeople(table.flat(), table.length, truth, threshold, matches);
  return [...matches];
}

Deno.test("matchPeople() gives the best prediction its most alike person and the next one what is left", () => {
  assert.deepEqual(match([[0.6, 0.9], [0.7, 0.95]], 2, 0.5), [1, 0]);
});

Deno.test("matchPeople() leaves a prediction alone below the threshold and takes it at the threshold", () => {
  assert.deepEqual(match([[0.5], [0.5]], 1, 0.5), [0, UNMATCHED]);
  assert.deepEqual(match([[0.49]], 1, 0.5), [UNMATCHED]);
});

Deno.test("matchPeople() gives the later of two equally alike people", () => {
  assert.deepEqual(match([[0.8, 0.8], [0.8, 0.8], [0.8, 0.8]], 2, 0.5), [1, 0, UNMATCHED]);
});

Deno.test("matchPeople() prefers a person that counts to an ignored one that is more alike", () => {
  assert.deepEqual(match([[0.6, 0.99]], 1, 0.5), [0]);
  assert.deepEqual(match([[0.4, 0.99]], 1, 0.5), [1]);
});

Deno.test("matchPeople() lets a crowd answer to many, and another ignored person to one", () => {
  assert.deepEqual(match([[0.9], [0.8], [0.7]], 0, 0.5, [1]), [0, 0, 0]);
  assert.deepEqual(match([[0.9], [0.8], [0.7]], 0, 0.5, [0]), [0, UNMATCHED, UNMATCHED]);
});

Deno.test("matchPeople() meets a threshold of 1 with a perfect pose", () => {
  assert.deepEqual(match([[1], [1]], 1, 1), [0, UNMATCHED]);
});

Deno.test("matchPeople() without people matches nothing", () => {
  const matches = new Int32Array(2).fill(7);
  matchPeople([], 2, { order: [], counted: 0, crowd: [] }, 0.5, matches);
  assert.deepEqual([...matches], [UNMATCHED, UNMATCHED]);
});
