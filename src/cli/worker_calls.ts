/**
 * Functions that live in a worker, called from the program. `worker_answers.ts` is the other side.
 *
 * @module
 */

/**
 * Functions of a worker by name. What they are given and what they answer is cloned on the way, but for arrays in an answer,
 * which are moved.
 */
export type WorkerFunctions = Readonly<Record<string, (...given: never[]) => Promise<unknown>>>;

/** To the worker. */
export interface CallMessage {
  /** Names the answer. */
  readonly id: number;
  /** Which function. */
  readonly name: string;
  /** Its arguments. */
  readonly given: readonly unknown[];
}

/** From the worker. */
export type AnswerMessage =
  | { readonly id: number; readonly answer: unknown }
  | { readonly id: number; readonly error: string };

/** A function in a worker failed; the worker goes on. */
export class AnswerError extends Error {
  /** Always `"AnswerError"`. */
  override readonly name: string = "AnswerError";
}

/** A worker whose functions can be called. Disposing ends it; calls under way fail. */
export interface WorkerCalls<F extends WorkerFunctions> extends Disposable {
  /** Calls under way. */
  readonly busy: number;
  /**
   * Calls a function.
   *
   * @param name Which one.
   * @param given Its arguments.
   * @param signal Gives the call up; the worker finishes it nevertheless.
   * @throws {AnswerError} If the function fails.
   * @throws {Error} If the worker has stopped.
   */
  call<N extends keyof F & string>(
    name: N,
    given: Parameters<F[N]>,
    signal?: AbortSignal,
  ): Promise<Awaited<ReturnType<F[N]>>>;
}

/**
 * Makes the functions of a worker callable.
 *
 * @param worker The worker. Nobody else may listen to it.
 * @param title What it is, for messages.
 */
export function workerCalls<F extends WorkerFunctions>(worker: Worker, title: string): WorkerCalls<F> {
  const waiting = new Map<number, { resolve(answer: unknown): void; reject(error: unknown): void }>();
  let [stopped, next]: [Error | null, number] = [null, 0];
  const stop = (error: Error): void => {
    stopped ??= error;
    for (const { reject } of waiting.values()) reject(stopped);
    waiting.clear();
  };
  worker.onmessage = ({ data }: MessageEvent<AnswerMessage>): void => {
    const asked = waiting.get(data.id);
    waiting.delete(data.id);
    if ("error" in data) asked?.reject(new AnswerError(data.error));
    else asked?.resolve(data.answer);
  };
  worker.onerror = (event): void => {
    event.preventDefault();
    stop(new Error(`${title} stopped: ${event.message}`));
  };
  return {
    get busy() {
      return waiting.size;
    },
    async call(name, given, signal) {
      signal?.throwIfAborted();
      if (stopped !== null) throw stopped;
      const answer = Promise.withResolvers<unknown>();
      const id = next++;
      waiting.set(id, answer);
      const abort = (): void => answer.reject(signal!.reason);
      signal?.addEventListener("abort", abort, { once: true });
      worker.postMessage({ id, name, given } satisfies CallMessage);
      try {
        return await answer.promise as never; // What the function of that name answers.
      } finally {
        signal?.removeEventListener("abort", abort);
      }
    },
    [Symbol.dispose]() {
      worker.terminate();
      stop(new Error(`${title} was ended`));
    },
  };
}
