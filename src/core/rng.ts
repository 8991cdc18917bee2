/**
 * Random numbers that are counted, not drawn: the n-th number of (seed, person, frame, hypothesis) is a pure function of
 * these, so any window can be recomputed alone, in any order, on any worker.
 *
 * The generator is Philox 4x32 with 10 rounds (Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as 1, 2, 3",
 * SC 2011, the Random123 paper).
 *
 * @module
 */

/** Where a stream of random numbers starts. All numbers are non-negative integers. */
export interface RngKey {
  /** Seed of the whole run, up to `Number.MAX_SAFE_INTEGER`. */
  readonly seed: number;
  /**
   * Identity of the person, below 2^32.
   * @default {0}
   */
  readonly person?: number;
  /**
   * Frame index, below 2^32.
   * @default {0}
   */
  readonly frame?: number;
  /**
   * Which of the poses that are sampled together, below 2^32.
   * @default {0}
   */
  readonly hypothesis?: number;
  /**
   * What the numbers are for, below 2048, so that two uses never share numbers.
   * @default {0}
   */
  readonly stream?: number;
}

/** A stream of random numbers. */
export interface Rng {
  /** The next 32 random bits, 0..2^32 - 1. */
  nextUint32(): number;
  /** The next number in `[0, 1)`, a multiple of 2^-32. */
  nextUniform(): number;
}

const ROUNDS = 10;
const MULTIPLIER_0 = 0xd2511f53;
const MULTIPLIER_1 = 0xcd9e8d57;
const WEYL_0 = 0x9e3779b9;
const WEYL_1 = 0xbb67ae85;
const TWO_32 = 2 ** 32;
const STREAM_SHIFT = 21; // Bits of a safe integer above its low 32.

/**
 * Upper 32 bits of the product of two unsigned 32-bit numbers, by 16-bit halves. Bits only, whatever the sign: noise is a
 * good part of what a window costs beside its networks, and doubles take longer.
 */
function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const middle = (Math.imul(aHigh, bLow) + (Math.imul(aLow, bLow) >>> 16)) | 0; // Below 2^32: nothing is lost.
  const carry = (Math.imul(aLow, bHigh) + (middle & 0xffff)) | 0;
  return (Math.imul(aHigh, bHigh) + (middle >>> 16) + (carry >>> 16)) | 0;
}

/**
 * One block of Philox 4x32-10: 128 random bits from a counter and a key.
 *
 * @param counter Four unsigned 32-bit words.
 * @param key Two unsigned 32-bit words.
 * @param out Where to write. Default: a new array.
 * @returns Four unsigned 32-bit words.
 */
export function philox4x32(
  counter: Uint32Array,
  key: Uint32Array,
  out: Uint32Array = new Uint32Array(4),
): Uint32Array {
  let c0 = counter[0]! | 0;
  let c1 = counter[1]! | 0;
  let c2 = counter[2]! | 0;
  let c3 = counter[3]! | 0;
  let k0 = key[0]! | 0;
  let k1 = key[1]! | 0;
  for (let round = 0; round < ROUNDS; round++) {
    const high0 = multiplyHigh(MULTIPLIER_0, c0);
    const high1 = multiplyHigh(MULTIPLIER_1, c2);
    const low0 = Math.imul(MULTIPLIER_0, c0);
    const low1 = Math.imul(MULTIPLIER_1, c2);
    c0 = high1 ^ c1 ^ k0;
    c1 = low1;
    c2 = high0 ^ c3 ^ k1;
    c3 = low0;
    k0 = (k0 + WEYL_0) | 0;
    k1 = (k1 + WEYL_1) | 0;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
  return out;
}

function checkPart(part: string, value: number, limit: number): void {
  if (!Number.isSafeInteger(value) || value < 0 || value >= limit) {
    throw new RangeError(`Cannot start random numbers as ${part} must be an integer from 0 below ${limit}: ${value}`);
  }
}

/**
 * Starts the stream of a key. Counter words: block, person, frame, hypothesis; key words: low half of the seed, high
 * half of the seed with the stream above it. A stream holds 2^34 numbers, then repeats.
 *
 * @param key Seed and place.
 * @returns A stream at its first number.
 * @throws {RangeError} If a part of the key is negative, fractional or too large.
 *
 * @example
 * ```ts
 * import { createRng } from "./rng.ts";
 * import assert from "node:assert/strict";
 *
 * const alone = createRng({ seed: 7, frame: 120 }).nextUniform();
 * createRng({ seed: 7, frame: 119 }).nextUniform();
 * assert.equal(createRng({ seed: 7, frame: 120 }).nextUniform(), alone);
 * ```
 */
export function createRng(key: RngKey): Rng {
  const { seed, person = 0, frame = 0, hypothesis = 0, stream = 0 } = key;
  checkPart("seed", seed, 2 ** 53);
  checkPart("person", person, TWO_32);
  checkPart("frame", frame, TWO_32);
  checkPart("hypothesis", hypothesis, TWO_32);
  checkPart("stream", stream, 2 ** (32 - STREAM_SHIFT));
  const counter = Uint32Array.of(0, person, frame, hypothesis);
  const words = Uint32Array.of(seed, Math.floor(seed / TWO_32) + stream * 2 ** STREAM_SHIFT);
  const block = new Uint32Array(4);
  let used = 4;
  const nextUint32 = (): number => {
    if (used === 4) {
      philox4x32(counter, words, block);
      counter[0] = counter[0]! + 1;
      used = 0;
    }
    return block[used++]!;
  };
  return { nextUint32, nextUniform: () => nextUint32() / TWO_32 };
}
