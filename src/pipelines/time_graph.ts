/**
 * How long a call of a session takes.
 *
 * @module
 */
import type { Session, Tensor } from "../runtime/session.ts";

/** Times of the calls of one graph, ms. */
export interface CallTimes {
  /** Calls that count; those that warm up do not. */
  readonly calls: number;
  /** Half of the calls took no longer. */
  readonly median: number;
  /** A quarter of the calls took no longer. */
  readonly lower: number;
  /** Three quarters of the calls took no longer. */
  readonly upper: number;
  /** The fastest call. */
  readonly least: number;
}

/** Options of {@link timeGraph}. */
export interface TimeGraphOptions {
  /** Seconds after which no call begins; there are always {@link FEWEST_CALLS}. */
  readonly seconds: number;
  /** Stops between two calls. */
  readonly signal: AbortSignal;
  /** A clock, ms. @default {performance.now} */
  readonly now?: () => number;
}

/** Calls that always count. */
export const FEWEST_CALLS = 3;
/** Calls after which the figures do not change any more. */
const MOST_CALLS = 1000;

/** Numbers between -1 and 1, the same ones each time. */
function anyNumbers(count: number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => Math.sin(i + 1));
}

/** Linear between the two neighbours, as NumPy does it. */
function quantile(sorted: readonly number[], share: number): number {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below]! + (place - below) * (sorted[above]! - sorted[below]!);
}

/**
 * Times a session. A tenth of the time, and at least one call, is spent before the first call that counts: code is compiled
 * and memory taken in them.
 *
 * @param session What is timed.
 * @param dims Sizes of its inputs, by name.
 * @param options How long, and when to stop.
 * @throws The signal's reason, if that is aborted.
 */
export async function timeGraph(
  session: Pick<Session, "run">,
  dims: Readonly<Record<string, readonly number[]>>,
  options: TimeGraphOptions,
): Promise<CallTimes> {
  const { seconds, signal, now = () => performance.now() } = options;
  const feeds: Record<string, Tensor> = Object.fromEntries(
    Object.entries(dims).map(([name, sizes]) => {
      const data = anyNumbers(sizes.reduce((product, size) => product * size, 1));
      return [name, { data, dims: sizes }];
    }),
  );
  const call = async (): Promise<number> => {
    signal.throwIfAborted();
    const started = now();
    await session.run(feeds);
    return now() - started;
  };
  const begun = now();
  do await call(); while (now() - begun < 100 * seconds);
  const times: number[] = [];
  while (times.length < FEWEST_CALLS || (times.length < MOST_CALLS && now() - begun < 1000 * seconds)) {
    times.push(await call());
  }
  const sorted = times.sort((a, b) => a - b);
  return {
    calls: sorted.length,
    median: quantile(sorted, 0.5),
    lower: quantile(sorted, 0.25),
    upper: quantile(sorted, 0.75),
    least: sorted[0]!,
  };
}
