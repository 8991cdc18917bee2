/**
 * How deep a JSON body is nested, before anybody parses it: no format of poses is deeper than ten levels, and what walks or
 * prints a value that is millions deep takes seconds.
 *
 * @module
 */

import { InputError } from "../core/errors.ts";

const [QUOTE, BACKSLASH, OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [...'"\\[]{}']
  .map((letter) => letter.charCodeAt(0)) as [number, number, number, number, number, number];

/** Levels that a body may have. */
const MAX_DEPTH = 64;

/**
 * Refuses what is nested too deep. Whether it is JSON at all is for others to say.
 *
 * @param bytes UTF-8.
 * @param name What it is, for the message.
 * @throws {InputError} At more than 64 levels.
 */
export function checkDepth(bytes: Uint8Array, name: string): void {
  let depth = 0;
  let inString = false;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]!;
    if (inString) {
      if (byte === BACKSLASH) i++;
      else if (byte === QUOTE) inString = false;
    } else if (byte === QUOTE) inString = true;
    else if (byte === OPEN_LIST || byte === OPEN_OBJECT) {
      if (++depth > MAX_DEPTH) {
        throw new InputError(name, `must not be nested deeper than ${MAX_DEPTH} levels`, "deeper");
      }
    } else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) depth = Math.max(0, depth - 1);
  }
}
