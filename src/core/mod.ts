/**
 * Numbers only, no input or output: random numbers, schedules, the sampler, mixtures, heatmaps, crops, the virtual
 * camera, windows, alignment.
 *
 * @module
 */

export { checkShape, InputError, ShapeError } from "./errors.ts";
export { createRng, fillNormal, philox4x32, type Rng, type RngKey } from "./rng.ts";
