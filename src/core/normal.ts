/**
 * Normal numbers out of a stream of random bits.
 *
 * @module
 */
import type { Rng } from "./rng.ts";

const TWO_32 = 2 ** 32;
/** An angle for each of 2^32 parts of a turn. */
const PART = (2 * Math.PI) / TWO_32;
/** An eighth of a turn, and the bits of a number of parts that tell quarters. */
const EIGHTH = 2 ** 29;
const QUARTER_SHIFT = 30;

/**
 * Fills an array with standard normal numbers by the Box-Muller transform: `sqrt(-2 ln u) cos(2 pi v)` and the same with
 * sin, where u = (a + 1) / 2^32 and v = b / 2^32 come from two successive words a, b. No number is beyond 6.67. An array
 * of odd length takes its last number from a pair whose other half is dropped.
 *
 * Cosine and sine are summed here, within 1e-15: `Math.cos` and `Math.sin` take half of the time of the whole, and noise is
 * a good part of what a window costs beside its networks.
 *
 * @param out The array to fill.
 * @param rng The stream; it moves on by `out.length` words, rounded up to even.
 * @returns `out`.
 */
export function fillNormal<T extends Float32Array | Float64Array>(out: T, rng: Rng): T {
  for (let i = 0; i < out.length; i += 2) {
    const radius = Math.sqrt(-2 * Math.log((rng.nextUint32() + 1) / TWO_32));
    const parts = rng.nextUint32();
    // The angle is a number of quarter turns and a rest within an eighth of a turn to both sides.
    const quarters = (parts + EIGHTH) >>> QUARTER_SHIFT;
    const rest = ((parts - (quarters << QUARTER_SHIFT)) | 0) * PART;
    const square = rest * rest;
    const cos = cosine(square);
    const sin = rest * sineShare(square);
    const odd = (quarters & 1) === 1;
    const across = odd ? sin : cos;
    out[i] = radius * (((quarters + 1) & 2) === 0 ? across : -across);
    if (i + 1 < out.length) {
      const up = odd ? cos : sin;
      out[i + 1] = radius * ((quarters & 2) === 0 ? up : -up);
    }
  }
  return out;
}

/** Taylor's series of cos x in x^2, to x^16; x within an eighth of a turn. */
function cosine(s: number): number {
  const low = 1 / 24 + s * (-1 / 720 + s * (1 / 40320 + s * (-1 / 3628800)));
  const high = 1 / 479001600 + s * (-1 / 87178291200 + s * (1 / 20922789888000));
  return 1 + s * (-1 / 2 + s * (low + s * s * s * s * high));
}

/** Taylor's series of sin x / x in x^2, to x^14. */
function sineShare(s: number): number {
  const low = 1 / 120 + s * (-1 / 5040 + s * (1 / 362880 + s * (-1 / 39916800)));
  const high = 1 / 6227020800 + s * (-1 / 1307674368000);
  return 1 + s * (-1 / 6 + s * (low + s * s * s * s * high));
}
