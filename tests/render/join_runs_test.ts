import assert from "node:assert/strict";
import fc from "fast-check";
import { InputError } from "../../src/core/errors.ts";
import type { FrameRecord, PoseRecord } from "../../src/formats/record.ts";
import { joinRuns } from "../../src/render/join_runs.ts";
import { ownId, sharedId } from "../../src/render/two_runs.ts";
import { walkHeader, walkRecords } from "./walk.ts";

const NAMES = ["one", "other"] as const;

async function join(first: Iterable<PoseRecord>, second: Iterable<PoseRecord>) {
  return await Array.fromAsync(joinRuns(first, { records: second, names: NAMES }));
}

Deno.test("sharedId() keeps the people of two runs apart, ownId() finds them again", () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 1e6 }), fc.constantFrom(0 as const, 1 as const), (id, side) => {
    assert.deepEqual(ownId(sharedId(id, side)), { id, side });
  }));
  assert.deepEqual([sharedId(1, 0), sharedId(1, 1), sharedId(2, 0)], [1, 2, 3]);
});

Deno.test("joinRuns() puts the people of both runs into each frame, under one header and one end", async () => {
  const joined = await join(walkRecords(20), walkRecords(20, 1));
  const [header, ...rest] = joined;
  assert.deepEqual(header, { ...walkHeader(), second: { names: NAMES, header: walkHeader() } });
  assert.deepEqual(rest.at(-1), { type: "end", frames: 20, seconds: 20 / 25 });
  const ids = rest.slice(0, -1).map((frame) => (frame as FrameRecord).people.map(({ id }) => id));
  assert.deepEqual([ids[0], ids[15]], [[1, 2], [1, 3, 2]]);
  assert.equal(ids.length, 20);
});

Deno.test("joinRuns() has a frame wherever one of the runs has one, in order, and no end unless both end", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.nat(12), { maxLength: 8 }),
      fc.uniqueArray(fc.nat(12), { maxLength: 8 }),
      fc.boolean(),
      async (left, right, cut) => {
        const run = (indices: number[], end: boolean): PoseRecord[] =>
          [...walkRecords(13)].filter((record) =>
            record.type === "header" || (record.type === "end" ? end : indices.includes(record.index))
          );
        const joined = await join(run(left, true), run(right, !cut));
        const indices = joined.filter((record) => record.type === "frame").map((record) => record.index);
        assert.deepEqual(indices, [...new Set([...left, ...right])].sort((a, b) => a - b));
        assert.equal(joined.at(-1)!.type === "end", !cut);
      },
    ),
    { numRuns: 50 },
  );
});

Deno.test("joinRuns() refuses runs of other pictures, and runs without a header", async () => {
  const other = (change: Parameters<typeof walkHeader>[0]) => walkRecords(3, 1, walkHeader(change));
  await assert.rejects(join(walkRecords(3), other({ width: 320 })), (error: unknown) => {
    assert.ok(error instanceof InputError);
    assert.match(error.message, /other: width.*must be that of one, 640.*320/);
    return true;
  });
  await assert.rejects(join(walkRecords(3), other({ fps: 30 })), InputError);
  await assert.rejects(join(walkRecords(3), [...walkRecords(3)].slice(1)), InputError);
  await assert.rejects(join([], walkRecords(3)), InputError);
  await assert.rejects(join(walkRecords(3), [...walkRecords(1), ...walkRecords(1)]), InputError);
});
