/** Sizes from headers against sizes of decoded pictures. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { zipSync } from "fflate";
import { InputError } from "../../src/core/errors.ts";
import { decodeImage } from "../../src/media/image.ts";
import type { ImageEntry } from "../../src/media/image_source.ts";
import { listInput } from "../../src/media/list_pictures_fs.ts";
import { differentSizes, readPictureSize } from "../../src/media/picture_sizes.ts";
import { PNG_KINDS, pngOf, turnedJpeg } from "../cli/_pictures.ts";

const fixtures = fileURLToPath(new URL("../../fixtures/media/", import.meta.url));
const upright = { width: 40, height: 24, data: new Uint8ClampedArray(40 * 24 * 4).fill(128) };

/** A picture in memory that keeps count of the bytes it was asked for. */
function entryOf(bytes: Uint8Array, name = "picture"): ImageEntry & { most: number } {
  const entry = {
    name,
    most: 0,
    read: () => Promise.reject(new Error("the whole file is not wanted")),
    readStart: (length: number) => {
      entry.most = Math.max(entry.most, length);
      return Promise.resolve(bytes.subarray(0, length));
    },
  };
  return entry;
}

/** A JPEG with `length` more bytes of application data right behind its first marker. */
function withSegments(jpeg: Uint8Array, length: number): Uint8Array {
  const parts: Uint8Array[] = [jpeg.subarray(0, 2)];
  for (let left = length; left > 0; left -= 65_000) {
    const body = Math.min(left, 65_000);
    const segment = new Uint8Array(4 + body);
    segment.set([0xff, 0xe2, (body + 2) >> 8, (body + 2) & 255]);
    parts.push(segment);
  }
  parts.push(jpeg.subarray(2));
  return new Uint8Array(parts.flatMap((part) => [...part]));
}

Deno.test("readPictureSize() is the size of the decoded picture, for every kind that can be decoded", async () => {
  let compared = 0;
  for await (const { name } of Deno.readDir(fixtures)) {
    if (!/\.(png|jpg)$/.test(name)) continue;
    const bytes = await Deno.readFile(join(fixtures, name));
    const decoded = await decodeImage(bytes, name).catch(() => null);
    if (decoded === null) continue;
    assert.deepEqual(
      await readPictureSize(entryOf(bytes)),
      { width: decoded.width, height: decoded.height },
      name,
    );
    compared++;
  }
  assert.ok(compared >= 10, `${compared} pictures`);
});

Deno.test("readPictureSize() applies all eight EXIF orientations", async () => {
  for (let tag = 1; tag <= 8; tag++) {
    const size = await readPictureSize(entryOf(await turnedJpeg(upright, tag)));
    assert.deepEqual(size, { width: 40, height: 24 }, `tag ${tag}`);
  }
});

Deno.test("readPictureSize() follows long headers, and reads no more than it needs of large files", async () => {
  const jpeg = await turnedJpeg(upright, 6);
  for (const length of [100, 16 * 1024, 300_000]) {
    const entry = entryOf(withSegments(jpeg, length));
    assert.deepEqual(await readPictureSize(entry), { width: 40, height: 24 }, `${length} bytes before`);
  }
  const large = new Uint8Array(2 ** 22);
  large.set(await pngOf(upright, PNG_KINDS["colour 16"]!));
  const entry = entryOf(large);
  assert.deepEqual(await readPictureSize(entry), { width: 40, height: 24 });
  assert.ok(entry.most <= 2 ** 14, `${entry.most} bytes of a large file`);
});

Deno.test("readPictureSize() refuses what has no header, and a cut anywhere ends in a size or an InputError", async () => {
  for (const bytes of [new Uint8Array(), new TextEncoder().encode("no picture"), Uint8Array.of(0xff, 0xd8, 0xff)]) {
    await assert.rejects(readPictureSize(entryOf(bytes)), InputError);
  }
  const files = [await turnedJpeg(upright, 8), await pngOf(upright, PNG_KINDS["palette"]!)];
  await fc.assert(fc.asyncProperty(fc.constantFrom(...files), fc.nat(2000), async (file, length) => {
    try {
      assert.deepEqual(await readPictureSize(entryOf(file.subarray(0, length))), { width: 40, height: 24 });
    } catch (error) {
      assert.ok(error instanceof InputError, String(error));
    }
  }));
});

Deno.test("differentSizes() ends at the number that is asked for; unreadable pictures say nothing", async () => {
  const other = { width: 24, height: 40, data: upright.data };
  const entries = [
    entryOf(new Uint8Array(), "empty"),
    entryOf(await turnedJpeg(upright, 1)),
    entryOf(await turnedJpeg(upright, 6)),
    entryOf(await turnedJpeg(other, 3)),
    { ...entryOf(new Uint8Array()), readStart: () => Promise.reject(new Error("it is not looked at")) },
  ];
  const sizes = await differentSizes(entries, 2);
  assert.deepEqual(sizes, [{ width: 40, height: 24 }, { width: 24, height: 40 }]);
  assert.deepEqual(await differentSizes(entries.slice(0, 3), 2), [{ width: 40, height: 24 }]);
  assert.deepEqual(await differentSizes([entries[0]!], 2), []);
});

Deno.test("listInput() reads starts of pictures in folders and archives, packed or stored", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const jpeg = withSegments(await turnedJpeg(upright, 5), 100_000);
    await Deno.mkdir(join(folder, "in"));
    await Deno.writeFile(join(folder, "in", "a.jpg"), jpeg);
    await Deno.writeFile(join(folder, "in.zip"), zipSync({ "a.jpg": jpeg, "b.jpg": [jpeg, { level: 0 }] }));
    for (const name of ["in", "in.zip", "in/a.jpg"]) {
      const found = await listInput(join(folder, name));
      assert.equal(found.kind, "pictures");
      if (found.kind !== "pictures") continue;
      try {
        for (const entry of found.entries) {
          for (const length of [0, 10, 70_000, 10_000_000]) {
            assert.deepEqual(await entry.readStart(length), jpeg.slice(0, length), `${name}/${entry.name}, ${length}`);
          }
        }
        assert.deepEqual(await differentSizes(found.entries, 3), [{ width: 40, height: 24 }]);
      } finally {
        await found.close();
      }
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
