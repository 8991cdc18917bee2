/**
 * Files of a pack from an address: a folder (`https://…/diffpose-3d/`, or a `file:` URL) or a .zip.
 *
 * @module
 */

import { InputError } from "../core/errors.ts";
import { addressOf, fetchBytes } from "../runtime/fetch_bytes.ts";
import { type FetchLike, openZip, type PackSource } from "../runtime/mod.ts";
import { folderOrZip } from "../runtime/pack_fetch.ts";
import { isSafeName, MANIFEST_NAME, MAX_PACK_BYTES } from "../runtime/pack_limits.ts";

/** Options of {@link fetchSource}. */
export interface FetchSourceOptions {
  /** How files are fetched; replace it to add a cache or a token. @default {globalThis.fetch} */
  readonly fetch?: FetchLike;
}

/**
 * A pack at an address. Nothing is fetched yet. The pack checks every file against its size and SHA-256; that the manifest
 * is the right one is for the caller to say, see `sha256` of `createHandler`. (`fetchPack()` asks for the hash at once, and
 * keeps what it fetched in a cache.)
 *
 * @param address A folder's address, or that of a .zip.
 * @param options How to fetch.
 */
export function fetchSource(address: string | URL, options: FetchSourceOptions = {}): PackSource {
  const base = folderOrZip(new URL(address));
  const name = addressOf(base).replace(/\/$/, "");
  const load = (url: URL, maxBytes: number): Promise<Uint8Array> =>
    fetchBytes(url, { fetch: options.fetch ?? globalThis.fetch, maxBytes });
  if (!base.pathname.endsWith(".zip")) {
    return {
      name,
      list: () => Promise.resolve([MANIFEST_NAME]),
      read: async (file, maxBytes) => {
        if (!isSafeName(file)) throw new InputError(`${name}/${file}`, "must stay inside the pack", file);
        return await load(new URL(file.split("/").map(encodeURIComponent).join("/"), base), maxBytes);
      },
    };
  }
  let zip: Promise<PackSource> | null = null;
  const opened = (): Promise<PackSource> => {
    zip ??= load(base, MAX_PACK_BYTES).then((bytes) => openZip(bytes, name));
    zip.catch(() => zip = null); // The next one tries again.
    return zip;
  };
  return {
    name,
    list: async () => await (await opened()).list(),
    read: async (file, maxBytes) => await (await opened()).read(file, maxBytes),
  };
}
