/**
 * The worker's side of `worker_calls.ts`.
 *
 * @module
 */
import type { AnswerMessage, CallMessage, WorkerFunctions } from "./worker_calls.ts";

/** The part of the worker's global object that is used here. */
const scope = globalThis as unknown as {
  onmessage: ((event: MessageEvent<CallMessage>) => void) | null;
  postMessage(message: AnswerMessage, moved?: Transferable[]): void;
};

/**
 * Answers calls from now on.
 *
 * @param functions What can be called. They must not keep arrays of their answers.
 */
export function answerCalls<F extends WorkerFunctions>(functions: F): void {
  scope.onmessage = ({ data: { id, name, given } }) => {
    functions[name]!(...given as never[]).then(
      (answer) => scope.postMessage({ id, answer }, [...buffersIn(answer)]),
      (error: unknown) => {
        scope.postMessage({ id, error: error instanceof Error ? error.message : String(error) });
      },
    );
  };
}

/** Memory of arrays in a value that can be moved; what is shared cannot, and need not. */
export function buffersIn(value: unknown, found: Set<ArrayBuffer> = new Set()): Set<ArrayBuffer> {
  if (ArrayBuffer.isView(value)) {
    if (value.buffer instanceof ArrayBuffer) found.add(value.buffer);
  } else if (typeof value === "object" && value !== null) {
    for (const part of Object.values(value)) buffersIn(part, found);
  }
  return found;
}
