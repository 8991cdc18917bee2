/**
 * What an input holds: pictures in their final order, or a video. File-system part: names `Deno`.
 *
 * @module
 */

import { InputError } from "../core/errors.ts";
import { listFolder, openFileAccess, readImageFile, readImageStart } from "./file_fs.ts";
import { type ImageEntry, isImageName } from "./image_source.ts";
import { MAGIC_BYTES, mediaKind } from "./media_kind.ts";
import { comparePaths } from "./natural_sort.ts";
import type { RandomAccess } from "./random_access.ts";
import { readZipDirectory } from "./zip_directory.ts";
import { readZipEntry, readZipEntryStart } from "./zip_entry.ts";

/** An input that was looked at; nothing of it is decoded. */
export type InputContent =
  | {
    readonly kind: "pictures";
    /** At least one. */
    readonly entries: readonly ImageEntry[];
    /** Names of other files beside them. */
    readonly skipped: readonly string[];
    /** The formats, for provenance. */
    readonly decoder: string;
    /** Lets go of open files. */
    readonly close: () => Promise<void>;
  }
  | { readonly kind: "video"; readonly demuxer: string };

/** Formats of pictures, for messages. */
const PICTURES = "JPEG, PNG";

/**
 * Looks at a picture, a folder, an archive or a video.
 *
 * @param path The file or folder.
 * @param options `recursive` looks into the sub-folders of a folder, too.
 * @throws {InputError} If there is nothing at `path`, or nothing that can be read.
 */
export async function listInput(path: string, options: { readonly recursive?: boolean } = {}): Promise<InputContent> {
  const { isDirectory } = await statInput(path);
  if (isDirectory) {
    const { entries, skipped } = await listFolder(path, options);
    return listed(path, "folder", entries, skipped);
  }
  await using file = await openFileAccess(path);
  const found = mediaKind(await file.read(0, MAGIC_BYTES));
  switch (found.kind) {
    case "jpeg":
    case "png": {
      const name = path.split(/[/\\]/).at(-1) ?? path;
      const entry = {
        name,
        read: () => readImageFile(path),
        readStart: (length: number) => readImageStart(path, length),
      };
      return { ...listed(path, "file", [entry], []), decoder: found.kind };
    }
    case "zip":
      return await listZip(path, await openFileAccess(path));
    case "video":
      return { kind: "video", demuxer: found.demuxer };
    case "empty":
      throw new InputError(path, "an input must not be empty", "current size is 0 bytes");
    case "unknown":
      throw new InputError(
        path,
        `an input must be a picture (${PICTURES}), a folder or .zip of pictures, or a video`,
        `current first bytes are ${found.firstBytes}`,
      );
    default:
      return found satisfies never;
  }
}

async function statInput(path: string): Promise<Deno.FileInfo> {
  try {
    const info = await Deno.stat(path);
    if (info.isFile || info.isDirectory) return info;
  } catch (cause) {
    const missing = cause instanceof Deno.errors.NotFound || cause instanceof Deno.errors.NotADirectory;
    const value = missing ? "there is nothing at this path" : cause instanceof Error ? cause.message : String(cause);
    throw new InputError(path, "an input must be a readable file or folder", value, { cause });
  }
  throw new InputError(path, "an input must be a readable file or folder", "it is a device or a pipe");
}

async function listZip(path: string, archive: RandomAccess): Promise<InputContent> {
  const close = () => Promise.resolve(archive[Symbol.asyncDispose]());
  try {
    const files = (await readZipDirectory(archive)).filter(({ name }) => !/(^|\/)(\.|__MACOSX\/)/.test(name));
    const images = files.filter(({ name }) => isImageName(name)).sort((a, b) => comparePaths(a.name, b.name));
    const entries = images.map((entry): ImageEntry => ({
      name: entry.name,
      read: () => readZipEntry(archive, entry),
      readStart: (length) => readZipEntryStart(archive, entry, length),
    }));
    const others = files.filter(({ name }) => !isImageName(name)).map(({ name }) => name);
    return { ...listed(path, "zip", entries, others), close };
  } catch (error) {
    await close();
    throw error;
  }
}

function listed(
  path: string,
  what: string,
  entries: readonly ImageEntry[],
  skipped: readonly string[],
): InputContent & { readonly kind: "pictures" } {
  if (entries.length === 0) {
    throw new InputError(path, `a ${what} must hold pictures (${PICTURES})`, `it has ${skipped.length} other files`);
  }
  const kinds = new Set(entries.map(({ name }) => /\.png$/i.test(name) ? "png" : "jpeg"));
  const decoder = [...kinds].sort().join("+");
  return { kind: "pictures", entries, skipped, decoder, close: () => Promise.resolve() };
}
