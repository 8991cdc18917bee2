/**
 * How many steps and sets fit into a budget of time.
 *
 * @module
 */

/** Steps and pose sets of a person in a frame. */
export interface Effort {
  /** DDIM steps. */
  readonly steps: number;
  /** Pose sets. */
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

/** Choices from the least to the best: first both grow a little, then sets, which help the hard joints, then steps. */
export const EFFORTS: readonly Effort[] = [
  [1, 1],
  [1, 2],
  [2, 2],
  [2, 3],
  [2, 5],
  [4, 5],
  [4, 10],
  [4, 20],
  [8, 20],
].map(([steps, sets]) => ({ steps: steps!, sets: sets! }));

/** Milliseconds from one person and frame to the next. */
export function effortCost({ steps, sets }: Effort, { fixed, beside, encode, run, set }: EffortCosts): number {
  return fixed + Math.max(beside, encode + steps * (run + sets * set));
}

/**
 * The best choice that the budget allows. The same costs and request give the same choice.
 *
 * @param costs What was measured.
 * @param request Budget, and steps or sets that are given.
 * @returns The last of {@link EFFORTS} whose cost is within the budget; the first one, marked, when none is.
 * @throws {RangeError} If the budget is not above 0.
 */
export function chooseEffort(costs: EffortCosts, request: EffortRequest): EffortChoice {
  const { budget, steps, sets } = request;
  if (!(budget > 0)) throw new RangeError(`Cannot choose steps and sets as the budget must be above 0 ms: ${budget}`);
  const choices = EFFORTS.map((each) => {
    const effort = { steps: steps ?? each.steps, sets: sets ?? each.sets };
    return { ...effort, cost: effortCost(effort, costs) };
  });
  const best = choices.findLast(({ cost }) => cost <= budget);
  return best === undefined ? { ...choices[0]!, fits: false } : { ...best, fits: true };
}
