/**
 * How many steps and sets fit into a budget of time.
 *
 * @module
 */

/** Steps and sets of heatmaps of a person in a frame. */
export interface Effort {
  /** Steps of the sampler. */
  readonly steps: number;
  /** Sets: hypotheses that are sampled and averaged. */
  readonly sets: number;
}

/** What was measured on a device, milliseconds. */
export interface EffortCosts {
  /** Backbone passes that the window waits for. */
  readonly fixed: number;
  /** Work on other frames that is done at the same time as the encoder and the decoder; 0 where there is one thread. */
  readonly beside: number;
  /** The encoder. */
  readonly encode: number;
  /** One run of the decoder, without its sets. */
  readonly run: number;
  /** Each set in a run of the decoder. */
  readonly set: number;
}

/** What is asked for. */
export interface EffortRequest {
  /** Milliseconds a person and frame. */
  readonly budget: number;
  /** Steps that are given, not chosen. */
  readonly steps?: number;
  /** Sets that are given, not chosen. */
  readonly sets?: number;
}

/** A choice and its cost. */
export interface EffortChoice extends Effort {
  /** Milliseconds a person and frame, as far as was measured. */
  readonly cost: number;
  /** False when even the least choice costs more than the budget. */
  readonly fits: boolean;
}

/** Milliseconds from one person and frame to the next. */
export function effortCost({ steps, sets }: Effort, costs: EffortCosts): number {
  const { fixed, beside, encode, run, set } = costs;
  return fixed + Math.max(beside, encode + steps * (run + sets * set));
}

/**
 * The best choice that the budget allows. The same costs and request give the same choice.
 *
 * @param costs What was measured.
 * @param request Budget, and steps or sets that are given.
 * @param efforts What a system can do, from the least to the best.
 * @returns The last of `efforts` whose cost is within the budget; the first one, marked, when none is.
 * @throws {RangeError} If the budget is not above 0.
 */
export function chooseEffort(costs: EffortCosts, request: EffortRequest, efforts: readonly Effort[]): EffortChoice {
  const { budget, steps, sets } = request;
  if (!(budget > 0)) throw new RangeError(`Cannot choose steps and sets as the budget must be above 0 ms: ${budget}`);
  const choices = efforts.map((each) => {
    const effort = { steps: steps ?? each.steps, sets: sets ?? each.sets };
    return { ...effort, cost: effortCost(effort, costs) };
  });
  const best = choices.findLast(({ cost }) => cost <= budget);
  return best === undefined ? { ...choices[0]!, fits: false } : { ...best, fits: true };
}
