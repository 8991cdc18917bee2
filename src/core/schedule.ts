/**
 * Noise schedules: how much of the clean state is left at each step.
 *
 * Step `k` of `K` keeps the share `alphaBar[k]` of the clean state's variance:
 * `state_k = sqrt(alphaBar_k) clean + sqrt(1 - alphaBar_k) noise` (paper section 2; its alpha is cumulative).
 *
 * @module
 */

/** A noise schedule. */
export interface Schedule {
  /** Cumulative shares, `[steps]`, strictly falling, each in (0, 1]. Entry 0 is the least noisy step. */
  readonly alphaBar: Float64Array;
}

/**
 * Schedule from explicit shares, as a manifest gives them.
 *
 * @param alphaBar Cumulative shares, least noisy first.
 * @returns The schedule, with its own copy of the numbers.
 * @throws {RangeError} If there are none, one is outside (0, 1], or they do not fall strictly.
 */
export function explicitSchedule(alphaBar: ArrayLike<number>): Schedule {
  const values = Float64Array.from(alphaBar);
  if (values.length === 0) throw new RangeError("Cannot make a schedule as it must have at least 1 step: 0");
  values.forEach((value, step) => {
    const below = step === 0 ? 1 : values[step - 1]!;
    if (!(value > 0 && value <= 1) || (step > 0 && value >= below)) {
      throw new RangeError(
        `Cannot make a schedule as alphaBar must fall strictly within (0, 1]: entry ${step} is ${value} after ${below}`,
      );
    }
  });
  return { alphaBar: values };
}

/** Running product of `1 - beta`. */
function fromBetas(betas: readonly number[]): Schedule {
  let product = 1;
  return explicitSchedule(betas.map((beta) => product *= 1 - beta));
}

function checkSteps(steps: number): void {
  if (!Number.isSafeInteger(steps) || steps < 1) {
    throw new RangeError(`Cannot make a schedule as steps must be an integer from 1: ${steps}`);
  }
}

/** Options of {@link linearSchedule}. */
export interface LinearScheduleOptions {
  /** Share of noise that step 0 adds, in (0, 1). */
  readonly first: number;
  /** Share of noise that the last step adds, in (0, 1). */
  readonly last: number;
}

/**
 * Betas on a straight line. The authors' code uses 51 steps from 1e-4 to 1e-3, which never comes near pure noise; 50
 * steps from 0.002 to 0.4 do (paper file, section 4.2).
 *
 * @param steps How many steps, from 1.
 * @param options First and last beta.
 * @returns The schedule.
 * @throws {RangeError} If `steps` is not a positive integer or a beta is outside (0, 1).
 */
export function linearSchedule(steps: number, options: LinearScheduleOptions): Schedule {
  const { first, last } = options;
  checkSteps(steps);
  for (const beta of [first, last]) {
    if (!(beta > 0 && beta < 1)) {
      throw new RangeError(`Cannot make a linear schedule as betas must lie inside (0, 1): ${beta}`);
    }
  }
  const slope = steps === 1 ? 0 : (last - first) / (steps - 1);
  return fromBetas(Array.from({ length: steps }, (_, k) => first + slope * k));
}

/** Options of {@link cosineSchedule}. */
export interface CosineScheduleOptions {
  /**
   * Shift that keeps the first betas from vanishing.
   * @default {0.008}
   */
  readonly offset?: number;
  /**
   * Largest share of noise that one step may add.
   * @default {0.999}
   */
  readonly maxBeta?: number;
}

/**
 * Shares that fall like a squared cosine (Nichol and Dhariwal, "Improved denoising diffusion probabilistic models",
 * 2021): `g(u) = cos^2((u / steps + offset) / (1 + offset) * pi / 2)`, `beta_k = min(1 - g(k + 1) / g(k), maxBeta)`.
 *
 * @param steps How many steps, from 1.
 * @param options Offset and clip.
 * @returns The schedule.
 * @throws {RangeError} If `steps` is not a positive integer, `offset` is negative or `maxBeta` is outside (0, 1).
 */
export function cosineSchedule(steps: number, options: CosineScheduleOptions = {}): Schedule {
  const { offset = 0.008, maxBeta = 0.999 } = options;
  checkSteps(steps);
  if (!(offset >= 0)) throw new RangeError(`Cannot make a cosine schedule as offset must be at least 0: ${offset}`);
  if (!(maxBeta > 0 && maxBeta < 1)) {
    throw new RangeError(`Cannot make a cosine schedule as maxBeta must lie inside (0, 1): ${maxBeta}`);
  }
  const level = (u: number): number => Math.cos((((u / steps + offset) / (1 + offset)) * Math.PI) / 2) ** 2;
  return fromBetas(Array.from({ length: steps }, (_, k) => Math.min(1 - level(k + 1) / level(k), maxBeta)));
}
