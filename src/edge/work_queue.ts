/**
 * Whose turn it is: a bounded queue before the model.
 *
 * @module
 */

import { comeAgain } from "./refusal.ts";

/** Share of a new duration in the running mean. */
const NEWEST = 0.2;
/** Guess of a turn before the first one, ms. */
const FIRST_GUESS = 1000;

/** Bounds of a {@link WorkQueue}. */
export interface WorkQueueOptions {
  /** Turns at the same time. */
  readonly concurrency: number;
  /** How many may wait. */
  readonly waiting: number;
}

/** Gives out turns in the order of the calls. */
export class WorkQueue {
  readonly #options: WorkQueueOptions;
  readonly #waiting: (() => void)[] = [];
  #busy = 0;
  #meanMs = FIRST_GUESS;

  /** @param options Bounds. */
  constructor(options: WorkQueueOptions) {
    this.#options = options;
  }

  /** Turns that are taken. */
  get busy(): number {
    return this.#busy;
  }

  /** Requests that wait. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /**
   * Waits for a turn.
   *
   * @param signal Leaves the queue; its reason is thrown.
   * @returns Ends the turn; a second call does nothing.
   * @throws {Refusal} 429, if the queue is full.
   */
  async enter(signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    if (this.#busy >= this.#options.concurrency) await this.#wait(signal);
    else this.#busy++;
    const from = performance.now();
    let over = false;
    return () => {
      if (over) return;
      over = true;
      this.#meanMs += NEWEST * (performance.now() - from - this.#meanMs);
      const next = this.#waiting.shift();
      if (next === undefined) this.#busy--;
      else next(); // The turn goes on to the next one.
    };
  }

  /** Refuses at once where {@link WorkQueue.enter} would: before a body is read for nothing. */
  checkRoom(): void {
    const { concurrency, waiting } = this.#options;
    if (this.#busy < concurrency || this.#waiting.length < waiting) return;
    const seconds = (this.#meanMs / 1000) * ((this.#waiting.length + 1) / concurrency);
    throw comeAgain(429, `${this.#busy} requests are computed and ${this.#waiting.length} wait`, seconds);
  }

  #wait(signal: AbortSignal): Promise<void> {
    this.checkRoom();
    return new Promise((resolve, reject) => {
      const turn = (): void => {
        signal.removeEventListener("abort", leave);
        resolve();
      };
      const leave = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(turn), 1);
        reject(signal.reason);
      };
      signal.addEventListener("abort", leave, { once: true });
      this.#waiting.push(turn);
    });
  }
}
