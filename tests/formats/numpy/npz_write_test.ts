import assert from "node:assert/strict";
import fc from "fast-check";
import { npyTypeOf } from "../../../src/formats/numpy/npy.ts";
import type { NpyType } from "../../../src/formats/numpy/npy_type.ts";
import { readNpz } from "../../../src/formats/numpy/npz.ts";
import { NpzWriter } from "../../../src/formats/numpy/npz_write.ts";
import { memoryFile, memorySink } from "../round_trip.ts";

const FLOAT: NpyType = { kind: "f", bytes: 8, little: true };

async function begin() {
  const sink = memorySink("a", ".npz");
  const writer = new NpzWriter(await sink.file(""), "clip");
  return { writer, read: () => readNpz(memoryFile("a.npz", sink.files.get("a.npz")!, 100)), files: sink.files };
}

Deno.test("NpzWriter writes arrays in pieces, and texts, that readNpz() gives back", async () => {
  const array = fc.oneof(fc.float64Array(), fc.int32Array(), fc.uint8Array(), fc.float32Array());
  const named = fc.uniqueArray(fc.tuple(fc.stringMatching(/^[a-z_]{1,9}$/), array), { selector: ([name]) => name });
  await fc.assert(
    fc.asyncProperty(named, fc.string({ unit: "grapheme" }), async (arrays, text) => {
      const { writer, read } = await begin();
      for (const [name, values] of arrays) {
        await writer.begin(name, npyTypeOf(values), [values.length]);
        if (values.length > 0) await writer.write(values.subarray(0, 2));
        if (values.length > 2) await writer.write(values.subarray(2));
      }
      await writer.addText("TEXT", text);
      await writer.close();
      const found = await read();
      assert.deepEqual([...found.keys()], [...arrays.map(([name]) => name), "TEXT"]);
      for (const [name, values] of arrays) assert.deepEqual(found.get(name)!.values, values);
      assert.deepEqual(found.get("TEXT")!.values, [text.replace(/\0+$/, "")]); // as numpy: zeros at the end are padding
    }),
    { numRuns: 25 },
  );
});

Deno.test("NpzWriter gives the same bytes for the same arrays", async () => {
  const write = async () => {
    const { writer, files } = await begin();
    await writer.add("a", FLOAT, [2], Float64Array.of(1, 2));
    await writer.close();
    return files.get("a.npz")!;
  };
  assert.deepEqual(await write(), await write());
});

Deno.test("NpzWriter refuses more or fewer values than the shape, and arrays of 4 GiB", async () => {
  const { writer } = await begin();
  await assert.rejects(
    () => writer.begin("huge", FLOAT, [2 ** 29]),
    /clip: must fit an archive of 4 GiB: 4294967424 bytes/,
  );
  await writer.begin("a", FLOAT, [2]);
  await assert.rejects(() => writer.write(new Float64Array(3)), /Cannot write 24 bytes as the array takes 16/);
  await writer.write(new Float64Array(1));
  await assert.rejects(() => writer.close(), /Cannot go on as the array still takes 8 bytes/);
});
