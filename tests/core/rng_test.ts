import assert from "node:assert/strict";
import fc from "fast-check";
import { createRng, philox4x32, type RngKey } from "../../src/core/rng.ts";

// Random123 distribution, file tests/kat_vectors, the three lines "philox4x32 10": counter, key, answer.
const KNOWN_ANSWERS = [
  "00000000 00000000 00000000 00000000 00000000 00000000 6627e8d5 e169c58d bc57ac4c 9b00dbd8",
  "ffffffff ffffffff ffffffff ffffffff ffffffff ffffffff 408f276d 41c83b0e a20bc7c6 6d5451fd",
  "243f6a88 85a308d3 13198a2e 03707344 a4093822 299f31d0 d16cfe09 94fdcceb 5001e420 24126ea1",
];

const keys: fc.Arbitrary<RngKey> = fc.record({
  seed: fc.maxSafeNat(),
  person: fc.nat(),
  frame: fc.nat(),
  hypothesis: fc.nat(100),
  stream: fc.nat(2047),
});

/** Four standard errors: one in 16,000 honest generators would fail, and the seeds below are fixed. */
const STANDARD_ERRORS = 4;

Deno.test("philox4x32() gives the known answers of Random123", () => {
  for (const line of KNOWN_ANSWERS) {
    const words = Uint32Array.from(line.split(" "), (word) => parseInt(word, 16));
    assert.deepEqual(philox4x32(words.slice(0, 4), words.slice(4, 6)), words.slice(6));
  }
});

Deno.test("philox4x32() leaves counter and key alone", () => {
  const counter = Uint32Array.of(1, 2, 3, 4);
  const key = Uint32Array.of(5, 6);
  philox4x32(counter, key);
  assert.deepEqual([...counter, ...key], [1, 2, 3, 4, 5, 6]);
});

Deno.test("createRng() begins with the known answer of counter zero and key zero", () => {
  const rng = createRng({ seed: 0 });
  const words = Array.from({ length: 4 }, () => rng.nextUint32());
  assert.deepEqual(words, [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]);
});

Deno.test("createRng() gives the same numbers for a key, whatever ran before or runs beside it", () => {
  fc.assert(fc.property(keys, keys, (key, other) => {
    const alone = createRng(key);
    const expected = Array.from({ length: 9 }, () => alone.nextUint32());
    const mixed = createRng(key);
    const beside = createRng(other);
    const found = Array.from({ length: 9 }, () => {
      beside.nextUint32();
      return mixed.nextUint32();
    });
    assert.deepEqual(found, expected);
  }));
});

Deno.test("createRng() gives other numbers as soon as any part of the key differs", () => {
  const base: RngKey = { seed: 2 ** 40 + 1, person: 2, frame: 3, hypothesis: 4, stream: 5 };
  const changed: RngKey[] = [
    base,
    { ...base, seed: base.seed + 1 },
    { ...base, seed: base.seed + 2 ** 32 },
    { ...base, person: 3 },
    { ...base, frame: 4 },
    { ...base, hypothesis: 5 },
    { ...base, stream: 6 },
  ];
  const starts = changed.map((key) => {
    const rng = createRng(key);
    return `${rng.nextUint32()} ${rng.nextUint32()}`;
  });
  assert.equal(new Set(starts).size, changed.length);
});

Deno.test("createRng() refuses parts that are negative, fractional or too large", () => {
  const wrong: RngKey[] = [
    { seed: -1 },
    { seed: 0.5 },
    { seed: NaN },
    { seed: 2 ** 53 },
    { seed: 0, person: 2 ** 32 },
    { seed: 0, frame: -1 },
    { seed: 0, hypothesis: 1.5 },
    { seed: 0, stream: 2048 },
  ];
  for (const key of wrong) assert.throws(() => createRng(key), RangeError, JSON.stringify(key));
});

Deno.test("nextUniform() stays in [0, 1) and has mean 1/2", () => {
  const rng = createRng({ seed: 11 });
  const count = 20_000;
  let sum = 0;
  for (let i = 0; i < count; i++) {
    const value = rng.nextUniform();
    assert.ok(value >= 0 && value < 1);
    sum += value;
  }
  assert.ok(Math.abs(sum / count - 0.5) < STANDARD_ERRORS * Math.sqrt(1 / 12 / count));
});
