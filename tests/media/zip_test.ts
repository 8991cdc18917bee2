import assert from "node:assert/strict";
import fc from "fast-check";
import { type Zippable, zipSync } from "fflate";
import { InputError } from "../../src/core/errors.ts";
import { crc32 } from "../../src/media/bytes.ts";
import { bytesAccess } from "../../src/media/random_access.ts";
import { readZipDirectory, ZIP_LIMITS, type ZipLimits } from "../../src/media/zip_directory.ts";
import { readZipEntry } from "../../src/media/zip_entry.ts";

const zip = (files: Zippable) => zipSync(files, { level: 6 });
const open = (bytes: Uint8Array, limits: Partial<ZipLimits> = {}) =>
  readZipDirectory(bytesAccess(bytes, "a.zip"), { ...ZIP_LIMITS, ...limits });
const text = (value: string) => new TextEncoder().encode(value);

async function refuses(bytes: Uint8Array, message: RegExp, limits: Partial<ZipLimits> = {}): Promise<void> {
  const all = async () => {
    for (const entry of await open(bytes, limits)) await readZipEntry(bytesAccess(bytes, "a.zip"), entry);
  };
  await assert.rejects(all, (error) => {
    assert.ok(error instanceof InputError);
    assert.match(error.message, message);
    return true;
  });
}

/** Where the first central record of an archive begins. */
function firstRecord(bytes: Uint8Array): number {
  return bytes.findIndex((byte, i) =>
    byte === 0x50 && bytes[i + 1] === 0x4b && bytes[i + 2] === 1 && bytes[i + 3] === 2
  );
}

Deno.test("crc32() gives the check value of ISO 3309 and can go on", () => {
  assert.equal(crc32(text("123456789")), 0xcbf43926); // published check value of CRC-32
  assert.equal(crc32(text("6789"), crc32(text("12345"))), 0xcbf43926);
});

Deno.test("readZipEntry() gives back what was packed, stored or deflated", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.stringMatching(/^[a-zé]{1,8}$/), fc.uint8Array({ maxLength: 3000 }), fc.boolean()), {
        maxLength: 6,
      }),
      async (files) => {
        const packed = zipSync(Object.fromEntries(
          files.map(([name, data, deflate]) => [name, [data, { level: deflate ? 6 : 0 }]] as const),
        ));
        const expected = new Map(files.map(([name, data]) => [name, data]));
        const source = bytesAccess(packed, "a.zip");
        const entries = await readZipDirectory(source);
        assert.equal(entries.length, expected.size);
        for (const entry of entries) {
          assert.deepEqual([...await readZipEntry(source, entry)], [...expected.get(entry.name)!]);
        }
      },
    ),
    { numRuns: 40 },
  );
});

Deno.test("readZipDirectory() refuses names outside the archive", async () => {
  for (const name of ["../x.jpg", "a/../../x.jpg", "/etc/x.jpg", "C:/x.jpg", "a\\..\\x.jpg", "\\x.jpg"]) {
    await refuses(zip({ [name]: text("hello") }), /must not name places outside itself/);
  }
  assert.equal((await open(zip({ "a..b/..c.jpg": text("hello") }))).length, 1);
});

Deno.test("readZipDirectory() refuses a bomb by ratio, entry size, total size and number of entries", async () => {
  const bomb = zip({ "a.png": new Uint8Array(8 * 1024 * 1024) });
  assert.ok(bomb.length < 20_000);
  await refuses(bomb, /must not grow more than 200 times.*a\.png grows from \d+ to 8388608/);
  await refuses(zip({ "a.png": text("12345") }), /at most 4 bytes unpacked.*a\.png has 5/, { entryBytes: 4 });
  const two = zip({ "a.png": text("12345"), "b.png": text("12345") });
  await refuses(two, /at most 9 bytes unpacked.*at least 10/, { totalBytes: 9 });
  await refuses(two, /at most 1 entries.*number is 2/, { entries: 1 });
});

Deno.test("readZipEntry() stops at an entry that is larger than it claims", async () => {
  const bytes = zip({ "a.png": new Uint8Array(5000) });
  new DataView(bytes.buffer).setUint32(firstRecord(bytes) + 24, 10, true);
  await refuses(bytes, /a\.zip\/a\.png: .*the size that it claims.*more than 10 bytes/);
  new DataView(bytes.buffer).setUint32(firstRecord(bytes) + 24, 6000, true);
  await refuses(bytes, /the size that it claims.*5000 of 6000/);
});

Deno.test("readZipDirectory() refuses encrypted entries and unknown methods", async () => {
  const bytes = zip({ "a.png": text("hello") });
  const view = new DataView(bytes.buffer);
  view.setUint16(firstRecord(bytes) + 8, 1, true);
  await refuses(bytes, /must not be encrypted.*a\.png/);
  view.setUint16(firstRecord(bytes) + 8, 0, true);
  view.setUint16(firstRecord(bytes) + 10, 14, true);
  await refuses(bytes, /stored or deflated.*method 14/);
});

Deno.test("a damaged entry is refused", async () => {
  const stored = zipSync({ "a.png": [text("hello, world"), { level: 0 }] });
  stored[30 + "a.png".length + 3]! ^= 1;
  await refuses(stored, /must not be damaged.*checksum/);
  const deflated = zip({ "a.png": new Uint8Array(3000).map((_, i) => (i * i) % 251) });
  deflated.fill(0xff, 40, 80);
  await refuses(deflated, /must not be damaged|the size that it claims/);
});

Deno.test("a zip that is cut anywhere is refused, never half read", async () => {
  const bytes = zip({ "a.png": text("hello, world"), "b/c.png": text("and more") });
  for (let length = 0; length < bytes.length; length++) await refuses(bytes.slice(0, length), /must|there is none/);
});

Deno.test("random changes of a zip end in content or an InputError, nothing else", async () => {
  const bytes = zip({ "a.png": text("hello, world".repeat(20)), "b/c.png": text("and more") });
  await fc.assert(fc.asyncProperty(
    fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }),
    async (changes) => {
      const changed = bytes.slice();
      for (const [at, value] of changes) changed[at] = value;
      const source = bytesAccess(changed, "a.zip");
      try {
        for (const entry of await readZipDirectory(source)) await readZipEntry(source, entry);
      } catch (error) {
        assert.ok(error instanceof InputError, String(error));
      }
    },
  ));
});
