import assert from "node:assert/strict";
import fc from "fast-check";
import { zipSync } from "fflate";
import { InputError } from "../../../src/core/errors.ts";
import { writeNpy } from "../../../src/formats/numpy/npy.ts";
import { openNpz, readNpz } from "../../../src/formats/numpy/npz.ts";
import { arrayFixtures, bytesOf, npzSource, plainValue } from "../numpy_fixtures.ts";
import { collect } from "../streams.ts";

const { archive, arrays } = arrayFixtures();
const zip = (files: Readonly<Record<string, Uint8Array>>, level: 0 | 6 = 6) => zipSync({ ...files }, { level });

async function refuses(bytes: string | Uint8Array, message: RegExp): Promise<void> {
  const all = async () => {
    const npz = await openNpz(npzSource(bytes));
    for (const name of npz.names) await npz.array(name);
  };
  await assert.rejects(all, (error) => {
    assert.ok(error instanceof InputError, String(error));
    assert.match(error.message, message);
    return true;
  });
}

Deno.test("openNpz() reads archives of numpy, stored and deflated", async () => {
  for (const file of ["stored.npz", "deflated.npz"]) {
    const read = await readNpz(npzSource(file, 100));
    assert.deepEqual([...read.keys()], Object.keys(archive));
    for (const [name, array] of read) assert.deepEqual(plainValue(array), archive[name], name);
    const npz = await openNpz(npzSource(file));
    const { shape, type } = await npz.header("poses_3d");
    assert.deepEqual([shape, type], [[5, 17, 3], { kind: "f", bytes: 4, little: true }]);
  }
});

Deno.test("openNpz() refuses an object that wants code, and names the array", async () => {
  await refuses(
    "hostile.npz",
    /^hostile\.npz, positions_2d, byte \d+ of the pickle: .*posix\.system, which would run code/,
  );
});

Deno.test("rows() gives the rows of array(), whatever the packing, the chunks and the orders", async () => {
  const before = writeNpy(Float64Array.from({ length: 20_000 }, (_, i) => Math.sin(i)), [20_000]);
  await fc.assert(
    fc.asyncProperty(
      fc.nat(3000),
      fc.integer({ min: 0, max: 40 }),
      fc.constantFrom<0 | 6>(0, 6),
      fc.constantFrom(977, 1 << 16),
      async (rows, width, level, size) => {
        const values = Float32Array.from({ length: rows * width }, (_, i) => i);
        const npz = await openNpz(
          npzSource(zip({ "x.npy": before, "a.npy": writeNpy(values, [rows, width]) }, level), size),
        );
        const chunks = await collect(npz.rows("a"));
        assert.deepEqual(chunks.flatMap((chunk) => [...chunk.values as Float32Array]), [...values]);
        assert.equal(chunks.reduce((sum, chunk) => sum + chunk.count, 0), rows);
        for (const [i, chunk] of chunks.entries()) {
          assert.equal(chunk.start, i === 0 ? 0 : chunks[i - 1]!.start + chunks[i - 1]!.count);
          assert.ok(chunk.values.length <= 2 ** 14); // 64 KiB
        }
      },
    ),
    { numRuns: 25 },
  );
  for (const name of ["le_f8_f", "be_i4_c", "text_u", "be_u2_f"]) {
    const npz = await openNpz(npzSource(zip({ "a.npy": bytesOf(arrays[name]!.npy) })));
    const values = (await collect(npz.rows("a"))).flatMap((chunk) => Array.from<unknown>(chunk.values as string[]));
    const whole = (await npz.array("a")).values as string[];
    assert.deepEqual(values, Array.from<unknown>(whole), name);
  }
});

