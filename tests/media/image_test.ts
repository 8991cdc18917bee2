import assert from "node:assert/strict";
import { InputError } from "../../src/core/errors.ts";
import { crc32 } from "../../src/media/bytes.ts";
import { decodeImage } from "../../src/media/image.ts";
import { encodeJpeg } from "../../src/media/jpeg.ts";
import type { Frame } from "../../src/media/frame.ts";

const folder = new URL("../../fixtures/media/", import.meta.url);
const read = (name: string) => Deno.readFile(new URL(name, folder));
// fixtures/media/make_fixtures.py: the colours of the quarters, in reading order.
const QUARTERS = [[220, 30, 30], [30, 200, 30], [30, 30, 220], [240, 240, 240]];
// ITU-R 601 luma of them, as Pillow computes it for its grey pictures.
const LUMA = [87, 130, 52, 240];
// JPEG at quality 92 without chroma subsampling, in the middle of a flat area.
const JPEG_TOLERANCE = 6;

function pixel(frame: Frame, x: number, y: number): number[] {
  const at = (y * frame.width + x) * 4;
  return [...frame.data.subarray(at, at + 4)];
}

function middles(frame: Frame): number[][] {
  assert.deepEqual([frame.width, frame.height], [48, 32]);
  return [[12, 8], [36, 8], [12, 24], [36, 24]].map(([x, y]) => pixel(frame, x!, y!));
}

function assertNear(actual: number[][], expected: number[][], tolerance: number): void {
  actual.forEach((colour, i) => {
    assert.equal(colour[3], 255);
    for (let c = 0; c < 3; c++) {
      const distance = Math.abs(colour[c]! - expected[i]![c]!);
      assert.ok(distance <= tolerance, `quarter ${i}: ${colour} is not near ${expected[i]}`);
    }
  });
}

for (let tag = 1; tag <= 8; tag++) {
  Deno.test(`decodeImage() stands a JPEG with EXIF orientation ${tag} upright`, async () => {
    assertNear(middles(await decodeImage(await read(`exif_${tag}.jpg`), "x.jpg")), QUARTERS, JPEG_TOLERANCE);
  });
}

Deno.test("decodeImage() reads progressive and grey JPEG", async () => {
  assertNear(middles(await decodeImage(await read("progressive.jpg"), "x.jpg")), QUARTERS, JPEG_TOLERANCE);
  const grey = middles(await decodeImage(await read("grey.jpg"), "x.jpg"));
  assertNear(grey, LUMA.map((v) => [v, v, v]), JPEG_TOLERANCE);
});

Deno.test("decodeImage() reads PNG of 8 bits, 16 bits and with a palette, exactly", async () => {
  assertNear(middles(await decodeImage(await read("rgb8.png"), "x.png")), QUARTERS, 0);
  assertNear(middles(await decodeImage(await read("palette.png"), "x.png")), QUARTERS, 0);
  for (const name of ["grey8.png", "grey16.png"]) {
    assertNear(middles(await decodeImage(await read(name), name)), LUMA.map((v) => [v, v, v]), 0);
  }
});

Deno.test("decodeImage() reads PNG of one bit", async () => {
  const frame = await decodeImage(await read("grey1.png"), "x.png");
  const values = new Set(frame.data.filter((_, i) => i % 4 !== 3));
  assert.deepEqual([...values].sort(), [0, 255]);
});

Deno.test("decodeImage() lays transparency over white", async () => {
  const frame = await decodeImage(await read("alpha.png"), "x.png");
  assert.deepEqual(pixel(frame, 5, 0).map((v) => v >= 247), [true, true, true, true]); // alpha is below 9 there
  const [r, g, b, a] = pixel(frame, 40, 31) as [number, number, number, number];
  assert.ok(Math.min(r, g, b) >= 239 && a === 255);
  assert.ok(frame.data.every((v, i) => i % 4 !== 3 || v === 255));
});

Deno.test("decodeImage() does not change its input and tells formats by content", async () => {
  const bytes = await read("rgb8.png");
  const before = bytes.slice();
  await decodeImage(bytes, "wrong_ending.jpg");
  assert.deepEqual(bytes, before);
});

async function refuses(bytes: Uint8Array, message: RegExp): Promise<void> {
  await assert.rejects(decodeImage(bytes, "dir/bad.jpg"), (error) => {
    assert.ok(error instanceof InputError);
    assert.equal(error.input, "dir/bad.jpg");
    assert.match(error.message, message);
    return true;
  });
}

