/**
 * Files of this machine behind the ports of this room, and what a folder holds. File-system part: names `Deno`.
 *
 * @module
 */

import { join } from "node:path";
import { InputError } from "../core/errors.ts";
import { type ImageEntry, isImageName } from "./image_source.ts";
import { MAX_IMAGE_BYTES } from "./limits.ts";
import { comparePaths } from "./natural_sort.ts";
import type { RandomAccess } from "./random_access.ts";

/**
 * Opens a file for reading at any place.
 *
 * @param path The file.
 */
export async function openFileAccess(path: string): Promise<RandomAccess> {
  const file = await Deno.open(path);
  const { size } = await file.stat();
  let isOpen = true;
  return {
    name: path,
    size,
    async read(offset, length) {
      const bytes = new Uint8Array(Math.max(0, Math.min(length, size - offset)));
      await file.seek(offset, Deno.SeekMode.Start);
      let filled = 0;
      while (filled < bytes.length) {
        const count = await file.read(bytes.subarray(filled));
        if (count === null) break;
        filled += count;
      }
      return bytes.subarray(0, filled);
    },
    [Symbol.asyncDispose]() {
      if (isOpen) file.close();
      isOpen = false;
      return Promise.resolve();
    },
  };
}

/**
 * Reads the file of a picture, if it is not too large for one.
 *
 * @param path The file.
 * @throws {InputError} If it has more than {@link MAX_IMAGE_BYTES}.
 */
export async function readImageFile(path: string): Promise<Uint8Array> {
  const { size } = await Deno.stat(path);
  if (size > MAX_IMAGE_BYTES) {
    throw new InputError(path, `a picture's file must be at most ${MAX_IMAGE_BYTES} bytes`, `current size is ${size}`);
  }
  return await Deno.readFile(path);
}

/**
 * Reads the first bytes of a file.
 *
 * @param path The file.
 * @param length How many; fewer where the file ends.
 */
export async function readImageStart(path: string, length: number): Promise<Uint8Array> {
  await using file = await openFileAccess(path);
  return await file.read(0, length);
}

/** The pictures of a folder and what was passed over. */
export interface FolderListing {
  /** Pictures, told by the ending of their names, in natural order. */
  readonly entries: readonly ImageEntry[];
  /** Other files, by relative path. */
  readonly skipped: readonly string[];
}

/**
 * Lists the pictures of a folder. Names that begin with a dot are passed over; links to folders are not followed, as
 * they may form circles.
 *
 * @param folder The folder.
 * @param options `recursive` looks into sub-folders, too.
 */
export async function listFolder(folder: string, options: { recursive?: boolean } = {}): Promise<FolderListing> {
  const { recursive = false } = options;
  const images: string[] = [];
  const skipped: string[] = [];
  const walk = async (below: string): Promise<void> => {
    for await (const entry of Deno.readDir(join(folder, below))) {
      if (entry.name.startsWith(".")) continue;
      const path = below === "" ? entry.name : `${below}/${entry.name}`;
      const isFolder = entry.isDirectory ||
        (entry.isSymlink && (await Deno.stat(join(folder, path)).catch(() => null))?.isDirectory === true);
      if (isFolder) {
        if (recursive && entry.isDirectory) await walk(path);
      } else if (isImageName(entry.name)) images.push(path);
      else skipped.push(path);
    }
  };
  await walk("");
  const entries = images.sort(comparePaths).map((name): ImageEntry => ({
    name,
    read: () => readImageFile(join(folder, name)),
    readStart: (length) => readImageStart(join(folder, name), length),
  }));
  return { entries, skipped: skipped.sort(comparePaths) };
}
