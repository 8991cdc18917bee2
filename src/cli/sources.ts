/**
 * Paths as sources that formats read.
 *
 * @module
 */
import { basename, dirname, join } from "node:path";
import { InputError } from "../core/errors.ts";
import type { FileSource, FolderSource, Source } from "../formats/source.ts";

function fileAt(path: string): FileSource {
  return {
    kind: "file",
    name: path,
    open: async () => {
      try {
        return (await Deno.open(path)).readable;
      } catch (error) {
        throw new InputError(path, "must be a readable file", (error as Error).message, { cause: error });
      }
    },
    beside: async (name) => {
      const other = join(dirname(path), basename(name));
      return await Deno.stat(other).then(({ isFile }) => isFile, () => false) ? fileAt(other) : null;
    },
  };
}

function folderAt(path: string): FolderSource {
  return {
    kind: "folder",
    name: path,
    list: async () => {
      const names: string[] = [];
      for await (const entry of Deno.readDir(path)) if (entry.isFile) names.push(entry.name);
      return names;
    },
    file: (name) => fileAt(join(path, name)),
  };
}

/**
 * The file or folder at a path.
 *
 * @param path As the user wrote it.
 * @throws {InputError} If nothing is there, or it cannot be looked at.
 */
export async function fileSource(path: string): Promise<Source> {
  try {
    return (await Deno.stat(path)).isDirectory ? folderAt(path) : fileAt(path);
  } catch (error) {
    throw new InputError(path, "must be a file or folder that can be read", (error as Error).message, { cause: error });
  }
}
