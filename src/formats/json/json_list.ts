/**
 * A JSON list on its way into a file, a value a line.
 *
 * @module
 */

import type { TextSink } from "../text_sink.ts";

/** Writes a list of JSON values, a line each, as the field `name`. */
export class JsonListWriter {
  readonly #file: TextSink;
  #between: string;

  /** Begins the list; `name` is null for a list without a field. */
  constructor(file: TextSink, name: string | null) {
    this.#file = file;
    this.#between = name === null ? "[\n" : `${JSON.stringify(name)}:[\n`;
  }

  /** Appends a value. */
  async add(value: unknown): Promise<void> {
    await this.#file.write(`${this.#between}${JSON.stringify(value)}`);
    this.#between = ",\n";
  }

  /** Ends the list, and adds `after`. */
  async end(after: string): Promise<void> {
    await this.#file.write(this.#between === ",\n" ? `\n]${after}` : `${this.#between}]${after}`);
  }
}
