import assert from "node:assert/strict";
import fc from "fast-check";
import { InputError } from "../../src/core/errors.ts";
import type { FrameRecord, PoseRecord } from "../../src/formats/record.ts";
import { roundRecord, writeRecord } from "../../src/formats/write_record.ts";
import { clip } from "./records_arbitrary.ts";

const point = [1.005, -0.001, 0.123456, 0] as const;

function frameWith(change: Record<string, unknown>): FrameRecord {
  const person = { id: 1, box: [0, 1, 2, 3], score: 0.5, keypoints: Array(17).fill(point), interpolated: false };
  return { type: "frame", index: 3, time: 0.1, people: [{ ...person, ...change }] } as unknown as FrameRecord;
}

/** `keypoints` where joint `joint` has `value` at position `axis`. */
function keypointsWith(joint: number, axis: number, value: unknown): unknown[][] {
  return Array.from({ length: 17 }, (_, j) => point.map((old, k) => j === joint && k === axis ? value : old));
}

Deno.test("writeRecord() rounds px to 2, scores to 4, metres to 4 and seconds to 6 decimals", () => {
  const line = writeRecord({
    ...frameWith({
      box: [10.126, 0.004, 99.999, 5],
      score: 0.98765432,
      keypoints3d: Array(17).fill([0.123456, 1, -2.00005001, 0.00004]),
      derived: [0, 8],
    }),
    time: 1 / 3,
  });
  assert.equal(
    line,
    '{"type":"frame","index":3,"time":0.333333,"people":[{"id":1,"box":[10.13,0,100,5],"score":0.9877,"keypoints":[' +
      // 1.005 is below 1.005 in binary, and times 100 it is 100.49999999999999.
      Array(17).fill("[1,0,0.1235,0]").join() + '],"keypoints3d":[' +
      Array(17).fill("[0.1235,1,-2.0001,0]").join() + '],"derived":[0,8],"interpolated":false}]}\n',
  );
});

Deno.test("writeRecord() writes fields in the order of the format whatever the order of the record", () => {
  const record = frameWith({});
  const reversed = Object.fromEntries(Object.entries(record).reverse()) as unknown as FrameRecord;
  assert.equal(writeRecord(reversed), writeRecord(record));
});

Deno.test("writeRecord() leaves its record as it was", () => {
  const record = frameWith({});
  const before = structuredClone(record);
  writeRecord(record);
  assert.deepEqual(record, before);
});

const REFUSED: readonly [change: Record<string, unknown>, message: string][] = [
  [{ keypoints: keypointsWith(3, 2, NaN) }, "people[0].keypoints[3][2]: must be a finite number: NaN"],
  [{ keypoints: keypointsWith(16, 0, Infinity) }, "people[0].keypoints[16][0]: must be a finite number: Infinity"],
  [{ keypoints: keypointsWith(0, 3, -1) }, "people[0].keypoints[0][3]: must be at least 0: -1"],
  [{ keypoints: [] }, 'people[0].keypoints: must have 17 elements: "0 elements"'],
  [{ keypoints3d: [point] }, 'people[0].keypoints3d: must have 17 elements: "1 elements"'],
  [{ score: 1.01 }, "people[0].score: must be between 0 and 1: 1.01"],
  [{ box: [0, 0, -1, 1] }, "people[0].box[2]: must be at least 0: -1"],
  [{ id: 0 }, "people[0].id: must be an integer of at least 1: 0"],
  [{ derived: [17] }, "people[0].derived[0]: must be the index of a joint, below 17: 17"],
];

Deno.test("writeRecord() refuses a field that breaks a rule and names it", () => {
  for (const [change, message] of REFUSED) {
    assert.throws(() => writeRecord(frameWith(change)), { name: InputError.name, message: `frame record, ${message}` });
  }
});

Deno.test("writeRecord() refuses two people of one id in a frame", () => {
  const frame = frameWith({});
  assert.throws(
    () => writeRecord({ ...frame, people: [...frame.people, ...frame.people] }),
    /people\[1\]\.id: must be unique/,
  );
});

Deno.test("roundRecord() applied twice is roundRecord() applied once, and holds no -0", () => {
  fc.assert(fc.property(clip, (records) => {
    for (const record of records) {
      const once = roundRecord(record);
      assert.deepEqual(roundRecord(once), once);
      // JSON drops the sign of -0, and strict equality sees it.
      if (once.type === "frame") assert.deepEqual(JSON.parse(JSON.stringify(once)), once);
    }
  }));
});

Deno.test("writeRecord() gives one line of JSON that says the rounded record", () => {
  fc.assert(fc.property(clip, (records: PoseRecord[]) => {
    for (const record of records) {
      const line = writeRecord(record);
      assert.equal(line.indexOf("\n"), line.length - 1);
      assert.equal(line, `${JSON.stringify(roundRecord(record))}\n`);
    }
  }));
});
