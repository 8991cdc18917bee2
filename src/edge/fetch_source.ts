/**
 * Files of a pack from an address: a folder (`https://…/diffpose-3d/`, or a `file:` URL) or a .zip.
 *
 * @module
 */

import { InputError } from "../core/errors.ts";
import { openZip, type PackSource } from "../runtime/mod.ts";
import { isSafeName, MANIFEST_NAME, MAX_PACK_BYTES } from "../runtime/pack_limits.ts";

/** Options of {@link fetchSource}. */
export interface FetchSourceOptions {
  /** How files are fetched; replace it to add a cache or a token. @default {globalThis.fetch} */
  readonly fetch?: (url: string) => Promise<Response>;
}

/** Reads a response that may hold at most `maxBytes`. */
async function bytesOf(response: Response, where: string, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    if (length > maxBytes) throw new InputError(where, `must be at most ${maxBytes} bytes`, `${length} bytes or more`);
    chunks.push(chunk);
  }
  const whole = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.length;
  }
  return whole;
}

/**
 * A pack at an address. Nothing is fetched yet. The pack checks every file against its size and SHA-256; that the manifest
 * is the right one is for the caller to say, see `sha256` of `createHandler`.
 *
 * @param address A folder's address with a slash at its end, or that of a .zip.
 * @param options How to fetch.
 */
export function fetchSource(address: string | URL, options: FetchSourceOptions = {}): PackSource {
  const { fetch: get = (url: string): Promise<Response> => fetch(url) } = options;
  const base = String(address);
  const load = async (url: string, maxBytes: number): Promise<Uint8Array> => {
    let response: Response;
    try {
      response = await get(url);
    } catch (cause) {
      throw new InputError(url, "must be reachable", (cause as Error).message, { cause });
    }
    if (!response.ok) {
      await response.body?.cancel();
      throw new InputError(url, "must be there", `status ${response.status}`);
    }
    return await bytesOf(response, url, maxBytes);
  };
  if (!/\.zip(\?|$)/.test(base)) {
    return {
      name: base,
      list: () => Promise.resolve([MANIFEST_NAME]),
      read: async (file, maxBytes) => {
        if (!isSafeName(file)) throw new InputError(`${base}${file}`, "must stay inside the pack", file);
        return await load(new URL(file, base).href, maxBytes);
      },
    };
  }
  let zip: Promise<PackSource> | null = null;
  const opened = (): Promise<PackSource> => {
    zip ??= load(base, MAX_PACK_BYTES).then((bytes) => openZip(bytes, base));
    zip.catch(() => zip = null); // The next one tries again.
    return zip;
  };
  return {
    name: base,
    list: async () => await (await opened()).list(),
    read: async (file, maxBytes) => await (await opened()).read(file, maxBytes),
  };
}
