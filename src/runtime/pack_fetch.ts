/**
 * Packs from the network, known by hash: the SHA-256 of the manifest names the manifest, and that names every other file
 * by its own. Whoever serves them, and whatever a cache gives back, can only be right or refused.
 *
 * @module
 */

import { InputError } from "../core/errors.ts";
import { addressOf, fetchBytes, type FetchLike } from "./fetch_bytes.ts";
import { type GraphFile, parseManifest } from "./manifest.ts";
import { loadPack, type Pack, type PackSource, sha256 } from "./pack.ts";
import type { PackCache } from "./pack_cache.ts";
import { isSafeName, MANIFEST_NAME, MAX_MANIFEST_BYTES, MAX_PACK_BYTES } from "./pack_limits.ts";
import { openZip } from "./pack_zip.ts";
import { verifyPack } from "./verify_pack.ts";

/** Options of {@link fetchPack}. */
export interface FetchPackOptions {
  /** SHA-256 of the pack's `manifest.json`, 64 hexadecimal digits; `models show` and every poses file name it. */
  readonly sha256: string;
  /** The folder of packs, where the first argument is a name. */
  readonly base?: string | URL;
  /** Where files are looked for first and kept; without it everything is fetched anew. */
  readonly cache?: PackCache;
  /**
   * How to fetch: a place for headers, retries, time limits.
   *
   * @default {globalThis.fetch}
   */
  readonly fetch?: FetchLike;
  /**
   * Fetches nothing: what is not in the cache is missing.
   *
   * @default {false}
   */
  readonly offline?: boolean;
  /** Stops fetches, those of weights too. */
  readonly signal?: AbortSignal;
  /** Called while a file comes. */
  readonly onProgress?: (file: string, bytes: number) => void;
  /** Called with a sentence when the cache fails; the pack is opened all the same. */
  readonly onWarning?: (text: string) => void;
}

interface Wanted {
  /** Its name in the pack. */
  readonly file: string;
  readonly url: URL;
  readonly key: string;
  readonly maxBytes: number;
  /** Throws an `InputError` if these are not the bytes. */
  check(bytes: Uint8Array, where: string): Promise<void>;
}

/**
 * Fetches a pack: from a folder, file by file, when the weights are first read; or as one .zip, at once.
 *
 * @param from Address of the folder (the one with `manifest.json`) or the .zip; or a name, looked up in `options.base`.
 * @param options The hash, the cache, and how to fetch.
 * @throws {InputError} If the pack cannot be fetched, is not in the cache when offline, or is not the one that the hash
 *   names.
 * @throws {TypeError} If the hash or the address is none.
 *
 * @example From a folder, once
 * ```ts ignore
 * const pack = await fetchPack("https://example.org/models/diffpose-3d/", {
 *   sha256: "edfde3293392bd20885c3be15bf8ce3db76…",
 *   cache: createWebCache(),
 * });
 * await using system = await openSystem(pack);
 * ```
 */
export async function fetchPack(from: string | URL, options: FetchPackOptions): Promise<Pack> {
  const expected = options.sha256.toLowerCase();
  if (!/^[0-9a-f]{64}$/.test(expected)) {
    throw new TypeError(
      `Cannot fetch a pack as sha256 must be 64 hexadecimal digits: current value is ${JSON.stringify(options.sha256)}`,
    );
  }
  const url = addressFrom(from, options.base);
  return url.pathname.endsWith(".zip")
    ? await fetchArchive(url, expected, options)
    : await fetchFolder(url, expected, options);
}

function addressFrom(from: string | URL, base: string | URL | undefined): URL {
  if (from instanceof URL || URL.canParse(from)) return folderOrZip(new URL(from));
  if (base === undefined || !isSafeName(from)) {
    const rule = base === undefined ? "an address, or a name together with base" : "an address or the name of a pack";
    throw new TypeError(`Cannot fetch a pack as the first argument must be ${rule}: current value is ${from}`);
  }
  return folderOrZip(new URL(from, folderOrZip(new URL(base))));
}

/** A folder's address ends with a slash, so that names are put below it and not in its place. */
export function folderOrZip(url: URL): URL {
  const address = new URL(url);
  if (!/(\/|\.zip)$/.test(address.pathname)) address.pathname += "/";
  return address;
}

