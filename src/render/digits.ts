/**
 * The ten digits as strokes, for labels on pictures: no font is needed.
 *
 * @module
 */
import type { Place } from "./paint.ts";

/** Strokes on a grid 2 wide and 4 high, the origin at the upper left. */
const STROKES: Readonly<Record<string, readonly (readonly Place[])[]>> = {
  "0": [[[0, 0], [2, 0], [2, 4], [0, 4], [0, 0]]],
  "1": [[[0.2, 0.8], [1.2, 0], [1.2, 4]]],
  "2": [[[0, 0], [2, 0], [2, 2], [0, 2], [0, 4], [2, 4]]],
  "3": [[[0, 0], [2, 0], [2, 4], [0, 4]], [[0.5, 2], [2, 2]]],
  "4": [[[0, 0], [0, 2], [2, 2]], [[2, 0], [2, 4]]],
  "5": [[[2, 0], [0, 0], [0, 2], [2, 2], [2, 4], [0, 4]]],
  "6": [[[2, 0], [0, 0], [0, 4], [2, 4], [2, 2], [0, 2]]],
  "7": [[[0, 0], [2, 0], [0.8, 4]]],
  "8": [[[0, 0], [2, 0], [2, 4], [0, 4], [0, 0]], [[0, 2], [2, 2]]],
  "9": [[[2, 2], [0, 2], [0, 0], [2, 0], [2, 4], [0, 4]]],
};

/** Height of a digit for one of the font's size, and the distance of two digits for one of their height. */
const HEIGHT = 0.72;
const ADVANCE = 0.78;
/** Columns and rows of the grid. */
const [COLUMNS, ROWS] = [2, 4];

/**
 * Lines that write a number.
 *
 * @param text Digits; other characters leave a gap.
 * @param middle Middle of the text along x, and its base line, px.
 * @param size Size of the font, px.
 * @returns Pairs of ends.
 */
export function digitLines(text: string, [x, y]: Place, size: number): (readonly [Place, Place])[] {
  const height = HEIGHT * size;
  const scale = height / ROWS;
  const characters = [...text];
  const width = ((characters.length - 1) * ADVANCE + COLUMNS / ROWS) * height;
  return characters.flatMap((character, i) => {
    const left = x - width / 2 + i * ADVANCE * height;
    const point = ([column, row]: Place): Place => [left + column * scale, y - height + row * scale];
    return (STROKES[character] ?? []).flatMap((stroke) =>
      stroke.slice(1).map((to, k) => [point(stroke[k]!), point(to)] as const)
    );
  });
}