Deno.test("decodeImage() refuses empty files and other content", async () => {
  await refuses(new Uint8Array(0), /must not be empty.*0 bytes/);
  await refuses(new TextEncoder().encode("hello, world"), /must be a JPEG or PNG file.*68 65 6c 6c/);
});

Deno.test("decodeImage() refuses JPEG and PNG that are cut anywhere", async () => {
  for (const name of ["exif_1.jpg", "progressive.jpg", "rgb8.png"]) {
    const bytes = await read(name);
    for (let length = 3; length < bytes.length - 1; length += 7) await refuses(bytes.slice(0, length), /./);
  }
});

Deno.test("decodeImage() refuses a PNG with a flipped bit in its pixels", async () => {
  const bytes = await read("rgb8.png");
  bytes[50]! ^= 1;
  await refuses(bytes, /must not be damaged.*checksum of chunk IDAT/);
});

Deno.test("decodeImage() refuses a PNG with a valid checksum over broken data", async () => {
  const bytes = await read("rgb8.png");
  const view = new DataView(bytes.buffer);
  const length = view.getUint32(33);
  bytes.fill(0x55, 41, 41 + length);
  view.setUint32(41 + length, crc32(bytes.subarray(37, 41 + length)));
  await refuses(bytes, /must be decodable.*48x32/);
});

Deno.test("decodeImage() refuses a JPEG whose scan is overwritten, and goes on with the next file", async () => {
  const bytes = await encodeJpeg(await decodeImage(await read("rgb8.png"), "x.png"), 90);
  const broken = bytes.slice();
  broken.fill(0xfe, broken.length - 60, broken.length - 2);
  await refuses(broken, /must not be damaged|must be decodable/);
  assertNear(middles(await decodeImage(bytes, "good.jpg")), QUARTERS, 3 * JPEG_TOLERANCE); // its chroma is subsampled
});

Deno.test("decodeImage() of several pictures at once blames the right one", async () => {
  const good = await read("exif_1.jpg");
  const broken = await encodeJpeg(await decodeImage(await read("rgb8.png"), "x.png"), 90);
  broken.fill(0xfe, broken.length - 60, broken.length - 2);
  const jobs = [good, broken, good, broken].map((bytes, i) => decodeImage(bytes, `${i}.jpg`));
  const ends = await Promise.allSettled(jobs);
  assert.deepEqual(ends.map(({ status }) => status), ["fulfilled", "rejected", "fulfilled", "rejected"]);
});

Deno.test("decodeImage() refuses CMYK and says what to do", async () => {
  await refuses(await read("cmyk.jpg"), /convert CMYK pictures to RGB.*channels is 4/);
});

Deno.test("decodeImage() refuses sizes above the limits before it decodes", async () => {
  const png = await read("rgb8.png");
  const view = new DataView(png.buffer);
  view.setUint32(16, 20000);
  await refuses(png, /at most 16384 px a side.*20000x32/);
  view.setUint32(16, 16000);
  view.setUint32(20, 16000);
  await refuses(png, /at most 100 megapixels.*16000x16000/);
  view.setUint32(16, 0);
  await refuses(png, /at least 1 px a side.*0x16000/);
  const jpeg = await read("grey.jpg");
  const frame = jpeg.findIndex((byte, i) => byte === 0xff && jpeg[i + 1] === 0xc0);
  new DataView(jpeg.buffer).setUint16(frame + 5, 65535);
  await refuses(jpeg, /at most 16384 px a side.*48x65535/);
});

Deno.test("encodeJpeg() comes back near the same pixels, smaller at lower quality", async () => {
  const frame = await decodeImage(await read("rgb8.png"), "x.png");
  const fine = await encodeJpeg(frame, 95);
  assertNear(middles(await decodeImage(fine, "x.jpg")), QUARTERS, JPEG_TOLERANCE);
  assert.ok((await encodeJpeg(frame, 20)).length < fine.length);
});

Deno.test("encodeJpeg() refuses qualities that JPEG does not have", async () => {
  const frame = await decodeImage(await read("rgb8.png"), "x.png");
  for (const quality of [0, 101, NaN]) await assert.rejects(encodeJpeg(frame, quality), RangeError);
});
