/**
 * The inputs of a command line and the folder of each one's results.
 *
 * @module
 */
import { basename, join, relative } from "node:path";
import { isImageName } from "../media/mod.ts";
import { UsageError } from "./command.ts";

/** Endings of files that hold frames, for the search in folders. */
const CLIP_ENDINGS = /\.(mp4|m4v|mov|mkv|webm|avi|mpg|mpeg|ts|gif|zip)$/i;
/** Beside pictures such a file is one of them that cannot be read, not the clip that the folder is there for. */
const PICTURE_LIKE = /\.gif$/i;

/** One input. */
export interface InputPlace {
  /** Its path. */
  readonly path: string;
  /** Folder of its results. */
  readonly folder: string;
}

/** File name without its ending. */
function stem(path: string): string {
  return basename(path.replace(/[/\\]+$/, "")).replace(/\.[^.]+$/, "") || "input";
}

/** Videos and archives below a folder, in the order of their paths. */
async function clipsBelow(folder: string, recursive: boolean): Promise<string[]> {
  const found: string[] = [];
  let pictures = false;
  for await (const entry of Deno.readDir(folder)) {
    const path = join(folder, entry.name);
    if (entry.isFile && CLIP_ENDINGS.test(entry.name)) found.push(path);
    else if (entry.isFile && isImageName(entry.name)) pictures = true;
    else if (entry.isDirectory && recursive) found.push(...await clipsBelow(path, true));
  }
  return found.filter((path) => !pictures || !PICTURE_LIKE.test(path)).sort();
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isDirectory;
  } catch {
    return false; // What is wrong with it is said when it is opened.
  }
}

/**
 * Lists the inputs. A folder that holds videos or archives stands for these, and their sub-folders are mirrored below
 * `out`; any other path is an input itself.
 *
 * @param paths What the user wrote.
 * @param out Folder of all results.
 * @param recursive Also look into sub-folders.
 * @throws {UsageError} If two inputs would write to one folder.
 */
export async function listInputs(paths: readonly string[], out: string, recursive: boolean): Promise<InputPlace[]> {
  const places: InputPlace[] = [];
  for (const path of paths) {
    const clips = await isFolder(path) ? await clipsBelow(path, recursive) : [];
    if (clips.length === 0) places.push({ path, folder: join(out, stem(path)) });
    for (const clip of clips) {
      places.push({ path: clip, folder: join(out, relative(path, clip), "..", stem(clip)) });
    }
  }
  const seen = new Map<string, string>();
  for (const { path, folder } of places) {
    const other = seen.get(folder);
    if (other !== undefined) {
      throw new UsageError(`${other} and ${path} would both write to ${folder}; run them apart with --out-dir`);
    }
    seen.set(folder, path);
  }
  return places;
}
