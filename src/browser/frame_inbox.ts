/**
 * Frames that come by message and are taken one at a time. Whoever sends them waits until one is wanted, so at most two are
 * held.
 *
 * @module
 */

/** A stream that is fed from outside. */
export class FrameInbox<T> {
  readonly #want: () => void;
  readonly #drop: (frame: T) => void;
  readonly #waiting: T[] = [];
  #ended = false;
  #wake: (() => void) | null = null;

  /**
   * @param want Called whenever a frame is wanted.
   * @param drop Gives a frame up that nobody will take.
   */
  constructor(want: () => void, drop: (frame: T) => void) {
    this.#want = want;
    this.#drop = drop;
  }

  /** Puts a frame in; after the end it is given up. */
  push(frame: T): void {
    if (this.#ended) this.#drop(frame);
    else this.#waiting.push(frame);
    this.#wake?.();
  }

  /** No frame follows. */
  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  /**
   * The frames.
   *
   * @param signal Ends them early, with its reason.
   */
  async *frames(signal: AbortSignal): AsyncGenerator<T, void, void> {
    const stopped = (): void => this.#wake?.();
    signal.addEventListener("abort", stopped);
    try {
      this.#want(); // One ahead: it is decoded while the one before is computed.
      while (true) {
        this.#want();
        while (this.#waiting.length === 0 && !this.#ended && !signal.aborted) {
          await new Promise<void>((resolve) => this.#wake = resolve);
        }
        signal.throwIfAborted();
        const frame = this.#waiting.shift();
        if (frame === undefined) return;
        yield frame;
      }
    } finally {
      signal.removeEventListener("abort", stopped);
      this.#ended = true;
      this.#waiting.splice(0).forEach(this.#drop);
    }
  }
}
