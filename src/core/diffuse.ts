/**
 * The forward process: a clean state with noise.
 *
 * @module
 */

import { checkShape } from "./errors.ts";

/** Options of {@link diffuse}. */
export interface DiffuseOptions {
  /** Share of the clean state's variance that is kept, 0..1. */
  readonly alphaBar: number;
  /** Where to write; may be `clean` itself. Default: a new array. */
  readonly out?: Float32Array;
}

/**
 * State at a step in closed form: `sqrt(alphaBar) clean + sqrt(1 - alphaBar) noise` (paper section 3). For the mixture
 * start of section 4.2, give it whitened, shifted states.
 *
 * @param clean The clean state, any layout.
 * @param noise Standard normal numbers, as many.
 * @param options The share kept, an optional `out`.
 * @returns The noisy state.
 * @throws {ShapeError} If an array is not as long as `clean`.
 * @throws {RangeError} If `alphaBar` is outside [0, 1].
 */
export function diffuse(clean: Float32Array, noise: Float32Array, options: DiffuseOptions): Float32Array {
  const { alphaBar, out = new Float32Array(clean.length) } = options;
  if (!(alphaBar >= 0 && alphaBar <= 1)) {
    throw new RangeError(`Cannot add noise as alphaBar must lie within [0, 1]: ${alphaBar}`);
  }
  for (const array of [noise, out]) checkShape("add noise", [clean.length], array.length);
  const signal = Math.sqrt(alphaBar);
  const spread = Math.sqrt(1 - alphaBar);
  for (let i = 0; i < clean.length; i++) out[i] = signal * clean[i]! + spread * noise[i]!;
  return out;
}
