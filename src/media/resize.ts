/**
 * Smaller copies of frames, for pages that embed them.
 *
 * @module
 */

import type { Frame } from "./frame.ts";

/**
 * Shrinks a frame by averaging the area under each new pixel, so that fine patterns do not shimmer.
 *
 * @param frame The frame; not changed.
 * @param maxSide Most pixels of the longer side of the copy; frames that fit are returned as they are.
 * @returns The copy, with the same index, time and name; its aspect is kept to the nearest pixel.
 * @throws {RangeError} If `maxSide` is not a whole number above 0.
 */
export function resizeFrame(frame: Frame, maxSide: number): Frame {
  if (!Number.isInteger(maxSide) || maxSide < 1) {
    throw new RangeError(`Cannot resize a frame as the longest side must be a whole number of px: ${maxSide}`);
  }
  const scale = maxSide / Math.max(frame.width, frame.height);
  if (scale >= 1) return frame;
  const width = Math.max(1, Math.round(frame.width * scale));
  const height = Math.max(1, Math.round(frame.height * scale));
  const columns = coverage(frame.width, width);
  const rows = coverage(frame.height, height);
  const narrow = new Float32Array(width * 4); // one source row, shrunk
  const sums = new Float32Array(width * 4); // the output row so far
  const data = new Uint8ClampedArray(width * height * 4);
  for (let y = 0; y < height; y++) {
    sums.fill(0);
    const row = rows[y]!;
    for (let k = 0; k < row.weights.length; k++) {
      shrinkRow(frame.data, (row.first + k) * frame.width * 4, columns, narrow);
      const weight = row.weights[k]!;
      for (let i = 0; i < sums.length; i++) sums[i] = sums[i]! + weight * narrow[i]!;
    }
    data.set(sums, y * width * 4); // clamping rounds
  }
  return { ...frame, width, height, data };
}

/** The source pixels under a new pixel, and how much of it each covers; the weights sum to 1. */
interface Coverage {
  readonly first: number;
  readonly weights: readonly number[];
}

function coverage(from: number, to: number): Coverage[] {
  const step = from / to;
  return Array.from({ length: to }, (_, i) => {
    const begin = i * step;
    const end = Math.min(from, begin + step);
    const first = Math.floor(begin);
    const last = Math.min(from - 1, Math.ceil(end) - 1);
    const weights = Array.from(
      { length: last - first + 1 },
      (_, k) => (Math.min(end, first + k + 1) - Math.max(begin, first + k)) / (end - begin),
    );
    return { first, weights };
  });
}

function shrinkRow(data: Uint8ClampedArray, start: number, columns: readonly Coverage[], out: Float32Array): void {
  for (let x = 0; x < columns.length; x++) {
    const { first, weights } = columns[x]!;
    let [r, g, b, a] = [0, 0, 0, 0];
    for (let k = 0, at = start + first * 4; k < weights.length; k++, at += 4) {
      const weight = weights[k]!;
      r += weight * data[at]!;
      g += weight * data[at + 1]!;
      b += weight * data[at + 2]!;
      a += weight * data[at + 3]!;
    }
    out[x * 4] = r;
    out[x * 4 + 1] = g;
    out[x * 4 + 2] = b;
    out[x * 4 + 3] = a;
  }
}
