/**
 * Bytes to lines, one at a time: memory is that of the longest line.
 *
 * @module
 */

import { InputError } from "../core/errors.ts";

/** A line of a stream. */
export interface Line {
  /** The text without its newline. */
  readonly text: string;
  /** Position in the stream, from 1. */
  readonly number: number;
  /** Offset of its first byte. */
  readonly start: number;
  /** Offset of the byte after it, its newline included. */
  readonly end: number;
  /** False when the stream ended before the newline. Only the last line can be so. */
  readonly terminated: boolean;
}

/** Longest line that is read, bytes: a frame of 10,000 people is below 40 MB. */
export const MAX_LINE_BYTES: number = 64 * 2 ** 20;

const NEWLINE = 10;

/** Joins the parts of a line; a line inside of one chunk is not copied. */
function join(parts: readonly Uint8Array[], length: number): Uint8Array {
  if (parts.length === 1) return parts[0]!;
  const whole = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

/**
 * Splits a stream at its newlines.
 *
 * @param readable UTF-8 bytes. It is cancelled when the caller stops early.
 * @param name What it is, for messages.
 * @param options `maxBytes`: longest line. @default 64 MiB
 * @throws {InputError} If a line is longer than that, or a whole line is no UTF-8. A cut last line may end inside of a
 * character: the half is then read as U+FFFD.
 */
export async function* readLines(
  readable: ReadableStream<Uint8Array>,
  name: string,
  options: { readonly maxBytes?: number } = {},
): AsyncGenerator<Line, void, undefined> {
  const { maxBytes = MAX_LINE_BYTES } = options;
  const strict = new TextDecoder("utf-8", { fatal: true });
  const lenient = new TextDecoder("utf-8");
  let parts: Uint8Array[] = [];
  let length = 0;
  let number = 1;
  let start = 0;

  const take = (part: Uint8Array): void => {
    length += part.length;
    if (length > maxBytes) {
      throw new InputError(
        `${name}, line ${number}`,
        `must be at most ${maxBytes} bytes long`,
        `${length} bytes or more`,
      );
    }
    parts.push(part);
  };
  const finish = (terminated: boolean): Line => {
    const bytes = join(parts, length);
    const end = start + length + (terminated ? 1 : 0);
    let text: string;
    try {
      text = (terminated ? strict : lenient).decode(bytes);
    } catch (cause) {
      throw new InputError(`${name}, line ${number}`, "must be UTF-8 text", `bytes ${start} to ${end - 1}`, { cause });
    }
    const line: Line = { text, number, start, end, terminated };
    parts = [];
    length = 0;
    number++;
    start = end;
    return line;
  };

  for await (const chunk of readable) {
    let from = 0;
    for (let cut = chunk.indexOf(NEWLINE); cut >= 0; cut = chunk.indexOf(NEWLINE, from)) {
      take(chunk.subarray(from, cut));
      yield finish(true);
      from = cut + 1;
    }
    if (from < chunk.length) take(chunk.subarray(from));
  }
  if (length > 0) yield finish(false);
}
