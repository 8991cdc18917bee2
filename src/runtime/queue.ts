/**
 * One call at a time. Two overlapping calls on WebGPU block the process or lose both, so everything that touches a
 * session goes through one queue.
 *
 * @module
 */

/** Runs tasks one after another, in the order of the calls. */
export type Queue = <T>(task: () => Promise<T>) => Promise<T>;

/**
 * Makes a queue. The result of a task goes to its caller; a task that fails does not stop the next.
 *
 * @returns A function that takes a task and answers with its result once all earlier tasks have ended.
 */
export function createQueue(): Queue {
  let tail: Promise<unknown> = Promise.resolve();
  return <T>(task: () => Promise<T>): Promise<T> => {
    const result = tail.then(task, task);
    tail = result.catch(() => {});
    return result;
  };
}
