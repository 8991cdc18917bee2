/**
 * Writes archives of numpy arrays, an array after the other, each as a stream of rows: memory does not grow with them.
 *
 * @module
 */

import { Zip, ZipDeflate } from "fflate";
import { InputError } from "../../core/errors.ts";
import { countOf, npyHeader } from "./npy_header.ts";
import { encodeNumbers, type NpyNumbers, type NpyType } from "./npy_type.ts";
import type { FileSink } from "../source.ts";

/** Coordinates hardly shrink, so the quickest level; arrays of one value vanish with any. */
const LEVEL = 1;
/** The same clip gives the same bytes at any time: the first date that a zip archive can name. */
const DATE = new Date(1980, 0, 1);
/** Sizes and offsets of 32 bits. Archives above would need a form that not every reader knows. */
const MAX_BYTES = 2 ** 32 - 1;

/** An archive on its way out. */
export class NpzWriter {
  readonly #file: FileSink;
  readonly #name: string;
  readonly #zip: Zip;
  #ready: Uint8Array[] = [];
  #written = 0;
  #entry: ZipDeflate | null = null;
  #missing = 0;

  /**
   * Begins an archive.
   *
   * @param file Where it goes. Closed by {@link close}.
   * @param name What is written, for messages.
   */
  constructor(file: FileSink, name: string) {
    this.#file = file;
    this.#name = name;
    this.#zip = new Zip((error, chunk) => {
      if (error) throw error;
      this.#ready.push(chunk);
    });
  }

  /**
   * Begins an array. What was begun before must be complete.
   *
   * @param name As `numpy.load` gives it.
   * @param type Type of the elements, little endian.
   * @param shape Sizes, outermost first.
   * @throws {InputError} If it cannot fit an archive.
   */
  async begin(name: string, type: NpyType, shape: readonly number[]): Promise<void> {
    await this.beginBytes(name, npyHeader(type, shape), countOf(shape) * type.bytes);
  }

  /** Begins an array of which the caller writes the bytes: the header, and then `length` bytes. */
  async beginBytes(name: string, header: Uint8Array, length: number): Promise<void> {
    this.#checkComplete();
    if (header.length + length > MAX_BYTES) this.#refuse(header.length + length);
    const entry = new ZipDeflate(`${name}.npy`, { level: LEVEL });
    entry.mtime = DATE;
    this.#zip.add(entry);
    this.#entry = entry;
    this.#missing = header.length + length;
    await this.writeBytes(header);
  }

  /** Appends values to the array that was begun. */
  async write(values: NpyNumbers): Promise<void> {
    await this.writeBytes(encodeNumbers(values));
  }

  /** Appends bytes to the array that was begun. */
  async writeBytes(bytes: Uint8Array): Promise<void> {
    if (this.#entry === null || bytes.length > this.#missing) {
      throw new RangeError(`Cannot write ${bytes.length} bytes as the array takes ${this.#missing}`);
    }
    this.#missing -= bytes.length;
    this.#entry.push(bytes, this.#missing === 0);
    if (this.#missing === 0) this.#entry = null;
    await this.#flush();
  }

  /** A whole array. */
  async add(name: string, type: NpyType, shape: readonly number[], values: NpyNumbers): Promise<void> {
    await this.begin(name, type, shape);
    if (values.length > 0) await this.write(values);
  }

  /** A single text. */
  async addText(name: string, text: string): Promise<void> {
    const points = Uint32Array.from(text, (character) => character.codePointAt(0)!);
    const room = points.length === 0 ? Uint32Array.of(0) : points;
    await this.begin(name, { kind: "U", bytes: 4 * room.length, little: true }, []);
    await this.write(room);
  }

  /** Writes the directory and ends the file. */
  async close(): Promise<void> {
    this.#checkComplete();
    this.#zip.end();
    await this.#flush();
    await this.#file.close();
  }

  #checkComplete(): void {
    if (this.#missing > 0) throw new RangeError(`Cannot go on as the array still takes ${this.#missing} bytes`);
  }

  #refuse(bytes: number): never {
    throw new InputError(this.#name, "must fit an archive of 4 GiB", `${bytes} bytes`);
  }

  async #flush(): Promise<void> {
    const ready = this.#ready;
    this.#ready = [];
    for (const chunk of ready) {
      this.#written += chunk.length;
      if (this.#written > MAX_BYTES) this.#refuse(this.#written);
      await this.#file.write(chunk);
    }
  }
}
