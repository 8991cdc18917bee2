/** Golden arrays as the exporters of `training/` write them. @module */
import assert from "node:assert/strict";
import type { Tensor } from "../../../src/runtime/session.ts";

/** An input that is a formula. */
export interface Filled {
  /** Its shape. */
  readonly shape: number[];
  /** Least value. */
  readonly low: number;
  /** Greatest value. */
  readonly high: number;
  /** Where the formula begins. */
  readonly shift: number;
}

/** Some values of an output, and its mean. */
export interface Some {
  /** Its shape. */
  readonly shape: number[];
  /** Mean of all values. */
  readonly mean: number;
  /** Flat places. */
  readonly at: number[];
  /** Values there. */
  readonly values: number[];
}

/** The fixtures' formula: numbers that any language makes alike. */
export function filled({ shape, low, high, shift }: Filled): Tensor {
  const data = new Float32Array(shape.reduce((product, size) => product * size, 1));
  for (let i = 0; i < data.length; i++) {
    let value = Math.imul(i + 1 + shift, 2654435761) >>> 0;
    value = Math.imul(value ^ (value >>> 16), 2654435761) >>> 0;
    data[i] = low + (high - low) * (value / 2 ** 32);
  }
  return { data, dims: shape };
}

/** Asserts that an array holds what the fixture says of it. */
export function assertSome(
  data: Float32Array,
  { at, values, mean, shape }: Some,
  tolerance: number,
  what: string,
): void {
  assert.equal(data.length, shape.reduce((product, size) => product * size, 1), what);
  at.forEach((place, i) => {
    assert.ok(Math.abs(data[place]! - values[i]!) <= tolerance, `${what}[${place}]: ${data[place]} and ${values[i]}`);
  });
  assert.ok(Math.abs(data.reduce((sum, value) => sum + value, 0) / data.length - mean) <= tolerance, `mean of ${what}`);
}

/** Asserts that two arrays hold the same bytes, without the large difference that a failing deepEqual would make. */
export function assertSameBytes(found: Float32Array, wanted: Float32Array, what: string): void {
  assert.equal(found.length, wanted.length, what);
  const at = found.findIndex((value, i) => !Object.is(value, wanted[i]));
  assert.equal(at, -1, `${what}[${at}]: ${found[at]} and ${wanted[at]}`);
}
