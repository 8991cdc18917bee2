/**
 * Tables of figures as aligned text.
 *
 * @module
 */
import type { FigureTable } from "../pipelines/evaluation.ts";

/** What stands for a figure that is not defined for the data. */
const UNDEFINED = "-";

/**
 * Lays out a table: title, heads, a rule, rows. A column with a number in it is aligned to the right, others to the left.
 *
 * @param table The table.
 * @returns Lines without line ends and without blanks at their end.
 *
 * @example
 * ```ts
 * import { figureTableLines } from "./figure_table.ts";
 * import assert from "node:assert/strict";
 *
 * const table = { title: "Errors, mm", columns: ["action", "mean"], rows: [["Walking", 41.26], ["Sitting", null]], digits: 1 };
 * assert.deepEqual(figureTableLines(table), ["Errors, mm", "action   mean", "-------  ----", "Walking  41.3", "Sitting     -"]);
 * ```
 */
export function figureTableLines(table: FigureTable): string[] {
  const cells = table.rows.map((row) =>
    table.columns.map((_, column) => {
      const value = row[column] ?? UNDEFINED;
      return typeof value === "number" ? value.toFixed(table.digits) : value;
    })
  );
  const widths = table.columns.map((head, column) =>
    cells.reduce((width, row) => Math.max(width, row[column]!.length), head.length)
  );
  const right = table.columns.map((_, column) => table.rows.some((row) => typeof row[column] === "number"));
  const line = (row: readonly string[]): string =>
    row.map((cell, column) => right[column] ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!))
      .join("  ").trimEnd();
  return [table.title, line(table.columns), widths.map((width) => "-".repeat(width)).join("  "), ...cells.map(line)];
}
