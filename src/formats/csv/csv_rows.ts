/**
 * Rows of a CSV file as RFC 4180 describes it: commas, quotes where a cell has a comma, a quote or a newline.
 *
 * @module
 */

import { InputError } from "../../core/errors.ts";
import { valueText } from "../fields.ts";
import { readLines } from "../lines.ts";
import type { FileSource } from "../source.ts";

/** Longest row, characters: some thousand columns. A quote that is never closed would else take in the whole file. */
const MAX_ROW = 1 << 20;

/** A row. */
export interface CsvRow {
  /** Number of its first line. */
  readonly line: number;
  /** The cells without their quotes. */
  readonly cells: readonly string[];
}

/** A cell as it stands in a row. */
export function csvCell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Cells of a row. */
function split(text: string): { readonly cells: string[] } | { readonly wrong: string } {
  if (!text.includes('"')) return { cells: text.split(",") };
  const cells: string[] = [];
  for (let from = 0; from <= text.length;) {
    if (text[from] !== '"') {
      const comma = text.indexOf(",", from);
      const end = comma < 0 ? text.length : comma;
      const cell = text.slice(from, end);
      if (cell.includes('"')) return { wrong: cell };
      cells.push(cell);
      from = end + 1;
      continue;
    }
    let cell = "";
    let at = from + 1;
    while (true) {
      const quote = text.indexOf('"', at);
      if (quote < 0) return { wrong: text.slice(from) };
      cell += text.slice(at, quote);
      at = quote + 1;
      if (text[at] !== '"') break;
      cell += '"';
      at++;
    }
    if (at < text.length && text[at] !== ",") return { wrong: text.slice(from, at + 10) };
    cells.push(cell);
    from = at + 1;
  }
  return { cells };
}

/**
 * The rows of a file, the header included, one in memory at a time. Empty lines are passed over; lines may end in CRLF.
 *
 * @throws {InputError} While iterating, if a quote stands inside of a cell or is never closed.
 */
export async function* readCsvRows(source: FileSource): AsyncGenerator<CsvRow, void, undefined> {
  let parts: string[] = [];
  let length = 0;
  let quotes = 0;
  let first = 0;
  const unclosed = () => new InputError(`${source.name}, line ${first}`, "must close its quote", valueText(parts[0]));
  for await (const { text, number } of readLines(await source.open(), source.name, { maxBytes: MAX_ROW })) {
    if (parts.length === 0) {
      if (text.trim() === "") continue;
      first = number;
    }
    parts.push(text);
    length += text.length + 1;
    if (length > MAX_ROW) throw unclosed();
    for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at + 1)) quotes++;
    if (quotes % 2 === 1) continue; // The row goes on in the next line.
    const row = parts.join("\n");
    const cells = split(row.endsWith("\r") ? row.slice(0, -1) : row);
    if ("wrong" in cells) {
      throw new InputError(`${source.name}, line ${first}`, "quotes must enclose whole cells", valueText(cells.wrong));
    }
    yield { line: first, cells: cells.cells };
    parts = [];
    length = 0;
    quotes = 0;
  }
  if (parts.length > 0) throw unclosed();
}
