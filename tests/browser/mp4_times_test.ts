import assert from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import { readMp4Times } from "../../src/browser/mp4_times.ts";

const FIXTURES = join(import.meta.dirname!, "../../fixtures");
const read = (bytes: Uint8Array) => (start: number, end: number): Promise<Uint8Array> =>
  Promise.resolve(bytes.slice(start, end));
const timesOf = (bytes: Uint8Array): Promise<Float64Array | null> => readMp4Times(read(bytes), bytes.length);

/** Ticks of MP4 files are exact; a double rounds the division. */
const ROUNDING = 1e-9;

// Rates and counts as `ffprobe -show_entries frame=pts_time` (5.1.9) prints them.
const FILES: readonly (readonly [string, number, number])[] = [
  ["clips/balance_beam.mp4", 100, 60],
  ["clips/balance_beam_10.mp4", 10, 15],
  ["media/h264.mp4", 20, 10],
  ["media/rotated.mov", 10, 10],
];

for (const [name, count, rate] of FILES) {
  Deno.test(`readMp4Times() lists the frames of ${name}`, async () => {
    const times = await timesOf(await Deno.readFile(join(FIXTURES, name)));
    assert.equal(times?.length, count);
    times.forEach((time, i) => assert.ok(Math.abs(time - i / rate) < ROUNDING, `frame ${i} at ${time}`));
  });
}

Deno.test("readMp4Times() knows nothing of other files, and of files without pictures", async () => {
  for (const name of ["media/vp9.webm", "media/mjpeg.avi", "media/sound_only.mp4", "images/pose.jpg"]) {
    assert.equal(await timesOf(await Deno.readFile(join(FIXTURES, name))), null, name);
  }
  assert.equal(await timesOf(new Uint8Array()), null);
});

Deno.test("readMp4Times() reads only the table of contents", async () => {
  const bytes = await Deno.readFile(join(FIXTURES, "clips/balance_beam.mp4"));
  let taken = 0;
  await readMp4Times((start, end) => {
    taken += end - start;
    return Promise.resolve(bytes.slice(start, end));
  }, bytes.length);
  assert.ok(taken < 4000, `${taken} bytes`);
});

Deno.test("readMp4Times() of damaged files gives ascending times or null, and always ends", async () => {
  const whole = await Deno.readFile(join(FIXTURES, "clips/balance_beam_10.mp4"));
  const header = 1500; // The table of contents stands in front; the pictures behind do not matter.
  const damage = fc.array(fc.tuple(fc.nat(header), fc.nat(255)), { minLength: 1, maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(damage, fc.nat(whole.length), async (changes, length) => {
      const bytes = whole.slice(0, Math.max(length, 200));
      for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
      const times = await timesOf(bytes);
      if (times === null) return;
      assert.ok(times.length > 0);
      for (let i = 1; i < times.length; i++) assert.ok(times[i]! >= times[i - 1]!);
    }),
    { numRuns: 300 },
  );
});
