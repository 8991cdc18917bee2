/**
 * Windows on two threads: most are computed in a worker, and when it falls behind, the thread that finds people computes one
 * itself instead of waiting. So neither of two cores rests, whichever of both has more to do.
 *
 * @module
 */
import type { DiffposeVideo } from "../systems/diffpose_video/mod.ts";

/** Who computes windows. */
export type WindowEstimator = Pick<DiffposeVideo, "estimate">;

/**
 * Windows that the worker has, the one that it computes included, before the next one is computed here: with fewer it runs dry
 * while a frame is searched, which takes as long as two windows.
 */
export const MOST_WAITING = 3;

/** Turns of events in which answers that have come are heard of: a turn may bring but one, or only a timer. */
const TURNS = 3;

/**
 * Shares windows between a worker and this thread. Both must give the same bytes, so it does not matter who computes what.
 *
 * @param worker Computes while this thread does other things.
 * @param here Computes on this thread.
 * @param most See {@link MOST_WAITING}.
 */
export function shareWindows(
  worker: WindowEstimator,
  here: WindowEstimator,
  most: number = MOST_WAITING,
): WindowEstimator {
  let waiting = 0;
  return {
    async estimate(window, options) {
      // The worker's answers may have come while this thread was at work: they are counted first.
      for (let turn = 0; turn < TURNS && waiting >= most; turn++) await turnOfEvents();
      if (waiting >= most) return await here.estimate(window, options);
      waiting++;
      try {
        return await worker.estimate(window, options);
      } finally {
        waiting--;
      }
    },
  };
}

/** Lets messages in that have come. */
function turnOfEvents(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
