/**
 * Reads pieces of a known size from a stream of bytes.
 *
 * @module
 */

/** Fills whole buffers from a byte stream; nothing is read before it is asked for. */
export class ExactReader {
  readonly #reader: ReadableStreamBYOBReader;

  /** @param stream A byte stream, as a child process gives it. */
  constructor(stream: ReadableStream<Uint8Array<ArrayBuffer>>) {
    this.#reader = stream.getReader({ mode: "byob" });
  }

  /**
   * Reads exactly `length` bytes.
   *
   * @param length How many, above 0.
   * @returns A buffer that the caller owns, or `null` if the stream ended before.
   */
  async read(length: number): Promise<Uint8Array<ArrayBuffer> | null> {
    let buffer = new ArrayBuffer(length);
    let filled = 0;
    while (filled < length) {
      const { value, done } = await this.#reader.read(new Uint8Array(buffer, filled, length - filled));
      if (value === undefined) return null;
      buffer = value.buffer;
      filled += value.byteLength;
      if (done && filled < length) return null;
    }
    return new Uint8Array(buffer);
  }

  /** Gives the stream up. */
  async cancel(): Promise<void> {
    await this.#reader.cancel().catch(() => {}); // already closed
  }
}
