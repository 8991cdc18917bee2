import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { endRecord, insertFrames } from "../../src/cli/insert_frames.ts";
import { writeRecord } from "../../src/formats/mod.ts";
import type { FrameRecord, PoseRecord } from "../../src/formats/record.ts";
import { inTemp } from "./harness.ts";

const FPS = 25;
const HEADER = '{"type":"header","format":"diffpose/1","fps":25}\n';

function frame(index: number): FrameRecord {
  return { type: "frame", index, time: index / FPS, name: `${index}.jpg`, people: [] };
}

function fileOf(frames: readonly FrameRecord[]): string {
  const records: PoseRecord[] = [...frames, endRecord(frames.length, frames.at(-1) ?? null, FPS)];
  return HEADER + records.map(writeRecord).join("");
}

Deno.test("insertFrames() makes the file that has all frames from the start, whatever came late", async () => {
  await inTemp(async (folder) => {
    const path = join(folder, "poses.ndjson");
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.nat(60), { minLength: 1 }), fc.nat(), async (indices, seed) => {
        const sorted = [...indices].sort((a, b) => a - b);
        const isLate = (i: number): boolean => (i * 7 + seed) % 3 === 0;
        writeFileSync(path, fileOf(sorted.filter((i) => !isLate(i)).map(frame)));
        await insertFrames(path, indices.filter(isLate).map(frame), FPS);
        assert.equal(readFileSync(path, "utf8"), fileOf(sorted.map(frame)));
      }),
      { numRuns: 40 },
    );
    const left = await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);
    assert.deepEqual(left, ["poses.ndjson"]);
  });
});

Deno.test("insertFrames() keeps the bytes of the other lines", async () => {
  await inTemp(async (folder) => {
    const path = join(folder, "poses.ndjson");
    const odd = '{"type":"frame", "index":3, "time":0.1200, "people":[]}\n';
    writeFileSync(path, `${HEADER}${odd}{"type":"end","frames":1,"seconds":0.16}\n`);
    await insertFrames(path, [frame(1)], FPS);
    const text = readFileSync(path, "utf8");
    assert.ok(text.includes(odd));
    const indices: number[] = [];
    for (const line of text.trimEnd().split("\n")) {
      const record = JSON.parse(line);
      if (record.type === "frame") indices.push(record.index);
    }
    assert.deepEqual(indices, [1, 3]);
    assert.match(text, /"frames":2/);
  });
});
