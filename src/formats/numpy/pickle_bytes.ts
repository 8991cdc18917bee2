/**
 * The bytes of a pickle, taken from front to back.
 *
 * @module
 */

import { InputError } from "../../core/errors.ts";
import { type Place, placeText } from "../fields.ts";

const NEWLINE = 10;
const LONGEST_NUMBER = 40;
const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", "\\": "\\", "'": "'", '"': '"' };

/** A place in the bytes of a pickle. */
export class PickleBytes {
  /** Offset of the next byte. */
  at = 0;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #place: Place;

  /** Begins at the first byte. */
  constructor(bytes: Uint8Array, place: Place) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#place = place;
  }

  /** Throws an `InputError` that names the current byte. */
  refuse(rule: string, value: string | number): never {
    throw new InputError(`${placeText(this.#place)}, byte ${this.at} of the pickle`, rule, String(value));
  }

  /** The next `length` bytes, not copied. */
  take(length: number): Uint8Array {
    if (!(length >= 0 && length <= this.#bytes.length - this.at)) {
      this.refuse("must be whole", `${this.#bytes.length - this.at} of ${length} bytes left`);
    }
    this.at += length;
    return this.#bytes.subarray(this.at - length, this.at);
  }

  /** Says that nothing may come any more. */
  end(): void {
    const left = this.#bytes.length - this.at;
    if (left > 0) this.refuse("must end with its last instruction", `${left} bytes after it`);
  }

  /** An unsigned little-endian integer of 1, 2, 4 or 8 bytes. Above 2^53 it is beyond any length. */
  unsigned(size: 1 | 2 | 4 | 8): number {
    const from = this.at;
    this.take(size);
    if (size === 1) return this.#view.getUint8(from);
    if (size === 2) return this.#view.getUint16(from, true);
    if (size === 4) return this.#view.getUint32(from, true);
    return Number(this.#view.getBigUint64(from, true));
  }

  /** A signed little-endian integer of 4 bytes. */
  signed(): number {
    const from = this.at;
    this.take(4);
    return this.#view.getInt32(from, true);
  }

  /** A big-endian float of 8 bytes. */
  float(): number {
    const from = this.at;
    this.take(8);
    return this.#view.getFloat64(from, false);
  }

  /** A signed little-endian integer of `length` bytes: a number where it is safe, at most 64 bits. */
  long(length: number): number | bigint {
    if (length > 9) this.refuse("must have integers of at most 64 bits", `${length} bytes`);
    let value = 0n;
    const bytes = this.take(length);
    for (let i = length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i]!);
    return exact(BigInt.asIntN(8 * length, value));
  }

  /** The next line without its newline, one character a byte. */
  line(): string {
    const end = this.#bytes.indexOf(NEWLINE, this.at);
    if (end < 0) this.refuse("must be whole", "a line without its end");
    const text = latin1(this.take(end - this.at));
    this.at++;
    return text;
  }

  /** A line with a number that matches `pattern`. */
  number(pattern: RegExp): string {
    const text = this.line();
    if (text.length > LONGEST_NUMBER || !pattern.test(text)) this.refuse("must be a number", text.slice(0, 60));
    return text;
  }

  /** UTF-8 text of `length` bytes. */
  text(length: number): string {
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(this.take(length));
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      return this.refuse("must be UTF-8 text", `${length} bytes`);
    }
  }

  /** A line with a quoted text of Python 2. */
  quoted(): string {
    const text = this.line();
    const inner = /^(['"])(.*)\1$/s.exec(text)?.[2] ?? this.refuse("must be a quoted text", text.slice(0, 60));
    return inner.replace(
      /\\(x[0-9a-f]{2}|[nrt\\'"])/g,
      (_, code: string) => ESCAPES[code] ?? unescape16(code.slice(1)),
    );
  }

  /** A line of text with `\u` escapes. */
  escaped(): string {
    return this.line().replace(/\\u([0-9a-f]{4})|\\U([0-9a-f]{8})/g, (_, short?: string, long?: string) => {
      const code = parseInt(short ?? long!, 16);
      return code > 0x10ffff ? this.refuse("must hold characters of Unicode", code) : String.fromCodePoint(code);
    });
  }
}

function unescape16(digits: string): string {
  return String.fromCharCode(parseInt(digits, 16));
}

/** The integer as a number where that is exact. */
export function exact(value: bigint): number | bigint {
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

/** One character a byte. (`TextDecoder("latin1")` is windows-1252.) */
export function latin1(bytes: Uint8Array): string {
  let text = "";
  for (let from = 0; from < bytes.length; from += 8192) {
    text += String.fromCharCode(...bytes.subarray(from, from + 8192));
  }
  return text;
}
