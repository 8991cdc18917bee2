/**
 * Unpacks one entry of a zip archive.
 *
 * @module
 */

import { Inflate } from "fflate";
import { InputError } from "../core/errors.ts";
import { crc32, hasText, viewOf } from "./bytes.ts";
import type { RandomAccess } from "./random_access.ts";
import type { ZipEntry } from "./zip_directory.ts";

const CHUNK_BYTES = 64 * 1024;
/** Packed bytes that are unpacked at once: deflate can make a thousand times as many of them. */
const PIECE_BYTES = 8 * 1024;

/**
 * Reads an entry as a stream and stops as soon as it gives more than its directory record claims, so that a lying record
 * costs at most one chunk's growth.
 *
 * @param source The archive.
 * @param entry From `readZipDirectory`, which has checked its size.
 * @returns The content in chunks that the caller may keep. Size and checksum are known to be right only after the last.
 * @throws {InputError} If it is truncated, damaged, or larger than claimed.
 */
export async function* zipEntryChunks(
  source: RandomAccess,
  entry: ZipEntry,
): AsyncGenerator<Uint8Array, void, undefined> {
  const fail = (rule: string, value: string, cause?: unknown) =>
    new InputError(`${source.name}/${entry.name}`, rule, value, cause === undefined ? {} : { cause });
  const local = await source.read(entry.offset, 30);
  if (local.length < 30 || !hasText(local, 0, "PK\x03\x04")) {
    throw fail("a zip entry must have a local header", `there is none at byte ${entry.offset}`);
  }
  const view = viewOf(local);
  const start = entry.offset + 30 + view.getUint16(26, true) + view.getUint16(28, true);
  let size = 0;
  let crc = 0;
  let ready: Uint8Array[] = [];
  const take = (chunk: Uint8Array) => {
    size += chunk.length;
    if (size > entry.size) {
      throw fail("a zip entry must have the size that it claims", `it has more than ${entry.size} bytes`);
    }
    crc = crc32(chunk, crc);
    if (chunk.length > 0) ready.push(chunk);
  };
  const inflate = entry.method === 8 ? new Inflate(take) : null;
  for (let done = 0; done < entry.packedSize;) {
    const chunk = await source.read(start + done, Math.min(CHUNK_BYTES, entry.packedSize - done));
    if (chunk.length === 0) throw fail("a zip entry must be whole", `it ends at ${done} of ${entry.packedSize} bytes`);
    done += chunk.length;
    for (let from = 0; from < chunk.length; from += PIECE_BYTES) {
      const piece = chunk.subarray(from, from + PIECE_BYTES);
      const last = done >= entry.packedSize && from + PIECE_BYTES >= chunk.length;
      if (inflate === null) take(piece);
      else {
        try {
          inflate.push(piece, last);
        } catch (error) {
          if (error instanceof InputError) throw error;
          throw fail("a zip entry must not be damaged", error instanceof Error ? error.message : String(error), error);
        }
      }
      yield* ready;
      ready = [];
    }
  }
  if (size !== entry.size) {
    throw fail("a zip entry must have the size that it claims", `it has ${size} of ${entry.size} bytes`);
  }
  if (crc !== entry.crc) throw fail("a zip entry must not be damaged", "its checksum is wrong");
}

/**
 * Reads a whole entry.
 *
 * @param source The archive.
 * @param entry From `readZipDirectory`, which has checked its size.
 * @returns The content.
 * @throws {InputError} If it is truncated, damaged, or not of the size that is claimed.
 */
export async function readZipEntry(source: RandomAccess, entry: ZipEntry): Promise<Uint8Array<ArrayBuffer>> {
  const content = new Uint8Array(entry.size);
  let filled = 0;
  for await (const chunk of zipEntryChunks(source, entry)) {
    content.set(chunk, filled);
    filled += chunk.length;
  }
  return content;
}

/**
 * Reads the first bytes of an entry. Nothing is checked that only its end could tell.
 *
 * @param source The archive.
 * @param entry From `readZipDirectory`.
 * @param length How many; fewer where the entry ends.
 * @throws {InputError} If it is damaged within them.
 */
export async function readZipEntryStart(source: RandomAccess, entry: ZipEntry, length: number): Promise<Uint8Array> {
  const content = new Uint8Array(Math.min(length, entry.size));
  let filled = 0;
  if (content.length === 0) return content;
  for await (const chunk of zipEntryChunks(source, entry)) {
    const part = chunk.subarray(0, content.length - filled);
    content.set(part, filled);
    filled += part.length;
    if (filled === content.length) break;
  }
  return content;
}
