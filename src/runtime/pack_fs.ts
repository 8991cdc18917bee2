/**
 * Packs on disk: folders, .zip files, and names looked up where packs live. This file names `Deno`.
 *
 * A .zip may be compressed once more as a whole, `NAME.zip.planes.br`: Brotli over the byte planes of the .zip, see
 * `byte_planes.ts`. What two graphs of a pack share is stored once then. Compiled binaries hold their packs so.
 *
 * @module
 */

import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { brotliDecompress } from "node:zlib";
import { InputError } from "../core/errors.ts";
import { joinPlanes } from "./byte_planes.ts";
import { loadPack, type Pack, type PackSource } from "./pack.ts";
import { isSafeName, MANIFEST_NAME, MAX_PACK_BYTES } from "./pack_limits.ts";
import { openZip } from "./pack_zip.ts";

const inflate = promisify(brotliDecompress);

/** What an archive is called at its end. */
const ARCHIVE = /\.zip(\.planes\.br)?$/;

/** A pack that was found, not yet opened. */
export interface PackPlace {
  /** Name of the folder, or of the .zip or .zip.planes.br without its ending. */
  readonly name: string;
  /** Path of the folder, .zip or .zip.planes.br. */
  readonly path: string;
}

/**
 * Opens a folder as the source of a pack.
 *
 * @param path The folder.
 */
export function openFolder(path: string): PackSource {
  return {
    name: path,
    list: async () => {
      const names: string[] = [];
      for await (const entry of Deno.readDir(path)) if (entry.isFile) names.push(entry.name);
      return names.sort();
    },
    read: async (file, maxBytes) => {
      const where = `${path}/${file}`;
      if (!isSafeName(file)) throw new InputError(where, "must stay inside the pack", file);
      try {
        const { size, isFile } = await Deno.stat(join(path, file));
        if (!isFile) throw new InputError(where, "must be a file", "a folder");
        if (size > maxBytes) throw new InputError(where, `must be at most ${maxBytes} bytes`, String(size));
        return await Deno.readFile(join(path, file));
      } catch (error) {
        throw asInputError(where, error);
      }
    },
  };
}

/**
 * Folders in which packs are looked up by name, in this order: `DIFFPOSE_MODELS` (several, separated as in `PATH`),
 * `models/` beside a compiled binary, `models/` of this source tree (also inside a compiled binary).
 */
export function packRoots(): string[] {
  const separator = Deno.build.os === "windows" ? ";" : ":";
  const roots = (Deno.env.get("DIFFPOSE_MODELS") ?? "").split(separator).filter((each) => each !== "");
  if (Deno.build.standalone) roots.push(join(dirname(Deno.execPath()), "models"));
  // Absent when the package is loaded from a registry: then there is no folder beside it.
  if (import.meta.dirname !== undefined) roots.push(join(import.meta.dirname, "..", "..", "models"));
  return [...new Set(roots.map((root) => resolve(root)))];
}

/** Every pack in the {@link packRoots}, sorted by name; of two with one name, the one that a look-up would take. */
export async function listPacks(roots: readonly string[] = packRoots()): Promise<PackPlace[]> {
  const places = new Map<string, PackPlace>();
  for (const root of roots) {
    for (const path of await entriesOf(root)) {
      const name = path.slice(root.length + 1).replace(ARCHIVE, "");
      if (!places.has(name)) places.set(name, { name, path });
    }
  }
  return [...places.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function entriesOf(root: string): Promise<string[]> {
  const paths: string[] = [];
  try {
    for await (const entry of Deno.readDir(root)) {
      const path = join(root, entry.name);
      if (ARCHIVE.test(entry.name) ? !entry.isDirectory : await isFile(join(path, MANIFEST_NAME))) paths.push(path);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw asInputError(root, error);
  }
  return paths.sort();
}

/**
 * Loads a pack from a folder, a .zip, or by name.
 *
 * A text with a slash or the ending `.zip` or `.zip.planes.br` is a path. Anything else is a name, looked up in the
 * {@link packRoots} as a folder, then as `NAME.zip` and `NAME.zip.planes.br`; last, as a folder here.
 *
 * @param pathOrName What the user wrote after `--model`.
 * @throws {InputError} If there is no such pack, or it is damaged.
 */
export async function loadPackFrom(pathOrName: string): Promise<Pack> {
  return await loadPackAt(await findPack(pathOrName));
}

/**
 * Loads the pack in a folder or a .zip, by its path.
 *
 * @param path The folder or .zip.
 * @throws {InputError} If there is none, or it is damaged.
 */
export async function loadPackAt(path: string): Promise<Pack> {
  return await loadPack(await openPlace(path));
}

async function findPack(pathOrName: string): Promise<string> {
  if (/[/\\]/.test(pathOrName) || ARCHIVE.test(pathOrName)) return pathOrName;
  const roots = packRoots();
  for (const root of isSafeName(pathOrName) ? roots : []) {
    for (const ending of ["", ".zip", ".zip.planes.br"]) {
      const path = join(root, pathOrName + ending);
      if (await isFile(ending === "" ? join(path, MANIFEST_NAME) : path)) return path;
    }
  }
  if (await isFile(join(pathOrName, MANIFEST_NAME))) return pathOrName;
  const known = (await listPacks(roots)).map((place) => place.name).join(", ") || "none";
  throw new InputError(
    `model ${pathOrName}`,
    `must be a path, or the name of a pack in ${roots.join(" or ")}`,
    `packs there are: ${known} (\`setup\` builds the movenet packs)`,
  );
}

async function openPlace(path: string): Promise<PackSource> {
  try {
    const { isDirectory, size } = await Deno.stat(path);
    if (isDirectory) return openFolder(path);
    if (size > MAX_PACK_BYTES) throw new InputError(path, `a pack must be at most ${MAX_PACK_BYTES} bytes`, `${size}`);
    return path.endsWith(".planes.br") ? await openCompressed(path) : openZip(await Deno.readFile(path), path);
  } catch (error) {
    throw asInputError(path, error);
  }
}

/** The archive is held weakly: between two graphs it may go, and is then made anew. */
async function openCompressed(path: string): Promise<PackSource> {
  const open = async (): Promise<PackSource> => {
    try {
      return openZip(joinPlanes(await inflate(await Deno.readFile(path), { maxOutputLength: MAX_PACK_BYTES })), path);
    } catch (error) {
      if (error instanceof InputError || error instanceof Deno.errors.NotFound) throw error;
      throw new InputError(path, "must be the planes of a whole .zip in Brotli", (error as Error).message, {
        cause: error,
      });
    }
  };
  const first = await open();
  let kept = new WeakRef(first);
  const source = async (): Promise<PackSource> => {
    const held = kept.deref() ?? await open();
    kept = new WeakRef(held);
    return held;
  };
  return {
    name: path,
    partial: true,
    list: async () => await (await source()).list(),
    read: async (file, maxBytes) => await (await source()).read(file, maxBytes),
  };
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isFile;
  } catch {
    return false;
  }
}

function asInputError(where: string, error: unknown): InputError {
  if (error instanceof InputError) return error;
  if (error instanceof Deno.errors.NotFound) return new InputError(where, "must exist", "missing", { cause: error });
  return new InputError(where, "must be readable", (error as Error).message, { cause: error });
}
