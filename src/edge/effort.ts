/**
 * How many steps and hypotheses fit into a budget of computing time.
 *
 * @module
 */

/** Steps and hypotheses. */
export interface Effort {
  /** DDIM steps. */
  readonly steps: number;
  /** Sampled poses a frame. */
  readonly hypotheses: number;
}

/** What a window costs, ms. */
export interface WindowCosts {
  /** The context encoder and what else is done once. */
  readonly fixed: number;
  /** One run of the denoiser, without its hypotheses. */
  readonly run: number;
  /** Each hypothesis in a run of the denoiser. */
  readonly hypothesis: number;
}

/** Measured on two cores of an AMD EPYC with AVX-512, one thread, int8 weights (`bench/edge.ts`). */
export const FIRST_COSTS: WindowCosts = Object.freeze({ fixed: 13, run: 1.5, hypothesis: 5 });

/**
 * Choices from the least to the best: hypotheses first, as the mean gains by them and the error bars are made of them, then
 * steps.
 */
const CHOICES: readonly Effort[] = [[1, 1], [1, 2], [2, 2], [2, 3], [2, 5], [3, 5], [5, 5], [5, 10], [10, 20]]
  .map(([steps, hypotheses]) => ({ steps: steps!, hypotheses: hypotheses! }));

/** What is asked for. */
export interface EffortRequest {
  /** Windows of the request. */
  readonly windows: number;
  /** Computing time, ms; `Infinity` takes the standard. */
  readonly budgetMs: number;
  /** What the client fixed. */
  readonly asked: Partial<Effort>;
  /** The pack's own choice; a budget never chooses more. */
  readonly standard: Effort;
}

/** A choice. */
export interface EffortChoice extends Effort {
  /** Computing time that it should take, ms. */
  readonly ms: number;
  /** False when even the least choice takes longer than the budget. */
  readonly fits: boolean;
}

/** Computing time of one window, ms. */
export function windowMs({ steps, hypotheses }: Effort, { fixed, run, hypothesis }: WindowCosts): number {
  return fixed + steps * (run + hypotheses * hypothesis);
}

/**
 * The best choice that the budget allows.
 *
 * @param costs What a window costs here.
 * @param request Windows, budget, what is fixed.
 */
export function chooseEffort(costs: WindowCosts, request: EffortRequest): EffortChoice {
  const { windows, budgetMs, asked, standard } = request;
  const smaller = CHOICES.filter(({ steps, hypotheses }) =>
    steps <= standard.steps && hypotheses <= standard.hypotheses
  );
  const choices = [...smaller, standard].map((each) => {
    const effort = { ...each, ...asked };
    return { ...effort, ms: windows * windowMs(effort, costs) };
  });
  const best = choices.findLast(({ ms }) => ms <= budgetMs);
  return best === undefined ? { ...choices[0]!, fits: false } : { ...best, fits: true };
}

/** Windows that the estimate looks back at. */
const REMEMBERED = 12;
/** How much longer a window takes while its code is still being compiled. */
const COLD = 1.3;

/**
 * The costs on this machine: the first guess times a factor, that of the fastest of the last windows. Slower ones tell of
 * what else the machine did, and the first ones of code that was being compiled: the guess itself, with a surcharge for that,
 * is only forgotten after so many windows.
 */
export class CostMeter {
  readonly #factors: number[] = new Array(REMEMBERED).fill(COLD);

  /** What a window costs by now. */
  get costs(): WindowCosts {
    const factor = Math.min(...this.#factors);
    const { fixed, run, hypothesis } = FIRST_COSTS;
    return { fixed: factor * fixed, run: factor * run, hypothesis: factor * hypothesis };
  }

  /** Adds a window that took `ms`. */
  add(effort: Effort, ms: number): void {
    this.#factors.push(ms / windowMs(effort, FIRST_COSTS));
    this.#factors.shift();
  }
}
