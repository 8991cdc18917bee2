/**
 * Quantiles of the chi distribution: how far a Gaussian error goes from zero, in standard deviations.
 *
 * @module
 */

/** Gamma of 1/2, 1 and 3/2. */
const GAMMA: Readonly<Record<number, number>> = { 1: Math.sqrt(Math.PI), 2: 1, 3: Math.sqrt(Math.PI) / 2 };

/** Terms of the series at the largest argument that is asked for (x = 9: 40.5^n / n! falls below 1e-17 before). */
const TERMS = 200;

/** No level of use lies beyond this many standard deviations. */
const FARTHEST = 9;

/** Bisections of [0, 9] down to neighbouring doubles. */
const HALVINGS = 60;

/**
 * Probability that the length of a vector with independent standard normal entries is at most `x`: the series of the lower
 * incomplete gamma function, `P(d/2, x^2/2)`.
 *
 * @param x Length, at least 0.
 * @param dimensions 1, 2 or 3.
 */
export function chiCdf(x: number, dimensions: 1 | 2 | 3): number {
  const a = dimensions / 2;
  const z = (x * x) / 2;
  let term = 1 / a;
  let sum = term;
  for (let n = 1; n < TERMS; n++) {
    term *= z / (a + n);
    sum += term;
  }
  return Math.min((Math.pow(z, a) * Math.exp(-z) * sum) / GAMMA[dimensions]!, 1);
}

/**
 * The length that such a vector does not exceed with probability `level`. With one dimension 0.6827 gives 1.
 *
 * @param level Probability, 0..1, 1 excluded.
 * @param dimensions 1, 2 or 3.
 * @throws {RangeError} If `level` is outside of its range.
 */
export function chiQuantile(level: number, dimensions: 1 | 2 | 3): number {
  if (!(level >= 0 && level < 1)) {
    throw new RangeError(`Cannot take a quantile as its level must be at least 0 and below 1: ${level}`);
  }
  let [low, high] = [0, FARTHEST];
  for (let n = 0; n < HALVINGS; n++) {
    const middle = (low + high) / 2;
    if (chiCdf(middle, dimensions) < level) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
