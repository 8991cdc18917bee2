/**
 * What a request may ask for at most, so that it is refused with a reason where a host would kill the process.
 *
 * @module
 */

/** Limits of a handler. */
export interface Limits {
  /** Largest body, bytes. */
  readonly maxBodyBytes: number;
  /** Most frames of a request, those without anybody included. */
  readonly maxFrames: number;
  /** Most people in a frame. */
  readonly maxPeople: number;
  /** Most windows of a request: each is a run of the model over its frames of one person. */
  readonly maxWindows: number;
  /** Longest time for a body to arrive, ms. */
  readonly bodyMs: number;
  /** Longest time from the whole body to the end of the computation, waiting included, ms. */
  readonly workMs: number;
  /** Longest time in which a client takes nothing of a streamed answer, ms. */
  readonly stallMs: number;
  /** Requests that are computed at the same time. */
  readonly concurrency: number;
  /** Requests that wait for their turn; one more is refused. */
  readonly waiting: number;
  /** Bytes of bodies and streamed answers that are held at the same time, of all requests. */
  readonly maxBufferedBytes: number;
  /** Computing time that steps and hypotheses are chosen for where a request does not say, ms; `Infinity`: the pack's own. */
  readonly budgetMs: number;
  /** Largest computing time that a request may ask for, ms. */
  readonly maxBudgetMs: number;
}

const MIB = 2 ** 20;

/** For edge functions of 256 MB and two seconds of processor time. */
export const EDGE_LIMITS: Limits = Object.freeze({
  maxBodyBytes: 4 * MIB,
  maxFrames: 2000,
  maxPeople: 20,
  maxWindows: 400,
  bodyMs: 10_000,
  workMs: 30_000,
  stallMs: 10_000,
  concurrency: 1,
  waiting: 16,
  maxBufferedBytes: 24 * MIB,
  budgetMs: 1500,
  maxBudgetMs: 1500,
});

/** For a service on a machine of one's own. */
export const SERVICE_LIMITS: Limits = Object.freeze({
  maxBodyBytes: 32 * MIB,
  maxFrames: 20_000,
  maxPeople: 50,
  maxWindows: 5000,
  bodyMs: 30_000,
  workMs: 300_000,
  stallMs: 30_000,
  concurrency: 1,
  waiting: 64,
  maxBufferedBytes: 128 * MIB,
  budgetMs: Infinity,
  maxBudgetMs: 300_000,
});

/**
 * Fills in what is not given with {@link EDGE_LIMITS}.
 *
 * @param given Some limits.
 * @throws {RangeError} If one is no number from its least value on.
 */
export function limitsOf(given: Partial<Limits>): Limits {
  const limits = { ...EDGE_LIMITS, ...given };
  for (const [name, value] of Object.entries(limits)) {
    const least = name === "waiting" ? 0 : 1;
    if (!(value >= least)) throw new RangeError(`Cannot serve as ${name} must be at least ${least}: ${value}`);
  }
  return limits;
}
