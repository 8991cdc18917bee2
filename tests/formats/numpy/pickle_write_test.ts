import assert from "node:assert/strict";
import fc from "fast-check";
import { rootPlace } from "../../../src/formats/fields.ts";
import { readPickle } from "../../../src/formats/numpy/pickle.ts";
import { asItem, asNpyArray } from "../../../src/formats/numpy/pickle_value.ts";
import {
  type ArrayOut,
  objectPickleLength,
  type PickleOut,
  writeObjectPickle,
} from "../../../src/formats/numpy/pickle_write.ts";
import { plainValue } from "../numpy_fixtures.ts";

const PLACE = rootPlace("a.npy");

/** An array in two pieces. */
const arrays: fc.Arbitrary<ArrayOut> = fc.float64Array({ maxLength: 12 }).map((values) => ({
  kind: "array",
  shape: [values.length, 1],
  async *values() {
    yield values.subarray(0, 3);
    yield values.subarray(3);
  },
}));

const { value: values } = fc.letrec<{ value: PickleOut }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constant(null),
    fc.boolean(),
    fc.integer(),
    fc.double(),
    fc.string({ unit: "grapheme" }),
    arrays,
    fc.array(tie("value"), { maxLength: 4 }),
    fc.uniqueArray(fc.tuple(fc.string(), tie("value")), { selector: ([key]) => key, maxLength: 4 })
      .map((pairs) => new Map(pairs)),
  ),
}));

async function expectedOf(value: PickleOut): Promise<unknown> {
  if (value === null || typeof value !== "object") return typeof value === "number" ? plainValue(value) : value;
  if (value instanceof Map) {
    const pairs = [...value as ReadonlyMap<string, PickleOut>];
    return { dict: await Promise.all(pairs.map(async ([key, item]) => [key, await expectedOf(item)])) };
  }
  if ("kind" in value) {
    const all: unknown[] = [];
    for await (const part of value.values()) all.push(...Array.from(part as Float64Array, plainValue));
    return { shape: value.shape, values: all };
  }
  return await Promise.all((value as readonly PickleOut[]).map(expectedOf));
}

Deno.test("writeObjectPickle() writes what readPickle() reads, in as many bytes as objectPickleLength() says", async () => {
  await fc.assert(
    fc.asyncProperty(values, async (value) => {
      const bytes: number[] = [];
      await writeObjectPickle(value, (part) => Promise.resolve(void bytes.push(...part)));
      assert.equal(bytes.length, await objectPickleLength(value));
      const array = asNpyArray(readPickle(Uint8Array.from(bytes), PLACE), PLACE);
      assert.deepEqual(array.shape, []);
      assert.deepEqual(plainValue(asItem(array, PLACE)), await expectedOf(value));
    }),
    { numRuns: 200 },
  );
});

Deno.test("writeObjectPickle() refuses arrays whose length does not fit", async () => {
  const array: ArrayOut = { kind: "array", shape: [2 ** 29], async *values() {} };
  await assert.rejects(() => writeObjectPickle(array, () => Promise.resolve()), RangeError);
});
