/**
 * A conversion on disk: opens the source, writes beside temporary names, renames, and puts the report into words.
 *
 * @module
 */
import { basename, dirname, join } from "node:path";
import type { PoseClip } from "../formats/clip.ts";
import type { PoseFormat, WriteOptions } from "../formats/format.ts";
import { FORMATS } from "../formats/registry.ts";
import { convertClip, type ConvertReport } from "../pipelines/convert.ts";
import { conversionText } from "../skeleton/mod.ts";
import { openSink } from "./sink.ts";

/** What was written, and how. */
export interface ConvertedFiles extends ConvertReport {
  /** Name of the format. */
  readonly format: string;
  /** Paths of the files, or of the folder. */
  readonly paths: readonly string[];
}

/** File or folder name without its ending, and without what this program puts before it (`poses.coco.json`). */
export function stemOf(path: string): string {
  const name = basename(path.replace(/[/\\]+$/, "")).replace(/\.[^.]+$/, "");
  const format = FORMATS.find((one) => name.endsWith(`.${one.name}`));
  return (format === undefined ? name : name.slice(0, -format.name.length - 1)) || "poses";
}

/** `poses.coco.json`; without the format where its ending already says it (`poses.trc`). */
export function nameFor(stem: string, format: PoseFormat): { readonly stem: string; readonly ending: string } {
  if (format.files === "folder") return { stem: `${stem}.${format.name}`, ending: format.ending };
  const unique = format.ending === `.${format.name}` ||
    FORMATS.filter(({ ending }) => ending === format.ending).length === 1;
  return { stem: unique ? stem : `${stem}.${format.name}`, ending: format.ending };
}

/** What {@link convertFile} needs beside the clip. */
export interface ConvertPlace extends Omit<WriteOptions, "stem"> {
  /** Folder for the result. */
  readonly folder: string;
  /** Stem of the result's name. */
  readonly stem: string;
  /** Whole path of the result; goes before folder and stem. The ending of its files stays that of the path. */
  readonly output?: string;
  /** Stem of the clip itself, for formats that write it into their files. */
  readonly clipStem: string;
  /** Whether files that are there may be replaced. */
  readonly overwrite: boolean;
}

/**
 * Converts a clip into files.
 *
 * @param clip From `openClip`.
 * @param format The target.
 * @param place Where to.
 * @throws {InputError} If the clip or the place is at fault. Nothing is left behind then.
 */
export async function convertFile(clip: PoseClip, format: PoseFormat, place: ConvertPlace): Promise<ConvertedFiles> {
  const { folder, stem, output, clipStem, overwrite, ...write } = place;
  const ending = output === undefined ? "" : /\.[^./\\]+$/.exec(output)?.[0] ?? "";
  const name = output === undefined
    ? { folder, ...nameFor(stem, format) }
    : format.files === "folder"
    ? { folder: dirname(output), stem: basename(output), ending: format.ending }
    : { folder: dirname(output), stem: basename(output, ending), ending };
  await using sink = openSink({ ...name, overwrite });
  const report = await convertClip(clip, format, sink, { ...write, stem: clipStem });
  const notes = [...(clip.notes ?? []), ...report.notes];
  return { ...report, notes, format: format.name, paths: await sink.commit() };
}

/** What happened to the joints. */
function layoutLines(where: string, conversion: ConvertReport["points2d"]): string[] {
  if (conversion === null) return [];
  const { from, to } = conversion;
  if (from.name === to.name) return [`  ${where}: ${to.name}, all ${to.joints.length} joints as they are`];
  return conversionText(conversion).map((line) => `  ${where}: ${line}`);
}

/** The report in words, a line an entry. */
export function reportLines(done: ConvertedFiles): string[] {
  const { paths, frames, instances, points2d, points3d, lost, notes } = done;
  const shown = paths.length > 5 ? [...paths.slice(0, 4), `… and ${paths.length - 4} more`] : paths;
  return [
    ...shown,
    `  ${frames} frames, ${instances} poses`,
    ...layoutLines("picture", points2d),
    ...layoutLines("space", points3d),
    ...(lost.length === 0 ? [] : [`  ${done.format} cannot carry: ${lost.join(", ")}`]),
    ...notes.map((note) => `  note: ${note}`),
  ];
}

/** The report as JSON. */
export function reportJson(input: string, done: ConvertedFiles): string {
  const layouts = (conversion: ConvertReport["points2d"]) =>
    conversion === null ? null : {
      from: conversion.from.name,
      to: conversion.to.name,
      copied: conversion.copied.map(({ to }) => conversion.to.joints[to]),
      derived: conversion.derived.map(({ to }) => conversion.to.joints[to]),
      missing: conversion.missing.map((joint) => conversion.to.joints[joint]),
      lost: conversion.lost.map((joint) => conversion.from.joints[joint]),
    };
  const { format, paths, frames, instances, lost, notes } = done;
  return JSON.stringify({
    input,
    format,
    paths,
    frames,
    instances,
    points2d: layouts(done.points2d),
    points3d: layouts(done.points3d),
    lost,
    notes,
  });
}

/** Path of a folder for the results of a file: beside it. */
export function besideFile(path: string): string {
  return dirname(join(path.replace(/[/\\]+$/, "")));
}
