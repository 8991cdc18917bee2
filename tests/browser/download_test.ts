/** Files that the page offers, read back by the project's readers. */
import assert from "node:assert/strict";
import { unzipSync } from "fflate";
import { type DownloadName, makeDownload, stemOf } from "../../src/browser/download.ts";
import { openClip } from "../../src/formats/registry.ts";
import { readRecords } from "../../src/formats/read_records.ts";
import type { PoseRecord } from "../../src/formats/record.ts";
import { roundRecord } from "../../src/formats/write_record.ts";
import { walkRecords } from "../render/walk.ts";

const FRAMES = 12;
const previews = new Map([[4, new Blob([new Uint8Array([2])])], [0, new Blob([new Uint8Array([1])])]]);
const run = (records: Iterable<PoseRecord>) => ({ records: [...records], previews, notes: ["Model a."] });
const whole = run(walkRecords(FRAMES, 1));
const source = (name: string, file: Blob) => ({
  kind: "file" as const,
  name,
  open: () => Promise.resolve(file.stream()),
});

for (const [name, ending] of [["ndjson", ".ndjson"], ["coco", ".coco.json"], ["bvh", ".bvh"]] as const) {
  Deno.test(`makeDownload() writes ${name} that the project reads`, async () => {
    const { name: file, file: blob } = await makeDownload(whole, name);
    assert.equal(file, `walk${ending}`);
    const clip = await openClip(source(file, blob), { fps: 25 });
    const frames = await Array.fromAsync(clip.frames());
    assert.equal(frames.length, FRAMES);
    assert.ok(frames.every(({ people }) => people.length === 1));
  });
}

Deno.test("makeDownload(): NDJSON is the run itself", async () => {
  const { file } = await makeDownload(whole, "ndjson");
  const records = await Array.fromAsync(readRecords(file.stream(), "walk.ndjson"));
  assert.deepEqual(records, whole.records.map(roundRecord));
});

Deno.test("makeDownload(): several people in BVH are several files in one archive", async () => {
  const { name, file } = await makeDownload(run(walkRecords(60, 2)), "bvh");
  assert.equal(name, "walk.bvh.zip");
  const files = unzipSync(new Uint8Array(await file.arrayBuffer()));
  assert.equal(Object.keys(files).length, 2);
  for (const text of Object.values(files)) assert.match(new TextDecoder().decode(text), /^HIERARCHY/);
});

Deno.test("makeDownload(): the page has the pictures in the order of their frames", async () => {
  const { name, file } = await makeDownload(whole, "html");
  assert.equal(name, "walk.html");
  const indices = [...(await file.text()).matchAll(/data-index="(\d+)"/g)].map((match) => match[1]);
  assert.deepEqual(indices, ["0", "4"]);
});

Deno.test("makeDownload() of a run that was cut", async () => {
  const cut = run([...walkRecords(FRAMES, 1)].slice(0, -1));
  for (const name of ["coco", "bvh", "ndjson"] as DownloadName[]) {
    const { file } = await makeDownload(cut, name);
    assert.ok(file.size > 100, name);
  }
});

Deno.test("makeDownload(): BVH of nobody is refused with a reason", async () => {
  await assert.rejects(makeDownload(run(walkRecords(3, 0)), "bvh"), /must have somebody/);
});

Deno.test("stemOf() is the name without folder and ending", () => {
  assert.deepEqual(["a.mp4", "x/y.z.mov", "camera", ".png"].map(stemOf), ["a", "y.z", "camera", "poses"]);
});
