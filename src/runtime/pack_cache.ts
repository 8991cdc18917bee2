/**
 * Where fetched packs are kept. The port is two functions, so a caller can put anything behind it; here are memory and
 * the Cache API of browsers, Deno and edge hosts. See `pack_cache_fs.ts` for a folder.
 *
 * @module
 */

/**
 * Keeps bytes by key. What it gives back is checked by hash again, so it need not be trusted.
 *
 * A key is 64 hexadecimal digits, for an archive followed by `.zip`: safe as a file's name on every system.
 */
export interface PackCache {
  /** The bytes under a key; undefined where there are none. */
  get(key: string): Promise<Uint8Array | undefined>;
  /** Keeps bytes; may forget them at any time. */
  put(key: string, bytes: Uint8Array): Promise<void>;
}

/** A cache that lasts as long as the process. */
export function createMemoryCache(): PackCache {
  const kept = new Map<string, Uint8Array>();
  return {
    get: (key) => Promise.resolve(kept.get(key)),
    put: (key, bytes) => {
      kept.set(key, bytes);
      return Promise.resolve();
    },
  };
}

/** An origin that no server has (RFC 6761): the Cache API wants addresses. */
const ORIGIN = "https://packs.diffpose.invalid/";

/**
 * A cache in the Cache API (`globalThis.caches`).
 *
 * @param name Name of the cache, to delete it by.
 * @throws {TypeError} On a host without the Cache API.
 */
export function createWebCache(name: string = "diffpose-packs"): PackCache {
  const storage = globalThis.caches;
  if (storage === undefined) throw new TypeError("Cannot create a web cache as this host has no Cache API");
  return {
    get: async (key) => {
      const response = await (await storage.open(name)).match(ORIGIN + key);
      return response === undefined ? undefined : new Uint8Array(await response.arrayBuffer());
    },
    put: async (key, bytes) => {
      await (await storage.open(name)).put(ORIGIN + key, new Response(bytes as Uint8Array<ArrayBuffer>));
    },
  };
}
