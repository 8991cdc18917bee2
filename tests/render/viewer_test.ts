import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { InputError } from "../../src/core/errors.ts";
import type { PoseRecord } from "../../src/formats/record.ts";
import { renderViewer, type ViewerImage, type ViewerOptions } from "../../src/render/mod.ts";
import { type PackedFrame, unpackFrame } from "../../src/render/payload.ts";
import { CLIENT, LICENCES, PAGE, STYLE } from "../../src/render/viewer_assets.ts";
import { sourceDigest } from "./client_digest.ts";
import { walkFrame, walkHeader, walkImages, walkRecords } from "./walk.ts";

async function page(records: Iterable<PoseRecord>, options?: ViewerOptions): Promise<string> {
  return (await Array.fromAsync(renderViewer(records, options))).join("");
}

/** The parsed data blocks of one kind. */
function blocks<T>(html: string, kind: string): T[] {
  const pattern = new RegExp(`<script type="application/json" data-diffpose="${kind}">(.*?)</script>`, "gs");
  return [...html.matchAll(pattern)].map((match) => JSON.parse(match[1]!) as T);
}

Deno.test("renderViewer() embeds header, all frames in order, end and pictures", async () => {
  const html = await page(walkRecords(150), { images: walkImages(150, 50), notes: ["CC0"], title: "walk" });
  assert.deepEqual(blocks(html, "header"), [{ ...walkHeader(), title: "walk" }]);
  const frames = blocks<PackedFrame[]>(html, "frames").flat().map(unpackFrame);
  assert.deepEqual(frames.map((frame) => frame.index), Array.from({ length: 150 }, (_, k) => k));
  assert.deepEqual(frames.map((frame) => frame.people.length), frames.map((_, k) => walkFrame(k).people.length));
  const end = { type: "end", frames: 150, seconds: 6 };
  assert.deepEqual(blocks(html, "end"), [{ end, notes: ["CC0"], licences: LICENCES }]);
  const images = [...html.matchAll(/<script type="image\/png" data-diffpose="image" data-index="(\d+)">([^<]+)</g)];
  assert.deepEqual(images.map((match) => match[1]), ["0", "50", "100"]);
  const [first] = walkImages(1);
  assert.deepEqual(new Uint8Array(Buffer.from(images[0]![2]!, "base64")), first!.bytes);
});

Deno.test("renderViewer() ends the data of a run that was cut with end null", async () => {
  const html = await page([...walkRecords(3)].slice(0, -1));
  assert.equal(blocks<{ end: unknown }>(html, "end")[0]!.end, null);
});

Deno.test("renderViewer() keeps hostile text out of the markup", async () => {
  const evil = `</script><script>alert(1)</script><!-- " ' & \u0000 \u2028`;
  const header = walkHeader({
    input: evil,
    camera: evil,
    models: [{ name: evil, sha256: evil, dtype: evil, device: evil }],
  });
  const records: PoseRecord[] = [header, { ...walkFrame(0), name: evil }, { type: "end", frames: 1, seconds: 0 }];
  const html = await page(records, { notes: [evil] });
  assert.ok(!html.includes("alert(1)</script>"));
  assert.ok(!html.includes("<script>alert"));
  assert.equal(blocks<{ input: string }>(html, "header")[0]!.input, evil);
  assert.equal(blocks<{ notes: string[] }>(html, "end")[0]!.notes[0], evil);
  const expected = 1 + 1 + 1 + 1; // header, frames, end, program
  assert.equal([...html.matchAll(/<script\b/g)].length, expected);
  assert.equal([...html.matchAll(/<\/script>/g)].length, expected);
});

Deno.test("renderViewer() reads records and pictures only as fast as its chunks are taken", async () => {
  let taken = 0;
  let pictures = 0;
  function* records(): Generator<PoseRecord> {
    for (const record of walkRecords(10_000, 1)) {
      taken++;
      yield record;
    }
  }
  function* images(): Generator<ViewerImage> {
    for (let index = 0; index < 100; index++) {
      pictures++;
      yield { index, bytes: new Uint8Array(3000) };
    }
  }
  let longest = 0;
  let chunks = 0;
  for await (const chunk of renderViewer(records(), { images: images() })) {
    // One header and blocks of 64 frames: whoever read ahead would be far beyond this.
    assert.ok(taken <= 64 * chunks + 1 || taken === 10_002);
    assert.ok(pictures === 0 || taken === 10_002);
    if (!chunk.includes(CLIENT)) longest = Math.max(longest, chunk.length);
    chunks++;
  }
  assert.equal(pictures, 100);
  assert.equal(chunks, 1 + Math.ceil(10_000 / 64) + 100 + 1);
  assert.ok(longest < 100_000, `a chunk has ${longest} characters`);
});

Deno.test("renderViewer() stops when its signal is aborted", async () => {
  const stop = new AbortController();
  const chunks = renderViewer(walkRecords(1000), { signal: stop.signal });
  await chunks.next();
  stop.abort();
  await assert.rejects(chunks.next(), { name: "AbortError" });
});

Deno.test("renderViewer() refuses records without a header, or with two", async () => {
  await assert.rejects(page([]), InputError);
  await assert.rejects(page([walkFrame(0)]), InputError);
  await assert.rejects(page([walkHeader(), walkHeader()]), InputError);
});

Deno.test("renderViewer() writes a page of assets below 800 kB that forbids all loading", async () => {
  const html = await page([walkHeader()]);
  assert.ok(html.length < 800_000, `${html.length} characters`);
  assert.match(html, /http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data: blob:;/);
  assert.doesNotMatch(PAGE + STYLE, /(?:src|href|@import|url\()\s*=?\s*["'(]?\s*(?:https?:)?\/\//);
});

Deno.test("viewer assets are those of the sources; deno task viewer makes them anew", async () => {
  const text = await Deno.readTextFile(new URL("../../src/render/viewer_assets.ts", import.meta.url));
  assert.equal(/Sources: sha-256 ([0-9a-f]{64})/.exec(text)?.[1], await sourceDigest());
});

Deno.test("viewer assets name the licence of three.js and cannot end their script element", () => {
  assert.match(LICENCES, /three\.js 0\.187\.0[\s\S]*The MIT License[\s\S]*three\.js authors[\s\S]*WITHOUT WARRANTY/);
  assert.match(CLIENT, /^\/\*! Holds three\.js 0\.187\.0, MIT License/);
  assert.doesNotMatch(CLIENT, /<\/script|<!--/i);
  assert.doesNotMatch(CLIENT, /^import\b|\bimport\s*\(/m);
});
