/**
 * The five lines before the data of a TRC file.
 *
 * Layout as OpenSim's `TRCFileAdapter` and Pose2Sim's `make_trc` read and write it: path line, eight keys, eight values, marker
 * names with two empty cells after each, X1 Y1 Z1 X2 …; all separated by tabs.
 *
 * @module
 */

import { InputError } from "../../core/errors.ts";
import { valueText } from "../fields.ts";

/** Most markers that a file may name: sets of real laboratories have below 200. */
const MOST_MARKERS = 10_000;

/** What the header says. */
export interface TrcHeader {
  /** Rows a second. */
  readonly rate: number;
  /** Rows that follow, as the file says. */
  readonly frames: number;
  /** Metres in a unit of the file. */
  readonly metres: number;
  /** Number of the first frame of the original recording. */
  readonly start: number;
  /** Marker names, in the order of their columns. */
  readonly markers: readonly string[];
}

const KEYS = [
  "DataRate",
  "CameraRate",
  "NumFrames",
  "NumMarkers",
  "Units",
  "OrigDataRate",
  "OrigDataStartFrame",
  "OrigNumFrames",
];

/** Metres in each unit that is known. */
const METRES: Readonly<Record<string, number>> = {
  m: 1,
  meters: 1,
  metres: 1,
  mm: 1e-3,
  millimeters: 1e-3,
  millimetres: 1e-3,
  cm: 1e-2,
  centimeters: 1e-2,
  centimetres: 1e-2,
};

/**
 * The five lines of a header, in metres.
 *
 * @param file Name of the file, without folders.
 * @param header What to say. `metres` must be 1.
 * @param last Number of the last frame of the original recording.
 */
export function trcHeaderText(file: string, header: TrcHeader, last: number): string {
  const { rate, frames, start, markers } = header;
  const values = [rate, rate, frames, markers.length, "m", rate, start, last];
  const axes = markers.map((_, i) => `X${i + 1}\tY${i + 1}\tZ${i + 1}`);
  return [
    `PathFileType\t4\t(X/Y/Z)\t${file}`,
    KEYS.join("\t"),
    values.join("\t"),
    `Frame#\tTime\t${markers.join("\t\t\t")}\t\t`,
    `\t\t${axes.join("\t")}`,
    "",
  ].join("\n");
}

/** Cells of a header line. Some tools put blanks or commas where tabs belong. */
function words(line: string): string[] {
  const cells = line.includes("\t") ? line.split("\t") : line.split(/[\s,]+/);
  return cells.map((cell) => cell.trim()).filter((cell) => cell !== "");
}

/**
 * Reads the header.
 *
 * @param lines The first five lines, without newlines; fewer where the file ends early.
 * @param name The file, for messages.
 * @throws {InputError} If a line breaks a rule.
 */
export function parseTrcHeader(lines: readonly string[], name: string): TrcHeader {
  const fail = (line: number, rule: string, value: string): never => {
    throw new InputError(`${name}, line ${line}`, rule, valueText(value));
  };
  if (!/^\s*PathFileType\b/.test(lines[0] ?? "")) fail(1, "must begin with PathFileType", lines[0] ?? "an empty file");
  if (lines.length < 5) {
    fail(lines.length, "must be one of five header lines, and the file ends after it", `${lines.length} lines`);
  }
  const keys = words(lines[1]!);
  const values = words(lines[2]!);
  const value = (key: string): string => {
    const index = keys.findIndex((one) => one.toLowerCase() === key.toLowerCase());
    const text = index < 0 ? undefined : values[index];
    return text ?? fail(index < 0 ? 2 : 3, `must give ${key}`, (index < 0 ? lines[1] : lines[2])!);
  };
  const number = (key: string, low: number): number => {
    const text = value(key);
    const read = Number(text);
    return Number.isFinite(read) && read >= low ? read : fail(3, `${key} must be a number of at least ${low}`, text);
  };
  const rate = number("DataRate", 0);
  if (rate === 0) fail(3, "DataRate must be above 0", value("DataRate"));
  const frames = number("NumFrames", 0);
  const count = number("NumMarkers", 1);
  if (!Number.isInteger(frames)) fail(3, "NumFrames must be an integer", value("NumFrames"));
  if (count > MOST_MARKERS) fail(3, `NumMarkers must be at most ${MOST_MARKERS}`, value("NumMarkers"));
  const units = value("Units").toLowerCase();
  const metres = Object.hasOwn(METRES, units) ? METRES[units]! : fail(3, "Units must be m, cm or mm", value("Units"));
  const labels = words(lines[3]!);
  if (labels[0]?.toLowerCase() !== "frame#") fail(4, "must begin with Frame#", lines[3]!);
  if (labels[1]?.toLowerCase() !== "time") fail(4, "must have Time as its second name", lines[3]!);
  const markers = labels.slice(2);
  if (markers.length !== count) fail(4, `must name ${count} markers, as NumMarkers says`, `${markers.length} names`);
  const start = keys.some((key) => key.toLowerCase() === "origdatastartframe") ? number("OrigDataStartFrame", 0) : 0;
  return { rate, frames, metres, start, markers };
}
