// Streams stay streams: what 2,000 frames leave behind is far less than the frames themselves.
import assert from "node:assert/strict";
import { join } from "node:path";
import { findFfmpegCore } from "../../src/media/ffmpeg_core_fs.ts";
import { findFfmpeg } from "../../src/media/ffmpeg_process_fs.ts";
import type { Frame, FrameSource } from "../../src/media/frame.ts";
import { createImageSource } from "../../src/media/image_source.ts";
import { encodeJpeg } from "../../src/media/jpeg.ts";
import { openFrames } from "../../src/media/open_frames_fs.ts";

const FRAMES = 2000;
const WARM_UP = 200; // codecs and buffers are in place by then
const WIDTH = 320;
const HEIGHT = 240;
// The 1,800 frames after the warm-up are 553 MB in RGBA, and the clip that the videos are read from is 154 MB. Between two
// collections the heap of pictures was seen to hold 88 MB, and videos, whose buffers are handed over, at most 12 MB.
const PICTURES_BOUND = 250e6;
const VIDEO_BOUND = 120e6;

async function growthWhileReading(source: FrameSource): Promise<number> {
  await using opened = source;
  let before = 0;
  let peak = 0;
  let count = 0;
  let checksum = 0;
  for await (const frame of opened.frames()) {
    checksum += frame.data[count]!;
    await new Promise((resolve) => setTimeout(resolve, 1)); // a consumer slower than the decoder
    count++;
    if (count === WARM_UP) before = Deno.memoryUsage().rss;
    if (count > WARM_UP && count % 50 === 0) peak = Math.max(peak, Deno.memoryUsage().rss);
  }
  assert.equal(count, FRAMES);
  assert.ok(checksum > 0);
  return peak - before;
}

Deno.test("a source of pictures holds one of them at a time", async () => {
  const data = new Uint8ClampedArray(WIDTH * HEIGHT * 4).map((_, i) => i % 4 === 3 ? 255 : (i >> 6) & 255);
  const bytes = await encodeJpeg({ width: WIDTH, height: HEIGHT, data } as Frame, 60);
  const entries = Array.from({ length: FRAMES }, (_, i) => ({ name: `${i}.jpg`, read: () => Promise.resolve(bytes) }));
  const growth = await growthWhileReading(await createImageSource(entries, { input: "x", decoder: "jpeg" }));
  assert.ok(growth < PICTURES_BOUND, `memory grew by ${growth} bytes`);
});

/** Writes an uncompressed grey clip, one byte a pixel, piece by piece. */
async function writeClip(path: string): Promise<void> {
  using file = await Deno.open(path, { write: true, create: true });
  const write = async (bytes: Uint8Array) => {
    for (let done = 0; done < bytes.length;) done += await file.write(bytes.subarray(done));
  };
  await write(new TextEncoder().encode(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F25:1 Ip A1:1 Cmono\n`));
  const mark = new TextEncoder().encode("FRAME\n");
  const frame = new Uint8Array(mark.length + WIDTH * HEIGHT).fill(100);
  frame.set(mark);
  for (let i = 0; i < FRAMES; i++) await write(frame.fill(i & 255, mark.length));
}

const decoders = [
  { name: "ffmpeg", options: { ffmpegCore: false }, ignore: await findFfmpeg() === null },
  { name: "@ffmpeg/core", options: { ffmpeg: false }, ignore: await findFfmpegCore() === null },
] as const;

for (const { name, options, ignore } of decoders) {
  Deno.test({ name: `a video holds a few frames at a time with ${name}`, ignore }, async () => {
    const folder = await Deno.makeTempDir();
    try {
      const path = join(folder, "long.y4m");
      await writeClip(path);
      const growth = await growthWhileReading(await openFrames(path, options));
      assert.ok(growth < VIDEO_BOUND, `memory grew by ${growth} bytes`);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}