Deno.test("rows() of a large file reads forward: two arrays side by side, the file opened once for each", async () => {
  const long = Float64Array.from({ length: 300_000 }, (_, i) => Math.sin(i));
  const bytes = zip({ "a.npy": writeNpy(long, [100_000, 3]), "b.npy": writeNpy(long, [300_000]) }, 0);
  assert.ok(bytes.length > 4 * 2 ** 20); // above the tail that is kept
  let opened = 0;
  const source = npzSource(bytes);
  const npz = await openNpz({ ...source, open: () => (opened++, source.open()) });
  opened = 0;
  const [a, b] = [npz.rows("a"), npz.rows("b")];
  let sum = 0;
  for (let more = true; more;) {
    const chunks = await Promise.all([a.next(), b.next()]);
    more = chunks.some(({ done }) => !done);
    for (const { value } of chunks) for (const x of (value?.values ?? []) as Float64Array) sum += x;
  }
  assert.equal(opened, 2);
  const expected = long.reduce((total, x) => total + x, 0);
  const ROUNDING = 1e-9; // the two arrays are added in another order
  assert.ok(Math.abs(sum - 2 * expected) < ROUNDING);
});

Deno.test("rows() refuses single values and objects", async () => {
  const npz = await openNpz(
    npzSource(zip({ "s.npy": bytesOf(arrays.scalar!.npy), "o.npy": bytesOf(arrays.object!.npy) })),
  );
  await assert.rejects(() => collect(npz.rows("s")), /a\.npz, s: must have rows: a single value/);
  await assert.rejects(() => collect(npz.rows("o")), /a\.npz, o: must be an array of numbers/);
  await assert.rejects(() => npz.array("x"), /a\.npz: must have an array x: it has s, o/);
});

Deno.test("openNpz() refuses what is no archive, and archives that are cut anywhere", async () => {
  await refuses(new TextEncoder().encode('{"images": []}'), /^a\.npz: must be an archive of numpy/);
  await refuses(new Uint8Array(0), /must be an archive of numpy/);
  await refuses(bytesOf(arrays.one!.npy), /must be an archive of numpy/);
  const whole = zip({ "a.npy": bytesOf(arrays.le_f4_c!.npy), "b.npy": bytesOf(arrays.le_f4_f!.npy) });
  for (let length = 0; length < whole.length; length += 5) await refuses(whole.subarray(0, length), /a\.npz/);
});

Deno.test("openNpz() refuses arrays whose entry has more or fewer bytes than the shape", async () => {
  const npy = writeNpy(new Float32Array(12), [4, 3]);
  await refuses(
    zip({ "a.npy": npy.subarray(0, npy.length - 4) }),
    /a\.npz, a: must hold 48 bytes .*\(4, 3\).*: 44 bytes/,
  );
  const npz = await openNpz(npzSource(zip({ "a.npy": npy.subarray(0, npy.length - 4) })));
  await assert.rejects(() => npz.header("a"), /a\.npz, a: must hold 48 bytes/);
  await assert.rejects(() => collect(npz.rows("a")), /a\.npz, a: must hold 48 bytes/);
  await assert.rejects(
    () => openNpz(npzSource(zip({ "a.npy": npy })), { maxBytes: 100 }).then((npz) => npz.array("a")),
    /a\.npz, a: must be at most 100 bytes to be read at once: 176 bytes/,
  );
});

Deno.test("array() refuses a bomb before it unpacks it, and rows() walks through it with few rows in memory", async () => {
  const rows = 250_000;
  const zeros = writeNpy(new Float64Array(rows * 17), [rows, 17]);
  const npz = await openNpz(npzSource(zip({ "a.npy": zeros })));
  await assert.rejects(
    () => npz.array("a"),
    /a\.npz, a: must not grow more than 200 times .*: from \d+ to 34000128 bytes/,
  );
  let next = 0;
  for await (const { start, count, values } of npz.rows("a")) {
    assert.equal(start, next);
    assert.ok((values as Float64Array).byteLength <= 2 ** 16);
    next += count;
  }
  assert.equal(next, rows);
});

Deno.test("openNpz() on damaged archives gives arrays or an InputError, nothing else", async () => {
  const whole = zip({ "a.npy": bytesOf(arrays.le_f4_c!.npy), "o.npy": bytesOf(arrays.object!.npy) });
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 3 }),
      async (changes) => {
        const bytes = whole.slice();
        for (const [at, byte] of changes) bytes[at] = byte;
        try {
          await readNpz(npzSource(bytes));
        } catch (error) {
          assert.ok(error instanceof InputError, String(error));
        }
      },
    ),
    { numRuns: 500, seed: 1 },
  );
});
