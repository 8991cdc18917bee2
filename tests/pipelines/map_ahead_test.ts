import assert from "node:assert/strict";
import fc from "fast-check";
import { mapAhead } from "../../src/pipelines/map_ahead.ts";
import { collect } from "../formats/streams.ts";

Deno.test("mapAhead() keeps the order, works on at most so many items, and on all of them", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat({ max: 4 }), { maxLength: 12 }),
      fc.integer({ min: 1, max: 4 }),
      async (turns, most) => {
        let [underWay, largest] = [0, 0];
        const work = async ([i, turn]: [number, number]): Promise<number> => {
          largest = Math.max(largest, ++underWay);
          for (let wait = 0; wait < turn; wait++) await Promise.resolve();
          underWay--;
          return i;
        };
        assert.deepEqual(await collect(mapAhead(turns.entries(), most, work)), turns.map((_, i) => i));
        assert.ok(largest <= most);
      },
    ),
  );
});

Deno.test("mapAhead() begins work on an item while the one before is not done", async () => {
  const third = Promise.withResolvers<void>();
  const work = async (i: number): Promise<number> => {
    if (i === 2) third.resolve();
    await third.promise;
    return i;
  };
  assert.deepEqual(await collect(mapAhead([0, 1, 2, 3], 3, work)), [0, 1, 2, 3]);
});

Deno.test("mapAhead() with one at a time takes an item when the answer before it was handed on", async () => {
  const log: string[] = [];
  function* items(): Generator<number> {
    for (let i = 0; i < 3; i++) {
      log.push(`item ${i}`);
      yield i;
    }
  }
  for await (const answer of mapAhead(items(), 1, (i) => Promise.resolve(i))) log.push(`answer ${answer}`);
  assert.deepEqual(log, ["item 0", "answer 0", "item 1", "answer 1", "item 2", "answer 2"]);
});

Deno.test("mapAhead() ends with the error of an item, once the others under way are done", async () => {
  let done = 0;
  const work = async (i: number): Promise<number> => {
    await Promise.resolve();
    if (i === 1) throw new Error("item 1");
    await new Promise((resolve) => setTimeout(resolve, 1));
    done++;
    return i;
  };
  const answers: number[] = [];
  await assert.rejects(async () => {
    for await (const answer of mapAhead([0, 1, 2, 3, 4], 3, work)) answers.push(answer);
  }, /item 1/);
  assert.deepEqual([answers, done], [[0], 3]);
});

Deno.test("mapAhead() left early awaits what is under way", async () => {
  let done = 0;
  const work = async (): Promise<void> => {
    await new Promise((resolve) => setTimeout(resolve, 1));
    done++;
  };
  for await (const _ of mapAhead([0, 1, 2, 3], 2, work)) break;
  assert.equal(done, 2);
});
