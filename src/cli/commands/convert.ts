/**
 * `diffpose convert`: poses from one format to another.
 *
 * @module
 */
import type { ClipOptions } from "../../formats/clip.ts";
import { readImageList } from "../../formats/mod.ts";
import { formatNamed, FORMATS, openClip } from "../../formats/registry.ts";
import { layouts } from "../../skeleton/mod.ts";
import {
  booleanFlag,
  type CommandSpec,
  type Host,
  numberFlag,
  type ParsedArgs,
  stringFlag,
  UsageError,
} from "../command.ts";
import { besideFile, convertFile, type ConvertPlace, reportJson, reportLines, stemOf } from "../convert_files.ts";
import { fileSource } from "../sources.ts";

const names = (can: "read" | "write"): string =>
  FORMATS.filter((format) => format[can] !== undefined).map((format) => format.name).join(", ");

/** Converts a file. */
export const COMMAND: CommandSpec = {
  name: "convert",
  summary: "poses of a file or folder to another format, without any model",
  positionals: { name: "FILE", min: 1, max: 1, describe: `poses as ${names("read")}; found by looking at it` },
  flags: {
    to: { type: "string", placeholder: "a,b", describe: `formats to write: ${names("write")}` },
    from: { type: "string", placeholder: "FORMAT", describe: "take FILE for this format, whatever it looks like" },
    output: {
      type: "string",
      short: "o",
      placeholder: "PATH",
      describe: "the file, or folder for formats that are one",
    },
    "out-dir": { type: "string", placeholder: "DIR", describe: "folder for the results; beside FILE when not given" },
    layout: {
      type: "string",
      placeholder: "NAME",
      describe: `joints of points in the picture, where the format has a choice (${Object.keys(layouts).join(", ")})`,
    },
    images: {
      type: "string",
      placeholder: "FILE",
      describe: "COCO file whose image ids are written, matched by name, else by order",
    },
    video: {
      type: "string",
      placeholder: "NAME",
      describe: "which video of FILE, where it holds several (videopose3d)",
    },
    fps: { type: "string", placeholder: "N", describe: "frames a second, where the file does not say" },
    width: { type: "string", placeholder: "PX", describe: "width of the pictures, where the file does not say" },
    height: { type: "string", placeholder: "PX", describe: "height of the pictures, where the file does not say" },
    overwrite: { type: "boolean", describe: "replace files that are there" },
    json: { type: "boolean", describe: "print one JSON report a format on stdout" },
    quiet: { type: "boolean", describe: "print nothing" },
  },
  examples: [
    "diffpose convert out/clip/poses.ndjson --to bvh,trc",
    "diffpose convert openpose_folder/ --to diffpose --fps 30 --width 1920 --height 1080",
    "diffpose convert poses.ndjson --to coco-results --images person_keypoints_val2017.json -o results.json",
  ],
  run: convert,
};

function clipOptions(args: ParsedArgs): ClipOptions & { from?: string } {
  const width = numberFlag(args, "width", { min: 1, max: 1e5, integer: true });
  const height = numberFlag(args, "height", { min: 1, max: 1e5, integer: true });
  const fps = numberFlag(args, "fps", { min: 0.01, max: 1000 });
  const from = stringFlag(args, "from");
  const video = stringFlag(args, "video");
  return {
    ...(width === undefined ? {} : { width }),
    ...(height === undefined ? {} : { height }),
    ...(fps === undefined ? {} : { fps }),
    ...(video === undefined ? {} : { video }),
    ...(from === undefined ? {} : { from: readable(from) }),
  };
}

/** The list of a flag: `a,b`. */
function list(text: string | undefined): string[] {
  return (text ?? "").split(",").map((name) => name.trim()).filter((name) => name !== "");
}

function readable(name: string): string {
  return usage(() => formatNamed(name, "read")).name;
}

/** A wrong name of a format is wrong usage. */
function usage<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

async function convert(args: ParsedArgs, host: Host): Promise<number> {
  const input = args.positionals[0]!;
  const asked = list(stringFlag(args, "to"));
  if (asked.length === 0) throw new UsageError(`--to names the formats to write: ${names("write")}`);
  const formats = asked.map((name) => usage(() => formatNamed(name, "write")));
  const output = stringFlag(args, "output");
  const outDir = stringFlag(args, "out-dir");
  if (output !== undefined && outDir !== undefined) {
    throw new UsageError("--output and --out-dir contradict each other");
  }
  if (output !== undefined && formats.length > 1) {
    throw new UsageError("--output takes one format; use --out-dir for more");
  }
  const images = stringFlag(args, "images");
  const layout = stringFlag(args, "layout");
  const options = clipOptions(args);
  const clip = await openClip(await fileSource(input), options);
  const place: ConvertPlace = {
    folder: outDir ?? besideFile(input),
    stem: stemOf(input),
    clipStem: clip.header === null ? stemOf(input) : stemOf(clip.header.input),
    overwrite: booleanFlag(args, "overwrite"),
    ...(output === undefined ? {} : { output }),
    ...(layout === undefined ? {} : { layout }),
    ...(images === undefined ? {} : { images: await imageList(images) }),
  };
  for (const format of formats) {
    const done = await convertFile(clip, format, place);
    if (booleanFlag(args, "quiet")) continue;
    for (const line of booleanFlag(args, "json") ? [reportJson(input, done)] : reportLines(done)) host.out(line);
  }
  return 0;
}

async function imageList(path: string): ReturnType<typeof readImageList> {
  const source = await fileSource(path);
  if (source.kind === "folder") throw new UsageError(`--images takes a file: "${path}" is a folder`);
  return await readImageList(await source.open(), path);
}
