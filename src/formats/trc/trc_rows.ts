/**
 * Rows of a TRC file, one at a time.
 *
 * @module
 */

import { InputError } from "../../core/errors.ts";
import { valueText } from "../fields.ts";
import { readLines } from "../lines.ts";
import type { FileSource } from "../source.ts";
import { parseTrcHeader, type TrcHeader } from "./trc_header.ts";

/** A row. */
export interface TrcRow {
  /** Line of the file, for messages. */
  readonly line: number;
  /** The frame number as it stands in the file. */
  readonly frame: number;
  /** Seconds. */
  readonly time: number;
  /** `[markers, 3]` in the unit of the file; NaN where a cell is empty. The array is used again for the next row. */
  readonly values: Float64Array;
}

/** Cells of a row: tabs where there are any; else blanks or commas, which some tools write. */
function cells(text: string): string[] {
  return text.includes("\t") ? text.split("\t") : text.trim().split(text.includes(",") ? /\s*,\s*/ : /\s+/);
}

/** A coordinate; NaN for a cell that is empty or says so. Null when it is no number. */
function coordinate(cell: string): number | null {
  const text = cell.trim();
  if (text === "" || text.toLowerCase() === "nan") return NaN;
  const value = Number(text);
  return Number.isFinite(value) ? value : null;
}

/** The header of a file. */
export async function readTrcHeader(source: FileSource): Promise<TrcHeader> {
  const lines: string[] = [];
  for await (const line of readLines(await source.open(), source.name)) {
    lines.push(line.text.replace(/\r$/, ""));
    if (lines.length === 5) break;
  }
  return parseTrcHeader(lines, source.name);
}

/**
 * The rows of a file in order. Empty lines are passed over.
 *
 * @param source The file.
 * @param header Its header.
 * @throws {InputError} While iterating, if a row has too few or too many cells, a cell is no number, frame numbers do not
 * rise, or there are more or fewer rows than the header says.
 */
export async function* readTrcRows(source: FileSource, header: TrcHeader): AsyncGenerator<TrcRow, void, undefined> {
  const { markers, frames } = header;
  const width = 2 + 3 * markers.length;
  const values = new Float64Array(3 * markers.length);
  let rows = 0;
  let before = -Infinity;
  let last = 0;
  for await (const { text: raw, number: line, terminated } of readLines(await source.open(), source.name)) {
    const text = raw.replace(/\r$/, "");
    last = line;
    if (line <= 5 || text.trim() === "") continue;
    const fail = (rule: string, value: string): never => {
      throw new InputError(`${source.name}, line ${line}`, rule, valueText(value));
    };
    const row = cells(text);
    // Many writers end their rows with a tab.
    while (row.length > width && row.at(-1)!.trim() === "") row.pop();
    // A row may leave out its cells where all are empty; a cut one may not look like that.
    const empty = terminated && row.slice(2).every((cell) => cell.trim() === "");
    if (row.length !== width && !empty) fail(`must have ${width} cells`, `${row.length} cells`);
    const frame = Number(row[0]!.trim() || NaN);
    const time = coordinate(row[1] ?? "");
    if (!Number.isSafeInteger(frame) || frame < 0) fail("Frame# must be an integer of at least 0", row[0]!);
    if (frame <= before) fail(`Frame# must be above that of the row before, ${before}`, row[0]!);
    if (time === null || Number.isNaN(time)) fail("Time must be a finite number", row[1] ?? "");
    for (let i = 0; i < values.length; i++) {
      const cell = row[2 + i] ?? "";
      values[i] = coordinate(cell) ??
        fail(`${markers[Math.floor(i / 3)]} ${"XYZ"[i % 3]} must be a finite number or empty`, cell);
    }
    if (++rows > frames) fail(`must be one of ${frames} rows, as NumFrames says`, `row ${rows}`);
    before = frame;
    yield { line, frame, time: time!, values };
  }
  if (rows < frames) {
    throw new InputError(
      `${source.name}, line ${last}`,
      `must be followed by more rows: NumFrames is ${frames}`,
      `${rows} rows`,
    );
  }
}
