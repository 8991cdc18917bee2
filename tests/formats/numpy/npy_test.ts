import assert from "node:assert/strict";
import fc from "fast-check";
import { InputError } from "../../../src/core/errors.ts";
import { rootPlace } from "../../../src/formats/fields.ts";
import { readNpy, writeNpy } from "../../../src/formats/numpy/npy.ts";
import { asNumbers, type NpyNumbers, npyTypeText } from "../../../src/formats/numpy/npy_type.ts";
import { asItem } from "../../../src/formats/numpy/pickle_value.ts";
import { arrayFixtures, bytesOf, plainValue } from "../numpy_fixtures.ts";

const PLACE = rootPlace("a.npy");
const FIXTURES = arrayFixtures().arrays;
const read = (bytes: Uint8Array) => readNpy(bytes, PLACE);

function refuses(bytes: Uint8Array, message: RegExp): void {
  assert.throws(() => read(bytes), (error) => {
    assert.ok(error instanceof InputError, String(error));
    assert.match(error.message, message);
    return true;
  });
}

/** A file with this header and these bytes of data. */
function file(header: string, data = new Uint8Array(0), version = 1): Uint8Array {
  const text = new TextEncoder().encode(header);
  const length = version === 1 ? [text.length & 255, text.length >> 8] : [text.length & 255, text.length >> 8, 0, 0];
  return Uint8Array.of(0x93, ...new TextEncoder().encode("NUMPY"), version, 0, ...length, ...text, ...data);
}

Deno.test("readNpy() reads what numpy wrote: every type, byte order, memory order and header version", () => {
  assert.ok(Object.keys(FIXTURES).length > 40);
  for (const [name, fixture] of Object.entries(FIXTURES)) {
    const array = read(bytesOf(fixture.npy));
    assert.equal(npyTypeText(array.type), fixture.descr, name);
    if (fixture.item !== undefined) assert.deepEqual(plainValue(asItem(array, PLACE)), fixture.item, name);
    else assert.deepEqual(plainValue(array), { shape: fixture.shape, values: fixture.values }, name);
  }
});

const NUMBERS: fc.Arbitrary<NpyNumbers> = fc.oneof(
  fc.uint8Array(),
  fc.int8Array(),
  fc.uint16Array(),
  fc.int16Array(),
  fc.uint32Array(),
  fc.int32Array(),
  fc.bigInt64Array(),
  fc.bigUint64Array(),
  fc.float32Array(),
  fc.float64Array(),
);

Deno.test("writeNpy() and readNpy() give every array back", () => {
  fc.assert(fc.property(NUMBERS, fc.boolean(), (values, column) => {
    const shape = column ? [values.length, 1] : [values.length];
    const array = read(writeNpy(values, shape));
    assert.deepEqual(array.shape, shape);
    assert.deepEqual(array.values, values);
  }));
  assert.throws(() => writeNpy(new Float32Array(5), [2, 3]), RangeError);
});

Deno.test("writeNpy() writes the bytes that numpy writes", () => {
  assert.deepEqual(writeNpy(Float64Array.of(2.5), []), bytesOf(FIXTURES.scalar!.npy));
  assert.deepEqual(writeNpy(BigInt64Array.of(0n, 1n, 2n), [3]), bytesOf(FIXTURES.one!.npy));
  assert.deepEqual(writeNpy(new Float32Array(0), [0, 17, 3]), bytesOf(FIXTURES.empty!.npy));
});

Deno.test("readNpy() refuses files that are cut anywhere, or too long", () => {
  const whole = bytesOf(FIXTURES.le_f4_c!.npy);
  for (let length = 0; length < whole.length; length++) {
    refuses(whole.subarray(0, length), /a\.npy.*(\.npy array|whole header|must hold 48 bytes)/);
  }
  refuses(Uint8Array.of(...whole, 0), /must hold 48 bytes for its shape \(2, 3, 2\): 49 bytes/);
});

Deno.test("readNpy() refuses headers that are no plain dictionary", () => {
  const good = "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }";
  assert.deepEqual(read(file(good, new Uint8Array(4))).shape, [1]);
  assert.deepEqual(read(file(good.replaceAll("'", '"').replace("(1,)", "(1L, 1L)"), new Uint8Array(4))).shape, [1, 1]);
  const bad = [
    "",
    "{}",
    "{'descr': '<f4'",
    good.replace("(1,)", "(1)"),
    good.replace("(1,)", "1"),
    good.replace("(1,)", "(-1,)"),
    good.replace("(1,)", "(1.5,)"),
    good.replace("(1,)", "(True,)"),
    good.replace("False", "0"),
    good.replace("False", "None"),
    good.replace("'<f4'", "[('x', '<f4')]"),
    good.replace("'<f4'", "open('/etc/passwd')"),
    good.replace("descr", "desc"),
    good.replace("{", "{'more': True, "),
    good.replace("{", "{'descr': '<f8', "),
    `${good} + 1`,
    "{'descr': '<f4' 'fortran_order': False 'shape': (1,)}",
  ];
  for (const header of bad) refuses(file(header, new Uint8Array(4)), /a\.npy, header: must be a dictionary/);
  for (const type of ["<c8", "<M8[s]", "<f16", "f4", "|V4", "<i3", "<f", "<U"]) {
    refuses(file(good.replace("<f4", type), new Uint8Array(4)), /a\.npy, descr: must/);
  }
  refuses(file(good.replace("(1,)", "(999999999999999, 0, 999999999999999)")), /must have a shape that can be counted/);
  refuses(file(good.padEnd(65_530), new Uint8Array(4), 3), /must have a header of at most 65536 bytes: 65542 bytes/);
  refuses(file(good, new Uint8Array(4), 9), /must be \.npy of version 1, 2 or 3: version 9/);
});

Deno.test("readNpy() refuses texts of what is no character", () => {
  const header = "{'descr': '<U1', 'fortran_order': False, 'shape': (1,), }";
  refuses(file(header, Uint8Array.of(255, 255, 255, 255)), /must hold characters of Unicode/);
});

Deno.test("readNpy() on damaged files gives arrays or an InputError, nothing else", () => {
  const names = Object.keys(FIXTURES);
  fc.assert(
    fc.property(
      fc.constantFrom(...names),
      fc.array(fc.tuple(fc.nat(400), fc.nat(255)), { minLength: 1, maxLength: 4 }),
      (name, changes) => {
        const bytes = bytesOf(FIXTURES[name]!.npy);
        for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
        try {
          read(bytes);
        } catch (error) {
          assert.ok(error instanceof InputError, String(error));
        }
      },
    ),
    { numRuns: 2000, seed: 1 },
  );
});

Deno.test("asNumbers() widens integers and refuses what float64 cannot hold", () => {
  const numbers = (values: NpyNumbers) => [...asNumbers(read(writeNpy(values, [values.length])), PLACE)];
  assert.deepEqual(numbers(Int8Array.of(-1, 2)), [-1, 2]);
  assert.deepEqual(numbers(BigInt64Array.of(-(2n ** 53n) + 1n)), [-(2 ** 53) + 1]);
  assert.throws(
    () => numbers(BigUint64Array.of(2n ** 53n)),
    /a\.npy: must hold integers below 2\^53: 9007199254740992/,
  );
  assert.throws(() => asNumbers(read(bytesOf(FIXTURES.text_u!.npy)), PLACE), /must be an array of numbers/);
});
