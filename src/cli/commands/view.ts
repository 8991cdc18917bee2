/**
 * `diffpose view`: a page to look at, from a file of poses, or from two on the same clip.
 *
 * @module
 */
import { basename, dirname, isAbsolute, join, resolve } from "node:path";
import { InputError } from "../../core/errors.ts";
import { readRecords } from "../../formats/mod.ts";
import type { HeaderRecord } from "../../formats/record.ts";
import type { OpenFramesOptions } from "../../media/mod.ts";
import { booleanFlag, type CommandSpec, type Host, type ParsedArgs, stringFlag, UsageError } from "../command.ts";
import { writeViewer } from "../view_file.ts";

/** The first line of a file of poses. */
async function readHeader(path: string): Promise<HeaderRecord> {
  let file: Deno.FsFile;
  try {
    file = await Deno.open(path);
  } catch (error) {
    throw new InputError(path, "must be a readable file of poses", (error as Error).message, { cause: error });
  }
  for await (const record of readRecords(file.readable, path, { allowTruncated: true })) {
    if (record.type === "header") return record;
    break;
  }
  throw new InputError(path, "must begin with a header", "no header");
}

/** A clip and how the run opened it. */
interface Clip {
  readonly path: string;
  readonly timing: OpenFramesOptions;
}

/** Poses may be lifted from poses that were lifted from poses; more than this is a ring. */
const MOST_HOPS = 4;

/**
 * The clip that a header names: as it was named then, or beside the file of poses; undefined when it is not there. Poses
 * that were lifted from other poses have the clip of these.
 */
async function findClip(header: HeaderRecord, poses: string, hops = MOST_HOPS): Promise<Clip | undefined> {
  const places = isAbsolute(header.input) ? [header.input] : [header.input, join(dirname(poses), header.input)];
  for (const path of places) {
    if (!await Deno.stat(path).then(() => true, () => false)) continue;
    if (!path.endsWith(".ndjson")) return { path, timing: timing(header) };
    return hops > 0 ? await findClip(await readHeader(path), path, hops - 1) : undefined;
  }
  return undefined;
}

/** How the run opened its clip: only then do the pictures belong to its frames. */
function timing(header: HeaderRecord): OpenFramesOptions {
  const { fps, start, end } = header.options;
  return {
    ...(typeof fps === "number" ? { fps } : {}),
    ...(typeof start === "number" ? { start } : {}),
    ...(typeof end === "number" ? { end } : {}),
  };
}

/** What made the 2D poses of a run: its system, else the first model that is named. */
function systemOf({ options, models }: HeaderRecord): string {
  const { system } = options;
  return typeof system === "string" ? system : models[0]?.name.split("-")[0] ?? "poses";
}

/** Names of two runs: their systems where these differ, else their folders, else their files. */
export function namesOf(
  paths: readonly [string, string],
  headers: readonly [HeaderRecord, HeaderRecord],
): readonly [string, string] {
  const both = (name: (side: 0 | 1) => string): readonly [string, string] => [name(0), name(1)];
  const choices = [
    both((side) => systemOf(headers[side])),
    both((side) => basename(dirname(resolve(paths[side])))),
    both((side) => basename(paths[side])),
  ];
  return choices.find(([one, other]) => one !== other) ?? paths;
}

async function run(args: ParsedArgs, host: Host): Promise<number> {
  const [poses, other] = args.positionals as [string, string?];
  const output = stringFlag(args, "output") ?? join(dirname(poses), "view.html");
  const asked = stringFlag(args, "frames");
  const bare = booleanFlag(args, "no-frames");
  if (bare && asked !== undefined) throw new UsageError("--frames and --no-frames contradict each other");
  const header = await readHeader(poses);
  const quiet = booleanFlag(args, "quiet");
  const note = (text: string): void => void (quiet || host.err(`diffpose: ${text}`));
  const clip = asked !== undefined
    ? { path: asked, timing: timing(header) }
    : bare
    ? undefined
    : await findClip(header, poses);
  if (clip === undefined && !bare) {
    note(`the page has no pictures, as ${header.input} was not found; --frames INPUT names another place`);
  }
  const second = other === undefined
    ? {}
    : { second: { poses: other, names: namesOf([poses, other], [header, await readHeader(other)]) } };
  const page = { poses, output, signal: host.signal, ...second };
  try {
    const frames = { ...clip?.timing, recursive: booleanFlag(args, "recursive"), onNote: note };
    await writeViewer(clip === undefined ? page : { ...page, input: clip.path, frames });
  } catch (error) {
    // A clip that was only guessed must not cost the page. If the poses are at fault, the second try says so.
    if (!(error instanceof InputError) || clip === undefined || asked !== undefined) throw error;
    note(`the page has no pictures: ${error.message}`);
    await writeViewer(page);
  }
  if (!quiet) host.out(output);
  return 0;
}

/** Writes the viewer. */
export const COMMAND: CommandSpec = {
  name: "view",
  summary: "write a self-contained page to look at poses",
  positionals: { name: "FILE", min: 1, max: 2, describe: "poses.ndjson; two of the same clip are shown together" },
  flags: {
    output: {
      type: "string",
      short: "o",
      placeholder: "FILE",
      describe: "the page; view.html beside FILE when not given",
    },
    frames: {
      type: "string",
      placeholder: "INPUT",
      describe: "the clip whose pictures are embedded; the run's own when not given",
    },
    "no-frames": { type: "boolean", describe: "embed no pictures" },
    recursive: { type: "boolean", describe: "look into sub-folders, where the run did" },
    quiet: { type: "boolean", describe: "no notes" },
  },
  examples: [
    "diffpose view out/clip/poses.ndjson -o view.html",
    "diffpose view poses.ndjson --frames clip.mp4",
    "diffpose view a/clip/poses.ndjson b/clip/poses.ndjson -o compare.html",
  ],
  run,
};
