/**
 * Text on its way into a file, gathered into pieces that are worth a write.
 *
 * @module
 */

import type { FileSink } from "./source.ts";

/** Characters that are gathered before a write. */
const PIECE = 1 << 15;

/** A file that takes text of any size. */
export class TextSink {
  readonly #file: FileSink;
  #text = "";

  /** Gathers text for `file`. */
  constructor(file: FileSink) {
    this.#file = file;
  }

  /** Appends text. */
  async write(text: string): Promise<void> {
    this.#text += text;
    if (this.#text.length >= PIECE) await this.#flush();
  }

  /** Writes the rest and ends the file. */
  async close(): Promise<void> {
    await this.#flush();
    await this.#file.close();
  }

  async #flush(): Promise<void> {
    const text = this.#text;
    this.#text = "";
    if (text !== "") await this.#file.write(text);
  }
}
