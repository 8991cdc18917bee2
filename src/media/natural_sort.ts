/**
 * The order of frames by name: `frame_2` before `frame_10`.
 *
 * @module
 */

/**
 * Compares two names so that runs of digits count as numbers; the rest goes by code unit, so the order is the same on
 * every machine. A total order: 0 only for equal names.
 *
 * @param a One name.
 * @param b The other.
 * @returns Below 0 if `a` comes first, above 0 if `b` does.
 */
export function compareNatural(a: string, b: string): number {
  const left = a.match(/\d+|\D+/g) ?? [];
  const right = b.match(/\d+|\D+/g) ?? [];
  for (let i = 0; i < left.length && i < right.length; i++) {
    const order = compareRuns(left[i]!, right[i]!);
    if (order !== 0) return order;
  }
  if (left.length !== right.length) return left.length - right.length;
  return compareCodes(a, b); // equal as numbers: 07 before 7
}

function compareRuns(a: string, b: string): number {
  const isNumber = /^\d/;
  if (!isNumber.test(a) || !isNumber.test(b)) return compareCodes(a, b);
  const left = a.replace(/^0+/, "");
  const right = b.replace(/^0+/, "");
  // Numbers without leading zeros: the longer is larger, so names with fifty digits need no arithmetic.
  return left.length - right.length || compareCodes(left, right);
}

function compareCodes(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * Compares two relative paths folder by folder with {@link compareNatural}, so that a folder's frames stay together.
 *
 * @param a One path, separated by `/`.
 * @param b The other.
 */
export function comparePaths(a: string, b: string): number {
  const left = a.split("/");
  const right = b.split("/");
  for (let i = 0; i < left.length && i < right.length; i++) {
    const order = compareNatural(left[i]!, right[i]!);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}
