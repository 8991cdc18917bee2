import assert from "node:assert/strict";
import fc from "fast-check";
import { fillNormal } from "../../src/core/normal.ts";
import { createRng, type Rng } from "../../src/core/rng.ts";

/** Four standard errors: one in 16,000 honest generators would fail, and the seeds below are fixed. */
const STANDARD_ERRORS = 4;
/** Of numbers below 7, by series that are cut where a term is below 1e-16. */
const TOLERANCE = 1e-14;

/** A stream of given words. */
function streamOf(...words: number[]): Rng {
  const nextUint32 = (): number => words.shift()!;
  return { nextUint32, nextUniform: () => nextUint32() / 2 ** 32 };
}

Deno.test("fillNormal() is the Box-Muller transform, all round the turn", () => {
  const word = fc.integer({ min: 0, max: 2 ** 32 - 1 });
  const eighths = [...Array(9).keys()].flatMap((k) => [-1, 0, 1].map((d) => (k * 2 ** 29 + d + 2 ** 32) % 2 ** 32));
  const turn = fc.oneof(word, fc.constantFrom(...eighths));
  fc.assert(
    fc.property(word, turn, (a, b) => {
      const radius = Math.sqrt(-2 * Math.log((a + 1) / 2 ** 32));
      const angle = (2 * Math.PI * b) / 2 ** 32;
      const [x, y] = fillNormal(new Float64Array(2), streamOf(a, b));
      assert.ok(Math.abs(x! - radius * Math.cos(angle)) < TOLERANCE, `${a}, ${b}: ${x}`);
      assert.ok(Math.abs(y! - radius * Math.sin(angle)) < TOLERANCE, `${a}, ${b}: ${y}`);
    }),
    { numRuns: 3000 },
  );
});

Deno.test("fillNormal() gives the float32 numbers that Math.cos and Math.sin give", () => {
  const [found, words] = [fillNormal(new Float32Array(200_000), createRng({ seed: 3 })), createRng({ seed: 3 })];
  for (let i = 0; i < found.length; i += 2) {
    const radius = Math.sqrt(-2 * Math.log((words.nextUint32() + 1) / 2 ** 32));
    const angle = (2 * Math.PI * words.nextUint32()) / 2 ** 32;
    assert.equal(found[i], Math.fround(radius * Math.cos(angle)));
    assert.equal(found[i + 1], Math.fround(radius * Math.sin(angle)));
  }
});

Deno.test("fillNormal() has mean 0, variance 1 and the fourth moment 3", () => {
  const values = fillNormal(new Float64Array(40_000), createRng({ seed: 12 }));
  const moment = (power: number): number => values.reduce((sum, value) => sum + value ** power, 0) / values.length;
  const error = (variance: number): number => STANDARD_ERRORS * Math.sqrt(variance / values.length);
  assert.ok(Math.abs(moment(1)) < error(1));
  assert.ok(Math.abs(moment(2) - 1) < error(2)); // var(z^2) = 2
  assert.ok(Math.abs(moment(4) - 3) < error(96)); // var(z^4) = 105 - 9
});

Deno.test("fillNormal() of an odd length begins like that of an even length", () => {
  fc.assert(fc.property(fc.maxSafeNat(), fc.nat(20), (seed, half) => {
    const even = fillNormal(new Float64Array(2 * half + 2), createRng({ seed }));
    const odd = fillNormal(new Float64Array(2 * half + 1), createRng({ seed }));
    assert.deepEqual(odd, even.slice(0, -1));
    assert.ok(even.every((value) => Math.abs(value) < 6.67));
  }));
});