async function fetchFolder(folder: URL, expected: string, options: FetchPackOptions): Promise<Pack> {
  const name = addressOf(folder).replace(/\/$/, "");
  const manifest = await take({
    file: MANIFEST_NAME,
    url: new URL(MANIFEST_NAME, folder),
    key: expected,
    maxBytes: MAX_MANIFEST_BYTES,
    check: (bytes, where) => checkHash(bytes, where, expected),
  }, options);
  const files = graphFiles(manifest);
  const source: PackSource = {
    name,
    list: () => Promise.resolve([MANIFEST_NAME, ...files.keys()]),
    read: async (file, maxBytes) => {
      if (file === MANIFEST_NAME) return manifest;
      const stated = files.get(file);
      if (stated === undefined) throw new InputError(`${name}/${file}`, "must be named by the manifest", "it is not");
      if (stated.bytes > maxBytes) {
        throw new InputError(`${name}/${file}`, `must be at most ${maxBytes} bytes`, `${stated.bytes}`);
      }
      return await take({
        file,
        url: new URL(file.split("/").map(encodeURIComponent).join("/"), folder),
        key: stated.sha256,
        maxBytes: stated.bytes,
        check: (bytes, where) => checkHash(bytes, where, stated.sha256),
      }, options);
    },
  };
  return await loadPack(source);
}

/** The files of a manifest, by name; none if it is no manifest, which `loadPack()` says better. */
function graphFiles(manifest: Uint8Array): Map<string, GraphFile> {
  const files = new Map<string, GraphFile>();
  try {
    const result = parseManifest(JSON.parse(new TextDecoder().decode(manifest)));
    if (result.kind !== "manifest") return files;
    for (const { variants } of Object.values(result.manifest.graphs)) {
      for (const file of Object.values(variants)) files.set(file.file, file);
    }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  return files;
}

async function fetchArchive(url: URL, expected: string, options: FetchPackOptions): Promise<Pack> {
  const open = (bytes: Uint8Array): Promise<Pack> => loadPack(openZip(bytes, addressOf(url)));
  const bytes = await take({
    file: url.pathname.slice(url.pathname.lastIndexOf("/") + 1),
    url,
    key: `${expected}.zip`,
    maxBytes: MAX_PACK_BYTES,
    check: async (archive, where) => {
      const pack = await open(archive);
      if (pack.manifestSha256 !== expected) {
        throw new InputError(where, `the sha-256 of its manifest must be ${expected}`, pack.manifestSha256);
      }
      const damaged = (await verifyPack(pack)).find(({ problem }) => problem !== null);
      if (damaged !== undefined) throw new InputError(where, "every file must be whole", damaged.problem!);
    },
  }, options);
  return await open(bytes);
}

/** Out of the cache where that has the right bytes, else from the network and into the cache. */
async function take(wanted: Wanted, options: FetchPackOptions): Promise<Uint8Array> {
  const { cache, offline = false, signal, onProgress, onWarning = () => {} } = options;
  const { file, url, key, maxBytes, check } = wanted;
  const where = addressOf(url);
  signal?.throwIfAborted();
  const warn = (what: string) => (error: unknown): undefined => {
    onWarning(`the cache ${what} ${where}: ${error instanceof Error ? error.message : String(error)}`);
  };
  const kept = await cache?.get(key).catch(warn("could not be asked for"));
  if (kept !== undefined) {
    try {
      await check(kept, `${where} in the cache`);
      return kept;
    } catch (error) {
      if (offline || !(error instanceof InputError)) throw error;
      warn("held a wrong copy of")(error);
    }
  }
  if (offline) throw new InputError(where, "must be in the cache when offline", "missing");
  const bytes = await fetchBytes(url, {
    fetch: options.fetch ?? globalThis.fetch,
    maxBytes,
    signal,
    onProgress: onProgress === undefined ? undefined : (length) => onProgress(file, length),
  });
  await check(bytes, where);
  await cache?.put(key, bytes).catch(warn("did not keep"));
  return bytes;
}

async function checkHash(bytes: Uint8Array, where: string, expected: string): Promise<void> {
  const found = await sha256(bytes);
  if (found !== expected) throw new InputError(where, `its sha-256 must be ${expected}`, found);
}
