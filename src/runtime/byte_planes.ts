/**
 * Bytes at even positions first, those at odd positions after them. Weights are mostly 16-bit numbers: their upper bytes,
 * sign and exponent, are alike, and compress when they stand together (about 7 % of a pack).
 *
 * @module
 */

/**
 * Puts even positions before odd ones.
 *
 * @param bytes Any bytes.
 * @returns As many bytes.
 */
export function splitPlanes(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const split = new Uint8Array(bytes.length);
  const half = (bytes.length + 1) >> 1;
  for (let i = 0; i < bytes.length; i++) split[(i >> 1) + (i % 2) * half] = bytes[i]!;
  return split;
}

/**
 * Undoes {@link splitPlanes}.
 *
 * @param split What it gave.
 * @returns What it was given.
 */
export function joinPlanes(split: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(split.length);
  const half = (split.length + 1) >> 1;
  for (let i = 0; i < split.length; i++) bytes[i] = split[(i >> 1) + (i % 2) * half]!;
  return bytes;
}
