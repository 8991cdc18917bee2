import assert from "node:assert/strict";
import fc from "fast-check";
import { fileAccess } from "../../../src/formats/numpy/file_access.ts";
import { memoryFile } from "../round_trip.ts";

const SIZE = 3 * 2 ** 20; // above what is kept in memory
const BYTES = Uint8Array.from({ length: SIZE }, (_, i) => (i * 2654435761) >>> 24);

Deno.test("fileAccess() reads any place, forward and back, beyond the end too, through several readers", async () => {
  const first = await fileAccess(memoryFile("a", BYTES, 50_000));
  assert.equal(first.size, SIZE);
  await using second = first.fork();
  const place = fc.tuple(fc.nat(SIZE + 10), fc.nat(200_000), fc.boolean());
  await fc.assert(
    fc.asyncProperty(fc.array(place, { minLength: 1, maxLength: 8 }), async (places) => {
      for (const [offset, length, other] of places) {
        const found = await (other ? second : first).read(offset, length);
        assert.equal(Buffer.compare(found, BYTES.subarray(offset, offset + length)), 0);
      }
    }),
    { numRuns: 20 },
  );
  await first[Symbol.asyncDispose]();
});

Deno.test("fileAccess() gives fewer bytes when the file became shorter", async () => {
  let opened = 0;
  const whole = memoryFile("a", BYTES);
  const cut = memoryFile("a", BYTES.subarray(0, 1000));
  await using file = await fileAccess({ ...whole, open: () => (opened++ === 0 ? whole : cut).open() });
  assert.equal((await file.read(900, 200)).length, 100);
  assert.equal((await file.read(2000, 10)).length, 0);
});
