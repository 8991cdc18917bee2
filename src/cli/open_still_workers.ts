/**
 * Opens the backbone and DiffusionPose in workers. Each does all that a person takes, on one thread: two people at a time on a
 * core each are done sooner than one after the other on two.
 *
 * @module
 */
import { InputError } from "../core/errors.ts";
import type { Dtype, Session } from "../runtime/session.ts";
import type { DiffusionPose } from "../systems/diffusionpose/mod.ts";
import type { StillWorkerFunctions } from "./still_worker_functions.ts";
import { AnswerError, type WorkerCalls, workerCalls } from "./worker_calls.ts";

/** Both packs, in workers. A call goes to whichever has least to do; calls overlap, as many as there are workers. */
export interface StillWorkers extends Pick<DiffusionPose, "estimate">, AsyncDisposable {
  /** Runs the backbone. */
  readonly look: Session["run"];
}

/** Options of {@link openStillWorkers}. */
export interface StillWorkersOptions {
  /** Pack of the backbone: name, folder or .zip. */
  readonly backbone: string;
  /** A DiffusionPose pack: name, folder or .zip. */
  readonly model: string;
  /** Which variant of its weights. */
  readonly dtype: Dtype;
  /** How many workers. */
  readonly count: number;
  /** Stops opening. */
  readonly signal?: AbortSignal;
}

/**
 * Starts workers and opens both packs in each of them, on WASM.
 *
 * @param options The packs, how many workers.
 * @throws {InputError} If a pack cannot be opened there.
 */
export async function openStillWorkers(options: StillWorkersOptions): Promise<StillWorkers> {
  const { backbone, model, dtype, count, signal } = options;
  await using stack = new AsyncDisposableStack();
  const workers = Array.from({ length: count }, (): WorkerCalls<StillWorkerFunctions> => {
    const worker = new Worker(new URL("./still_worker.ts", import.meta.url), { type: "module" });
    return stack.use(workerCalls<StillWorkerFunctions>(worker, `A worker of ${model}`));
  });
  try {
    await Promise.all(workers.map((worker) => worker.call("open", [backbone, model, dtype], signal)));
  } catch (error) {
    if (!(error instanceof AnswerError)) throw error;
    throw new InputError(`model ${model}`, "must open in a worker", error.message);
  }
  const idlest = (): WorkerCalls<StillWorkerFunctions> => workers.reduce((a, b) => b.busy < a.busy ? b : a);
  const opened = stack.move();
  return {
    look: (feeds) => idlest().call("look", [feeds]),
    async estimate(people, given = {}) {
      const { signal, ...sent } = given;
      const share = Math.ceil(people.length / count);
      const parts = Array.from({ length: count }, (_, i) => people.slice(i * share, (i + 1) * share));
      const answers = parts.filter(({ length }) => length > 0).map((part) =>
        idlest().call("estimate", [part, sent], signal)
      );
      return (await Promise.all(answers)).flat();
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}
