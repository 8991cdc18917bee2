/**
 * Memory that requests share: bodies and unread answers are counted against one number.
 *
 * @module
 */

import { comeAgain } from "./refusal.ts";

/** Seconds after which a body is likely to fit again. */
const RETRY_SECONDS = 2;

/** Counts bytes. */
export class BytePool {
  readonly #most: number;
  #held = 0;

  /** @param most Bytes that may be held at the same time. */
  constructor(most: number) {
    this.#most = most;
  }

  /** Bytes that are held now. */
  get held(): number {
    return this.#held;
  }

  /**
   * Takes a share.
   *
   * @throws {Refusal} 503, if it is not there.
   */
  take(bytes: number): void {
    if (this.#held + bytes > this.#most) {
      throw comeAgain(503, "the memory for requests is in use", RETRY_SECONDS);
    }
    this.#held += bytes;
  }

  /** Gives a share back. */
  give(bytes: number): void {
    this.#held -= bytes;
  }
}

/** What one request holds of a pool. Given back at once, and once only. */
export class Share implements Disposable {
  readonly #pool: BytePool;
  #held = 0;

  /** @param pool Where it is taken from. */
  constructor(pool: BytePool) {
    this.#pool = pool;
  }

  /** Takes more. */
  take(bytes: number): void {
    this.#pool.take(bytes);
    this.#held += bytes;
  }

  /** Gives a part back. */
  give(bytes: number): void {
    this.#pool.give(bytes);
    this.#held -= bytes;
  }

  /** Gives everything back. */
  [Symbol.dispose](): void {
    this.#pool.give(this.#held);
    this.#held = 0;
  }
}
