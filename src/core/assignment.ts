/**
 * Who is who, as one optimum over all pairs.
 *
 * Own code, not a package: pairs that must not be matched and the order of ties are part of the contract of its callers, and
 * the candidates on npm leave both open.
 *
 * @module
 */

import { checkShape } from "./errors.ts";

/**
 * Matches rows with columns so that the summed gain is the largest possible (the Hungarian method with potentials, as
 * shortest augmenting paths: Jonker and Volgenant, Computing 38, 1987). At most one column a row and one row a column.
 *
 * @param gain `[rows, columns]`, each finite and at least 0; 0 means that the pair must not be matched.
 * @param rows Number of rows, from 0.
 * @param columns Number of columns, from 0.
 * @returns `[rows]`: the column of each row, or -1.
 * @throws {ShapeError} If `gain` does not fill `[rows, columns]`.
 *
 * @example The best pair alone would leave a worse sum
 * ```ts
 * import { assignMaxGain } from "./assignment.ts";
 * assignMaxGain(Float64Array.of(0.9, 0.8, 0.7, 0), 2, 2); // [1, 0]
 * ```
 */
export function assignMaxGain(gain: Float64Array, rows: number, columns: number): Int32Array {
  checkShape("assign rows to columns", [rows, columns], gain.length);
  const result = new Int32Array(rows).fill(-1);
  if (rows > columns) {
    // The method wants a column for every row; with too few of them, the columns choose.
    const turned = Float64Array.from(gain, (_, i) => gain[(i % rows) * columns + Math.floor(i / rows)]!);
    assignMaxGain(turned, columns, rows).forEach((row, column) => {
      if (row >= 0) result[row] = column;
    });
    return result;
  }

  // Rows and columns count from 1: 0 is the place where a path starts.
  const rowPotential = new Float64Array(rows + 1);
  const columnPotential = new Float64Array(columns + 1);
  const rowOf = new Int32Array(columns + 1);
  const previous = new Int32Array(columns + 1);
  for (let row = 1; row <= rows; row++) {
    const shortest = new Float64Array(columns + 1).fill(Infinity);
    const visited = new Uint8Array(columns + 1);
    let column = 0;
    rowOf[0] = row;
    do {
      visited[column] = 1;
      const from = rowOf[column]!;
      let step = Infinity;
      let next = 0;
      for (let c = 1; c <= columns; c++) {
        if (visited[c]) continue;
        const cost = -gain[(from - 1) * columns + c - 1]! - rowPotential[from]! - columnPotential[c]!;
        if (cost < shortest[c]!) {
          shortest[c] = cost;
          previous[c] = column;
        }
        if (shortest[c]! < step) {
          step = shortest[c]!;
          next = c;
        }
      }
      for (let c = 0; c <= columns; c++) {
        if (visited[c]) {
          rowPotential[rowOf[c]!]! += step;
          columnPotential[c]! -= step;
        } else shortest[c]! -= step;
      }
      column = next;
    } while (rowOf[column] !== 0);
    while (column !== 0) {
      rowOf[column] = rowOf[previous[column]!]!;
      column = previous[column]!;
    }
  }
  for (let c = 1; c <= columns; c++) {
    const row = rowOf[c]! - 1;
    if (row >= 0 && gain[row * columns + c - 1]! > 0) result[row] = c - 1;
  }
  return result;
}
