/**
 * How many WASM threads a graph gets, as a pure table.
 *
 * @module
 */

/** What decides about the threads. */
export interface ThreadFacts {
  /** Logical processor cores. */
  readonly cores: number;
  /** Size of the weights, in bytes. */
  readonly bytes: number;
  /** The pack's own measured choice, where it states one. */
  readonly preferred?: number | undefined;
}

/** A thread count and its reason. */
export interface ThreadPlan {
  /** Threads, at least 1. */
  readonly threads: number;
  /** The reason, as half a sentence. */
  readonly why: string;
}

/**
 * Below this size the hand-over between threads costs more than it gives. The batch counts more than the size (a 4 MB
 * graph took 6-8 ms on one thread and 13 ms on two with a batch of one, 722 and 288 ms with a batch of 512), but is not
 * known here: a pack whose graph runs in small batches states `threads: 1`.
 */
const SMALL_GRAPH_BYTES = 64 * 1024;

/** More threads than this gained nothing for graphs of this size. */
const MAX_AUTO_THREADS = 4;

/**
 * Picks a thread count: the caller's, else the pack's (never more than there are cores), else one for a small graph and
 * `min(4, cores)` for a large one.
 *
 * @param asked The caller's count, or undefined.
 * @param facts Cores and size.
 * @throws {RangeError} If `asked` is not a whole number from 1 to 64.
 */
export function planThreads(asked: number | undefined, facts: ThreadFacts): ThreadPlan {
  if (asked !== undefined) {
    if (!Number.isInteger(asked) || asked < 1 || asked > 64) {
      throw new RangeError(
        `Cannot plan threads as the count must be a whole number from 1 to 64: current value is ${asked}`,
      );
    }
    return { threads: asked, why: "asked for" };
  }
  const cores = Math.max(1, facts.cores);
  if (facts.preferred !== undefined) {
    return { threads: Math.min(facts.preferred, cores), why: `the pack prefers ${facts.preferred}, of ${cores} cores` };
  }
  if (facts.bytes < SMALL_GRAPH_BYTES) return { threads: 1, why: "a small graph" };
  return { threads: Math.min(MAX_AUTO_THREADS, cores), why: `a large graph, ${cores} cores` };
}
