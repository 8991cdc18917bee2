/**
 * Pieces of a stream as one array.
 *
 * @module
 */

/**
 * Joins pieces in their order.
 *
 * @param parts The pieces; they are not changed.
 * @param length How many bytes they have together, where that is known.
 * @returns A new array.
 */
export function joinBytes(
  parts: readonly Uint8Array[],
  length: number = parts.reduce((sum, part) => sum + part.length, 0),
): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
