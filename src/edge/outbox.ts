/**
 * Lines on their way to a client. They are made as fast as the model goes, whether the client takes them or not, so that a
 * slow reader keeps nobody waiting; what it has not taken is counted, and thrown away when it takes nothing for too long.
 *
 * @module
 */

import type { BytePool } from "./byte_pool.ts";
import { Share } from "./byte_pool.ts";

const ENCODER = new TextEncoder();

/** Options of an {@link Outbox}. */
export interface OutboxOptions {
  /** Where unread bytes are counted. */
  readonly pool: BytePool;
  /** Longest time in which the client takes nothing, ms. */
  readonly stallMs: number;
  /** Called when the client goes away or stalls. */
  readonly onGone: () => void;
}

/** A streamed answer. */
export class Outbox {
  /** What the client reads. */
  readonly stream: ReadableStream<Uint8Array<ArrayBuffer>>;
  readonly #options: OutboxOptions;
  readonly #share: Share;
  #lines: Uint8Array<ArrayBuffer>[] = [];
  #state: "open" | "ended" | "gone" = "open";
  #error: unknown = null;
  #asked: { controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>; done: () => void } | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param options Pool, patience, what to do when the client is gone. */
  constructor(options: OutboxOptions) {
    this.#options = options;
    this.#share = new Share(options.pool);
    this.stream = new ReadableStream({
      pull: (controller) =>
        new Promise<void>((done) => {
          clearTimeout(this.#timer);
          this.#timer = undefined;
          this.#asked = { controller, done };
          this.#flush();
        }),
      cancel: () => this.#leave(),
    }, { highWaterMark: 0 });
  }

  /**
   * Adds a line.
   *
   * @throws {Refusal} If the memory for answers is in use.
   */
  write(line: string): void {
    if (this.#state !== "open") return;
    const bytes = ENCODER.encode(line);
    this.#share.take(bytes.length);
    this.#lines.push(bytes);
    this.#flush();
  }

  /** Ends the answer. */
  end(): void {
    if (this.#state === "open") this.#state = "ended";
    this.#flush();
  }

  /** Breaks the answer off: the client sees that it is not whole. */
  fail(error: unknown): void {
    this.#error ??= error;
    this.end();
  }

  #flush(): void {
    const asked = this.#asked;
    if (asked === null) {
      if (this.#state !== "gone") this.#timer ??= setTimeout(() => this.#stalled(), this.#options.stallMs);
      return;
    }
    const line = this.#lines.shift();
    if (line === undefined && this.#state === "open") return;
    this.#asked = null;
    if (line !== undefined) {
      this.#share.give(line.length);
      asked.controller.enqueue(line);
    } else if (this.#error !== null) asked.controller.error(this.#error);
    else asked.controller.close();
    asked.done();
  }

  #stalled(): void {
    this.#error = new Error("the client took nothing for too long");
    this.#leave();
  }

  #leave(): void {
    clearTimeout(this.#timer);
    if (this.#state === "gone") return;
    this.#state = "gone";
    this.#lines = [];
    this.#share[Symbol.dispose]();
    this.#options.onGone();
    this.#asked?.done();
    this.#asked = null;
  }
}
