/**
 * A row of our CSV files as a person.
 *
 * @module
 */

import type { ClipPerson, Points } from "../clip.ts";
import { clampScore } from "../clip_points.ts";
import type { CsvColumn, CsvHeader, PointColumns } from "./csv_columns.ts";
import type { CsvRow } from "./csv_rows.ts";
import { at, type Place, refuse, rootPlace } from "../fields.ts";

/** A row with its header. */
export class PersonRow {
  /** Where it stands, for messages. */
  readonly place: Place;
  readonly #cells: readonly string[];
  readonly #header: CsvHeader;

  /** Checks the number of cells. */
  constructor(row: CsvRow, header: CsvHeader, name: string) {
    this.place = rootPlace(`${name}, line ${row.line}`);
    this.#cells = row.cells;
    this.#header = header;
    if (row.cells.length !== header.width) {
      refuse(this.place, `must have ${header.width} cells, as the header has`, `${row.cells.length} cells`);
    }
  }

  /** A cell; empty where the file has no such column. */
  text(column: CsvColumn): string {
    return this.#cells[this.#header.columns.get(column) ?? -1] ?? "";
  }

  /** The number at a position; null where the cell is empty or says NaN. */
  numberAt(position: number, column: string): number | null {
    const text = (this.#cells[position] ?? "").trim();
    if (text === "" || text.toLowerCase() === "nan") return null;
    const value = Number(text);
    if (!Number.isFinite(value)) refuse(at(this.place, column), "must be a finite number or empty", text);
    return value;
  }

  /** A number; null where the cell is empty. */
  number(column: CsvColumn): number | null {
    return this.numberAt(this.#header.columns.get(column) ?? -1, column);
  }

  /** A number of at least `low`; `integer` refuses fractions. */
  numberFrom(column: CsvColumn, low: number, integer: boolean): number | null {
    const value = this.number(column);
    if (value !== null && (value < low || (integer && !Number.isSafeInteger(value)))) {
      refuse(at(this.place, column), `must be ${integer ? "an integer" : "a number"} of at least ${low}`, value);
    }
    return value;
  }
}

function derivedJoints(row: PersonRow, column: "derived" | "derived3", { skeleton }: PointColumns): number[] {
  const words = row.text(column).split(/\s+/).filter((word) => word !== "");
  const joints = words.map((word) => {
    const joint = skeleton.joints.indexOf(word);
    if (joint < 0) refuse(at(row.place, column), `must be joints of ${skeleton.name}`, word);
    return joint;
  });
  return [...new Set(joints)].sort((a, b) => a - b);
}

/** Points of a row; null where all of their cells are empty. */
function pointsOf(row: PersonRow, columns: PointColumns, dimensions: 2 | 3): Points | null {
  const count = columns.joints.length;
  const values = new Float64Array(count * dimensions);
  const scores = new Float64Array(count);
  const sigma = new Float64Array(count);
  let any = false;
  let anySigma = false;
  columns.joints.forEach(({ names, cells }, joint) => {
    const numbers = cells.map((cell, i) => row.numberAt(cell, names[i]!));
    if (numbers.some((value) => value !== null)) any = true;
    const place = numbers.slice(0, dimensions);
    const score = numbers[dimensions]!;
    const hole = place.indexOf(null);
    if (hole >= 0 && place.some((value) => value !== null)) {
      refuse(at(row.place, names[hole]!), "must be a number, as the other coordinates of the joint are", "");
    }
    if (hole >= 0 && score !== null && score > 0) {
      refuse(at(row.place, names[dimensions]!), "must be 0 or empty where the joint has no place", score);
    }
    if (hole >= 0 || score === 0) return;
    scores[joint] = clampScore(score ?? 1);
    if (scores[joint] === 0) return;
    place.forEach((value, i) => values[joint * dimensions + i] = value!);
    const spread = numbers[dimensions + 1]!;
    if (spread === null) return;
    if (spread < 0) refuse(at(row.place, names[dimensions + 1]!), "must be at least 0", spread);
    sigma[joint] = spread;
    anySigma = true;
  });
  if (!any) return null;
  const derived = derivedJoints(row, dimensions === 2 ? "derived" : "derived3", columns);
  return { values, scores, sigma: anySigma ? sigma : null, derived };
}

function boxOf(row: PersonRow): ClipPerson["box"] {
  const columns = ["box_x", "box_y", "box_width", "box_height"] as const;
  const numbers = columns.map((column, i) => row.numberFrom(column, i < 2 ? -Infinity : 0, false));
  if (numbers.every((value) => value === null)) return null;
  const hole = numbers.indexOf(null);
  if (hole >= 0) refuse(at(row.place, columns[hole]!), "must be a number, as the box has others", "");
  return numbers as [number, number, number, number];
}

/**
 * The person of a row.
 *
 * @returns Null where the row is a frame without anybody.
 * @throws {InputError} If a cell breaks a rule; line, column, rule and value are named.
 */
export function personOf(row: PersonRow, header: CsvHeader): ClipPerson | null {
  const id = row.numberFrom("person", 1, true);
  const score = row.numberFrom("score", 0, false);
  const box = boxOf(row);
  const points2d = header.points2d === null ? null : pointsOf(row, header.points2d, 2);
  const points3d = header.points3d === null ? null : pointsOf(row, header.points3d, 3);
  const word = row.text("interpolated").trim().toLowerCase();
  if (!["", "0", "1", "true", "false"].includes(word)) {
    refuse(at(row.place, "interpolated"), "must be 0, 1 or empty", word);
  }
  if (id === null && score === null && box === null && points2d === null && points3d === null && word === "") {
    return null;
  }
  const interpolated = word === "1" || word === "true";
  return { id, box, score: score === null ? null : clampScore(score), points2d, points3d, interpolated };
}
