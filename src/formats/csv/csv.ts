/**
 * CSV, a table for spreadsheets, pandas and R: a row for each person in each frame, columns as in `csv_columns.ts`.
 *
 * It carries everything, numbers in full.
 *
 * @module
 */

import { EVERYTHING } from "../carries.ts";
import { InputError } from "../../core/errors.ts";
import { coco17, h36m17, layouts, type Skeleton } from "../../skeleton/mod.ts";
import type { ClipFrame, ClipPerson, Points, PoseClip } from "../clip.ts";
import { csvColumns } from "./csv_columns.ts";
import { openCsv } from "./csv_read.ts";
import { csvCell } from "./csv_rows.ts";
import type { PoseFormat } from "../format.ts";
import type { Sink } from "../source.ts";
import { TextSink } from "../text_sink.ts";

/** A number in full, without a negative zero; empty for null. */
function numberCell(value: number | null | undefined): string {
  return value === null || value === undefined ? "" : String(value + 0);
}

function frameCells(frame: ClipFrame, clip: PoseClip): string[] {
  return [
    numberCell(frame.index),
    numberCell(frame.time),
    numberCell(clip.fps),
    numberCell(frame.width ?? clip.width),
    numberCell(frame.height ?? clip.height),
    csvCell(frame.name ?? ""),
    numberCell(frame.imageId),
  ];
}

function derivedCell(points: Points | null, skeleton: Skeleton | null): string {
  return (points?.derived ?? []).map((joint) => skeleton?.joints[joint]).join(" ");
}

function pointCells(points: Points | null, skeleton: Skeleton | null, dimensions: 2 | 3): string[] {
  if (skeleton === null) return [];
  const cells: string[] = [];
  for (let joint = 0; joint < skeleton.joints.length; joint++) {
    const there = points !== null && points.scores[joint]! > 0;
    for (let axis = 0; axis < dimensions; axis++) {
      cells.push(there ? numberCell(points.values[joint * dimensions + axis]) : "");
    }
    cells.push(numberCell(points?.scores[joint]), there ? numberCell(points.sigma?.[joint]) : "");
  }
  return cells;
}

function personCells(person: ClipPerson, { skeleton2d, skeleton3d }: PoseClip): string[] {
  const { id, score, box, points2d, points3d, interpolated } = person;
  return [
    numberCell(id),
    numberCell(score),
    interpolated ? "1" : "0",
    ...(box ?? [null, null, null, null]).map(numberCell),
    derivedCell(points2d, skeleton2d),
    derivedCell(points3d, skeleton3d),
    ...pointCells(points2d, skeleton2d, 2),
    ...pointCells(points3d, skeleton3d, 3),
  ];
}

async function write(clip: PoseClip, sink: Sink): Promise<readonly string[]> {
  const columns = csvColumns(clip.skeleton2d, clip.skeleton3d);
  const file = new TextSink(await sink.file(""));
  await file.write(`${columns.join(",")}\n`);
  for await (const frame of clip.frames()) {
    const start = frameCells(frame, clip);
    const nobody = Array.from({ length: columns.length - start.length }, () => "");
    const rows = frame.people.length === 0 ? [nobody] : frame.people.map((person) => personCells(person, clip));
    for (const row of rows) await file.write(`${[...start, ...row].join(",")}\n`);
  }
  await file.close();
  return [];
}

function recognises(_name: string, head: Uint8Array, kind: "file" | "folder"): boolean {
  if (kind === "folder") return false;
  const line = new TextDecoder().decode(head).split("\n", 1)[0]!;
  const names = line.split(",").map((name) => name.trim().replace(/^"(.*)"$/, "$1"));
  return names.includes("frame") && names.some((name) => /_[xy]3?$/.test(name) && !name.startsWith("box_"));
}

const others = Object.values(layouts);

/** CSV files. */
export const csv: PoseFormat = {
  name: "csv",
  summary: "a table with a row for each person in each frame, for spreadsheets, pandas and R",
  ending: ".csv",
  files: "one",
  carries: EVERYTHING,
  layouts2d: [coco17, ...others.filter((one) => one !== coco17)],
  layouts3d: [h36m17, ...others.filter((one) => one !== h36m17)],
  recognises,
  async read(source, options) {
    if (source.kind === "folder") throw new InputError(source.name, "must be a CSV file", "a folder");
    return await openCsv(source, options);
  },
  write,
};
