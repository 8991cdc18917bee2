import assert from "node:assert/strict";
import fc from "fast-check";
import { InputError } from "../../src/core/errors.ts";
import { readRecords } from "../../src/formats/read_records.ts";
import type { HeaderRecord } from "../../src/formats/record.ts";
import { roundRecord, writeRecord } from "../../src/formats/write_record.ts";
import { clip } from "./records_arbitrary.ts";
import { collect, PLAIN_HEADER, streamOf } from "./streams.ts";

const HEADER: HeaderRecord = { ...PLAIN_HEADER, fps: 25, options: { seed: 1 } };
const HEAD = writeRecord(HEADER);
const POINTS = JSON.stringify(Array(17).fill([1, 2, 0.5, 0]));

/** A frame's line with one person. */
function frameLine(index: number, points = POINTS): string {
  return `{"type":"frame","index":${index},"time":0,"people":[{"id":1,"box":[0,0,1,1],"score":1,"keypoints":${points},"interpolated":false}]}\n`;
}

Deno.test("readRecords() gives back what writeRecord() wrote, for chunks of any size", async () => {
  await fc.assert(fc.asyncProperty(clip, fc.integer({ min: 1, max: 300 }), async (records, chunk) => {
    const text = records.map(writeRecord).join("");
    const reader = readRecords(streamOf(text, chunk), "poses.ndjson");
    // Option keys come in the order of the dictionary; deepEqual does not look at the order.
    assert.deepEqual(await collect(reader), records.map(roundRecord));
    assert.equal(reader.ended, true);
    assert.equal(reader.frames, records.length - 2);
    assert.equal(reader.offset, new TextEncoder().encode(text).length);
    assert.equal(reader.truncatedAt, null);
  }));
});

Deno.test("readRecords() gives all whole lines of a file that is cut at any byte, and where they end", async () => {
  await fc.assert(fc.asyncProperty(clip, fc.nat(), fc.integer({ min: 1, max: 300 }), async (records, place, chunk) => {
    const lines = records.map((record) => new TextEncoder().encode(writeRecord(record)));
    const bytes = new Uint8Array(lines.reduce((sum, line) => sum + line.length, 0));
    const ends = lines.map((line, i) => {
      const start = lines.slice(0, i).reduce((sum, before) => sum + before.length, 0);
      bytes.set(line, start);
      return start + line.length;
    });
    const cut = place % (bytes.length + 1);
    const whole = ends.filter((end) => end <= cut);
    const reader = readRecords(streamOf(bytes.slice(0, cut), chunk), "poses.ndjson", { allowTruncated: true });
    assert.deepEqual(await collect(reader), records.slice(0, whole.length).map(roundRecord));
    const lastWhole = whole.at(-1) ?? 0;
    assert.equal(reader.offset, lastWhole);
    assert.equal(reader.truncatedAt, cut === lastWhole ? null : lastWhole);
    assert.equal(reader.ended, whole.length === records.length);
  }));
});

Deno.test("readRecords() refuses a cut last line unless it may be cut", async () => {
  const cut = HEAD + frameLine(0).slice(0, 50);
  await assert.rejects(collect(readRecords(streamOf(cut), "poses.ndjson")), (error: Error) => {
    assert.ok(error instanceof InputError);
    assert.match(error.message, /^poses\.ndjson, line 2: must be one JSON value, and it is cut \(no newline\): /);
    return true;
  });
});

Deno.test("readRecords() takes a whole last line without newline, empty lines and CRLF", async () => {
  const text = `\uFEFF${HEAD.trimEnd()}\r\n\r\n${frameLine(0).trimEnd()}`;
  assert.equal((await collect(readRecords(streamOf(text), "poses.ndjson"))).length, 2);
});

const bad = (from: string, to: string) => POINTS.replace(from, to);
const REFUSED: readonly [text: string, message: string][] = [
  ["", "poses.ndjson: must hold at least a header record: no record"],
  [frameLine(0), 'poses.ndjson, line 1, type: the header must be the first record and the only one: "frame"'],
  [HEAD + HEAD, 'poses.ndjson, line 2, type: the header must be the first record and the only one: "header"'],
  [HEAD + "[]\n", "poses.ndjson, line 2: must be an object: []"],
  [HEAD + '{"type":"pose"}\n', 'poses.ndjson, line 2, type: must be "header", "frame" or "end": "pose"'],
  [
    HEAD + frameLine(0, bad("0.5", "null")),
    "poses.ndjson, line 2, people[0].keypoints[0][2]: must be a finite number: null",
  ],
  [
    HEAD + frameLine(0, bad("0.5", "1.5")),
    "poses.ndjson, line 2, people[0].keypoints[0][2]: must be between 0 and 1: 1.5",
  ],
  [
    HEAD + frameLine(0, bad("[1,2,0.5,0],", "")),
    'poses.ndjson, line 2, people[0].keypoints: must have 17 elements: "16 elements"',
  ],
  [HEAD + frameLine(1) + frameLine(1), "poses.ndjson, line 3, index: must be above that of the frame before, 1: 1"],
  [
    HEAD + frameLine(0) + '{"type":"end","frames":2,"seconds":1}\n',
    "poses.ndjson, line 3, frames: must be the number of frame records, 1: 2",
  ],
  [
    HEAD + '{"type":"end","frames":0,"seconds":1}\n' + frameLine(0),
    'poses.ndjson, line 3, type: nothing may follow the end record: "frame"',
  ],
  [HEAD.replace('"diffpose/1"', '"diffpose/9"'), 'poses.ndjson, line 1, format: must be "diffpose/1": "diffpose/9"'],
  [HEAD.replace("640", "0"), "poses.ndjson, line 1, width: must be an integer of at least 1: 0"],
  [HEAD.replace('"fps":25', '"fps":0'), "poses.ndjson, line 1, fps: must be more than 0: 0"],
];

Deno.test("readRecords() names file, line, field, rule and value of the first fault", async () => {
  for (const [text, message] of REFUSED) {
    await assert.rejects(collect(readRecords(streamOf(text), "poses.ndjson")), { name: InputError.name, message });
  }
});

Deno.test("readRecords() names the line of a fault in the JSON and in the encoding", async () => {
  const broken = HEAD + frameLine(0).replace("people", 'people"');
  await assert.rejects(collect(readRecords(streamOf(broken), "a")), /^InputError: a, line 2: must be one JSON value: /);
  const bytes = new TextEncoder().encode(HEAD + frameLine(0));
  bytes[HEAD.length + 12] = 0xff;
  await assert.rejects(collect(readRecords(streamOf(bytes), "a")), /^InputError: a, line 2: must be UTF-8 text: /);
});

Deno.test("readRecords() pulls no more than it gives, so that a clip of any length fits", async () => {
  const FRAMES = 20_000;
  let pulled = -1;
  let cancelled = false;
  const endless = new ReadableStream<Uint8Array>({
    pull(controller) {
      controller.enqueue(new TextEncoder().encode(pulled < 0 ? HEAD : frameLine(pulled)));
      pulled++;
    },
    cancel() {
      cancelled = true;
    },
  }, { highWaterMark: 0 });
  let given = -1;
  for await (const _ of readRecords(endless, "poses.ndjson")) {
    given++;
    // One line a chunk: the chunk that holds the line, and never one more.
    assert.ok(pulled - given <= 1, `frame ${given}: ${pulled} chunks were pulled`);
    if (given === FRAMES) break;
  }
  assert.equal(cancelled, true);
});
