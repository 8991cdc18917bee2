/**
 * A whole JSON file, with messages for the two faults that keypoint files really have: cut, or with Python's bare NaN.
 *
 * @module
 */

import { InputError } from "../../core/errors.ts";

/** Largest JSON file that is read at once, bytes: half of the longest string of V8. */
export const MAX_JSON_BYTES: number = 256 * 2 ** 20;

/**
 * Strings, and the three numbers that JSON does not have but Python writes. A string that does not end reaches to the end
 * of the text: searched for anew from each quote inside of it, it would take time that grows with the square of its length.
 */
const STRINGS_AND_NON_NUMBERS = /"(?:[^"\\]|\\[^])*(?:"|\\?$)|-?\bInfinity\b|\bNaN\b/g;

/** The text with such numbers as strings; as it is where it is too long for the expression. */
function quoteNonNumbers(text: string): string {
  try {
    return text.replace(STRINGS_AND_NON_NUMBERS, (token) => token.startsWith('"') ? token : `"${token}"`);
  } catch (error) {
    if (error instanceof RangeError) return text;
    throw error;
  }
}

function message(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

/** Whether a `SyntaxError` of `JSON.parse` was met at the end of the text. */
function isCut(cause: unknown, text: string): boolean {
  const position = /at position (\d+)/.exec(message(cause))?.[1];
  return position === undefined ? /end of JSON|Unterminated/.test(message(cause)) : Number(position) >= text.length;
}

/**
 * Parses JSON. Bare `NaN`, `Infinity` and `-Infinity` become strings of that name: whoever reads the field then refuses it
 * by name, which a syntax error at position 123456 would not tell.
 *
 * @param text The text.
 * @param name What it is, for messages.
 * @throws {InputError} If it is no JSON or ends too early.
 */
export function parseJsonText(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    if (isCut(cause, text)) {
      throw new InputError(name, "must be whole, and ends inside of its JSON", `${text.length} characters`, { cause });
    }
    const quoted = quoteNonNumbers(text);
    if (quoted !== text) return parseJsonText(quoted, name);
    throw new InputError(name, "must be JSON", message(cause), { cause });
  }
}

/**
 * Reads all of a stream as UTF-8 text.
 *
 * @param readable The bytes.
 * @param name What they are, for messages.
 * @param maxBytes The most that is taken.
 * @throws {InputError} If there are more, or they are no UTF-8.
 */
export async function readText(readable: ReadableStream<Uint8Array>, name: string, maxBytes: number): Promise<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const parts: string[] = [];
  let bytes = 0;
  try {
    for await (const chunk of readable) {
      bytes += chunk.length;
      if (bytes > maxBytes) throw new InputError(name, `must be at most ${maxBytes} bytes`, `${bytes} bytes or more`);
      parts.push(decoder.decode(chunk, { stream: true }));
    }
    parts.push(decoder.decode());
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    throw new InputError(name, "must be UTF-8 text", message(cause), { cause });
  }
  return parts.join("");
}
