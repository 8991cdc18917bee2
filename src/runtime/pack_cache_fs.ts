/**
 * Fetched packs in a folder. This file names `Deno`.
 *
 * @module
 */

import { join } from "node:path";
import { isSafeName } from "./pack_limits.ts";
import type { PackCache } from "./pack_cache.ts";

/**
 * A cache in a folder, one file a key. A file appears whole or not at all, so several processes may share a folder.
 *
 * @param folder The folder; made at the first write.
 */
export function createFolderCache(folder: string): PackCache {
  return {
    get: async (key) => {
      try {
        return await Deno.readFile(place(folder, key));
      } catch (error) {
        if (error instanceof Deno.errors.NotFound) return undefined;
        throw error;
      }
    },
    put: async (key, bytes) => {
      const path = place(folder, key);
      await Deno.mkdir(folder, { recursive: true });
      const partial = await Deno.makeTempFile({ dir: folder, prefix: "partial-" });
      try {
        await Deno.writeFile(partial, bytes);
        await Deno.rename(partial, path);
      } catch (error) {
        await Deno.remove(partial).catch(() => {});
        throw error;
      }
    },
  };
}

function place(folder: string, key: string): string {
  if (!isSafeName(key) || key.includes("/")) {
    throw new TypeError(`Cannot use the key as a file's name as it must be one safe name: current value is ${key}`);
  }
  return join(folder, key);
}
