/**
 * What a run writes beside `poses.ndjson`: the page, drawn pictures, and the formats that were asked for.
 *
 * @module
 */
import { join } from "node:path";
import type { PoseFormat } from "../formats/format.ts";
import { picturesByName } from "../formats/picture_numbers.ts";
import { FORMATS, openClip } from "../formats/registry.ts";
import { type Host, type ParsedArgs, stringFlag, UsageError } from "./command.ts";
import { convertFile, stemOf } from "./convert_files.ts";
import { type Overlay, OVERLAYS, writeOverlays } from "./overlay_files.ts";
import { fileSource } from "./sources.ts";
import { writeViewer } from "./view_file.ts";

/** The parsed `--format` list. */
export interface Outputs {
  /** Whether `view.html` is written. */
  readonly view: boolean;
  /** Drawn pictures: `overlays/NAME.svg`, `overlays/NAME.png`. */
  readonly overlays: readonly Overlay[];
  /** The other formats. */
  readonly formats: readonly PoseFormat[];
}

/** Formats that a run can write; `diffpose` it always writes. */
export function writableFormats(): readonly PoseFormat[] {
  return FORMATS.filter(({ name, write }) => write !== undefined && name !== "diffpose");
}

/**
 * Reads `--format`.
 *
 * @throws {UsageError} If a name is unknown.
 */
export function outputsWanted(args: ParsedArgs): Outputs {
  const names = (stringFlag(args, "format") ?? "").split(",").map((name) => name.trim()).filter((name) => name !== "");
  const known = new Map(writableFormats().map((format) => [format.name, format]));
  const others = ["html", "none", ...OVERLAYS];
  const unknown = names.find((name) => !others.includes(name) && !known.has(name));
  if (unknown !== undefined) {
    throw new UsageError(`--format takes ${[...others, ...known.keys()].join(", ")}: "${unknown}"`);
  }
  return {
    view: names.includes("html"),
    overlays: OVERLAYS.filter((name) => names.includes(name)),
    formats: names.flatMap((name) => known.get(name) ?? []),
  };
}

/** A finished run. */
export interface FinishedRun {
  /** Path of its `poses.ndjson`. */
  readonly poses: string;
  /** Folder of its results. */
  readonly folder: string;
  /** The input as the user named it. */
  readonly input: string;
  /** True when an earlier run had completed the poses: a page that is there stays. */
  readonly complete: boolean;
  /**
   * Whether its frames are stills: a file name that is a number is the id of the picture then, as in COCO.
   * @default {false}
   */
  readonly stills?: boolean;
  /** Id of a still by its name; its number where absent. */
  readonly idOf?: (name: string) => number | null;
}

/**
 * Writes what was asked for. Formats are always written anew, as they follow from the poses.
 *
 * @param run The poses.
 * @param outputs What is wanted.
 * @param viewer What the page shows beside the poses; null for a page of poses alone.
 * @param host Notes of the writers go to stderr.
 */
export async function writeOutputs(
  run: FinishedRun,
  outputs: Outputs,
  viewer: Omit<Parameters<typeof writeViewer>[0], "poses" | "output" | "keep" | "signal">,
  host: Host,
): Promise<void> {
  const { poses, folder, input, complete, stills = false } = run;
  if (outputs.view) {
    await writeViewer({
      ...viewer,
      poses,
      output: join(folder, "view.html"),
      keep: complete,
      signal: host.signal,
    });
  }
  if (outputs.overlays.length > 0) {
    const { overlays: kinds } = outputs;
    const { frames = {} } = viewer;
    await writeOverlays({ poses, input, frames, folder: join(folder, "overlays"), kinds, signal: host.signal });
  }
  if (outputs.formats.length === 0) return;
  const clip = await openClip(await fileSource(poses), { from: "diffpose" });
  const images = stills ? await picturesByName(clip, run.idOf) : undefined;
  for (const format of outputs.formats) {
    const listed = images === undefined ? {} : { images };
    const place = { folder, stem: stemOf(poses), clipStem: stemOf(input), overwrite: true, ...listed };
    const { notes } = await convertFile(clip, format, place);
    for (const note of notes) host.err(`diffpose: ${format.name}: ${note}`);
  }
}
