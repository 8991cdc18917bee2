/**
 * People of stills are looked at on this thread, until there are so many that workers are worth their start.
 *
 * @module
 */
import type { Session } from "../runtime/session.ts";
import type { DiffusionPose } from "../systems/diffusionpose/mod.ts";
import type { StillWorkers } from "./open_still_workers.ts";

/** The backbone and DiffusionPose, wherever they run. */
export interface StillHands {
  /** Graph `person` of the backbone. */
  readonly backbone: Session;
  /** Poses of people. */
  readonly estimate: DiffusionPose["estimate"];
}

/** Options of {@link joinWorkers}. */
export interface JoinWorkersOptions {
  /** Runs of the backbone here before workers are started. @default {32} */
  readonly after?: number;
  /** Told when no worker can be started; all is done here then. */
  readonly onWarning?: ((text: string) => void) | undefined;
}

/**
 * Two workers on two cores save a fifth of a person's time (`bench/diffusionpose.ts`), 30 ms; starting them takes both cores
 * for a second. So it never costs more than twice the best choice made beforehand.
 */
const AFTER = 32;

/**
 * Makes hands that workers join. Both must give the same bytes, so it does not matter who does what.
 *
 * @param here Does all there is until workers are ready.
 * @param open Starts workers. Called once at most.
 * @param options When.
 * @returns Hands; disposing ends the workers, and closes nothing of `here`.
 */
export function joinWorkers(
  here: StillHands,
  open: (signal: AbortSignal) => Promise<StillWorkers>,
  options: JoinWorkersOptions = {},
): StillHands & AsyncDisposable {
  const { after = AFTER, onWarning } = options;
  const stop = new AbortController();
  let runs = 0;
  let workers: StillWorkers | null = null;
  let opening: Promise<void> | null = null;
  const start = async (): Promise<void> => {
    try {
      workers = await open(stop.signal);
    } catch (error) {
      if (!stop.signal.aborted) {
        onWarning?.(`no worker could be started, people take turns: ${(error as Error).message}`);
      }
    }
  };
  return {
    backbone: {
      ...here.backbone,
      run: (feeds) => {
        if (workers !== null) return workers.look(feeds);
        if (runs++ >= after) opening ??= start();
        return here.backbone.run(feeds);
      },
      [Symbol.asyncDispose]: () => Promise.resolve(),
    },
    estimate: (people, given) => (workers ?? here).estimate(people, given),
    async [Symbol.asyncDispose]() {
      stop.abort();
      await opening;
      await workers?.[Symbol.asyncDispose]();
    },
  };
}
