/**
 * Packs as .zip files, read and written in memory with fflate.
 *
 * A .zip is not believed: names that leave the pack are refused, declared sizes are checked before anything is inflated,
 * and what is inflated can never outgrow the declared size.
 *
 * @module
 */

import { unzipSync, type Zippable, zipSync } from "fflate";
import { InputError } from "../core/errors.ts";
import { DTYPES, parseManifest } from "./manifest.ts";
import type { Pack, PackSource } from "./pack.ts";
import { isSafeName, MANIFEST_NAME, MAX_PACK_BYTES, MAX_PACK_FILES } from "./pack_limits.ts";

/**
 * Opens a .zip as the source of a pack. The manifest may stand at the top or in the one folder at the top.
 *
 * @param bytes The whole .zip.
 * @param name How to call it in messages.
 * @throws {InputError} If it is no .zip, is truncated, holds a name that leaves the pack, a name twice, too many files
 *   or too many bytes.
 */
export function openZip(bytes: Uint8Array, name: string): PackSource {
  if (bytes.length > MAX_PACK_BYTES) {
    throw new InputError(name, `a pack must be at most ${MAX_PACK_BYTES} bytes`, `${bytes.length}`);
  }
  const sizes = readDirectory(bytes, name);
  const manifests = [...sizes.keys()].filter((each) => /^([^/]+\/)?manifest\.json$/.test(each));
  const top = manifests.includes(MANIFEST_NAME) ? MANIFEST_NAME : manifests.length === 1 ? manifests[0]! : undefined;
  const prefix = top === undefined ? "" : top.slice(0, -MANIFEST_NAME.length);
  return {
    name,
    list: () =>
      Promise.resolve(
        [...sizes.keys()].filter((each) => each.startsWith(prefix)).map((each) => each.slice(prefix.length)),
      ),
    // deno-lint-ignore require-await -- so that a refusal rejects and does not throw
    read: async (file, maxBytes) => {
      const size = sizes.get(prefix + file);
      if (size === undefined) throw new InputError(`${name}/${file}`, "the pack must hold this file", "missing");
      if (size > maxBytes) throw new InputError(`${name}/${file}`, `must be at most ${maxBytes} bytes`, String(size));
      return inflate(bytes, name, prefix + file, size);
    },
  };
}

/** Reads the directory only: nothing is inflated, as the filter takes no file. */
function readDirectory(bytes: Uint8Array, name: string): Map<string, number> {
  const sizes = new Map<string, number>();
  let total = 0;
  const look = (entry: { name: string; originalSize: number }): boolean => {
    const folder = entry.name.endsWith("/");
    const path = folder ? entry.name.slice(0, -1) : entry.name;
    if (!isSafeName(path)) {
      throw new InputError(name, "a name in the .zip must stay inside it", JSON.stringify(entry.name));
    }
    if (folder) return false;
    if (sizes.has(path)) throw new InputError(name, "a .zip must hold each name once", JSON.stringify(path));
    sizes.set(path, entry.originalSize);
    total += entry.originalSize;
    if (sizes.size > MAX_PACK_FILES) {
      throw new InputError(name, `a pack must hold at most ${MAX_PACK_FILES} files`, "more");
    }
    if (total > MAX_PACK_BYTES) {
      throw new InputError(
        name,
        `a pack must inflate to at most ${MAX_PACK_BYTES} bytes`,
        `at least ${total} declared`,
      );
    }
    return false;
  };
  guarded(name, () => unzipSync(bytes, { filter: look }));
  if (sizes.size === 0) throw new InputError(name, "a pack must hold files", "the .zip is empty");
  return sizes;
}

function inflate(bytes: Uint8Array, name: string, path: string, size: number): Uint8Array {
  const where = `${name}/${path}`;
  // fflate inflates into a buffer of the declared size and cannot grow it: a bomb that lies about its size ends here.
  const data = guarded(where, () => unzipSync(bytes, { filter: (entry) => entry.name === path }))[path];
  if (data === undefined || data.length !== size) {
    throw new InputError(where, `must inflate to the declared ${size} bytes`, String(data?.length ?? "nothing"));
  }
  return data;
}

function guarded<T>(where: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (cause instanceof InputError) throw cause;
    throw new InputError(where, "must be a whole .zip", (cause as Error).message, { cause });
  }
}

/**
 * Writes a pack as one .zip, after checking every file against its SHA-256. Equal packs give equal bytes.
 *
 * @param pack The pack.
 * @returns The .zip: the manifest first, then every file that it names, stored where deflating would not help.
 * @throws {InputError} If a file is missing or damaged.
 */
export async function writePackZip(pack: Pack): Promise<Uint8Array> {
  // Fixed, so equal packs are equal bytes; made of local parts, as a .zip holds local time.
  const mtime = new Date(1980, 0, 2);
  const files: Zippable = {};
  const manifest = await pack.source.read(MANIFEST_NAME, MAX_PACK_BYTES);
  files[MANIFEST_NAME] = [manifest, { level: 9, mtime }];
  const stated = parseManifest(JSON.parse(new TextDecoder().decode(manifest)));
  for (const { name, variants } of stated.kind === "manifest" ? Object.values(stated.manifest.graphs) : []) {
    for (const dtype of DTYPES) {
      const left = variants[dtype];
      if (left === undefined || pack.manifest.graphs[name]?.variants[dtype] !== undefined) continue;
      throw new InputError(`${pack.source.name}/${left.file}`, "must be there to be put into a .zip", "left out here");
    }
  }
  for (const graph of Object.values(pack.manifest.graphs)) {
    for (const dtype of DTYPES) {
      const variant = graph.variants[dtype];
      if (variant === undefined) continue;
      files[variant.file] = [await pack.readGraph(graph.name, dtype), { level: 6, mtime }];
    }
  }
  return zipSync(files);
}
