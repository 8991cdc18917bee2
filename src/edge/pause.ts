/**
 * Turns between long pieces of work.
 *
 * @module
 */

/** Lets timers and other requests have a turn: neither parsing nor the model does. */
export function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
