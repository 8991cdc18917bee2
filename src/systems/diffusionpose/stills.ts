/**
 * DiffusionPose (arXiv 2306.17074) as a pure function of people: features of crops in, poses out.
 *
 * @module
 */
import type { StillEstimate, StillModel, StillOptions, StillPerson } from "./types.ts";

/**
 * Generates the heatmaps of people. Pure: the same person, options and model give the same bytes on WASM, whoever else is in
 * the call.
 *
 * @param model An opened pack.
 * @param people Features of one crop each; any number.
 * @param options Steps, hypotheses, sampler, seed, size of a batch, signal.
 * @returns One estimate a person, in their order.
 * @throws {RangeError} If an option is out of range, or several hypotheses are asked of `feedback`.
 */
export function estimateStills(
  model: StillModel,
  people: readonly StillPerson[],
  options: StillOptions = {},
): Promise<StillEstimate[]> {
  return Promise.reject(new Error(`Cannot estimate yet: ${model.settings.cells} ${people.length} ${options.steps}`));
}
