/**
 * The list of what a zip archive holds, from the central directory at its end, so that frames can be read in the order
 * of their names with one entry in memory at a time.
 *
 * @module
 */

import { InputError } from "../core/errors.ts";
import { hasText, viewOf } from "./bytes.ts";
import type { RandomAccess } from "./random_access.ts";

/** Where an entry lies and what it claims. */
export interface ZipEntry {
  /** Path inside the archive, with `/`. */
  readonly name: string;
  /** 0 stored, 8 deflated. */
  readonly method: number;
  /** CRC-32 of the content. */
  readonly crc: number;
  /** Bytes in the archive. */
  readonly packedSize: number;
  /** Bytes of the content. */
  readonly size: number;
  /** Where its local header begins. */
  readonly offset: number;
}

/** How much an archive may ask for. */
export interface ZipLimits {
  /** Most entries. */
  readonly entries: number;
  /** Most bytes of one entry, unpacked. */
  readonly entryBytes: number;
  /** Most bytes of all entries, unpacked. */
  readonly totalBytes: number;
  /** Most unpacked bytes for each packed byte, for entries above a mebibyte. Deflate itself ends at about 1030. */
  readonly ratio: number;
}

/** Generous for real frames (pictures hardly shrink in a zip), far below what a bomb needs. */
export const ZIP_LIMITS: ZipLimits = {
  entries: 1_000_000,
  entryBytes: 512 * 1024 * 1024,
  totalBytes: 256 * 1024 ** 3,
  ratio: 200,
};

const END_BYTES = 22;
const RATIO_APPLIES_ABOVE = 1024 * 1024;
const ZIP64_MARK = 0xffffffff;
// A central record is 46 bytes and its names; with a limit on entries this bounds the directory, too.
const MAX_RECORD_BYTES = 1024;

/**
 * Lists an archive's files and checks every claim that does not need unpacking. Folders are left out.
 *
 * @param source The archive.
 * @param limits What to accept.
 * @returns The entries in the archive's own order.
 * @throws {InputError} If it is truncated, encrypted, packed by an unknown method, above a limit, or names a place
 * outside itself.
 */
export async function readZipDirectory(source: RandomAccess, limits: ZipLimits = ZIP_LIMITS): Promise<ZipEntry[]> {
  const fail = (rule: string, value: string) => new InputError(source.name, rule, value);
  const { count, offset, bytes } = await findDirectory(source);
  if (count > limits.entries) {
    throw fail(`a zip must have at most ${limits.entries} entries`, `current number is ${count}`);
  }
  if (offset + bytes > source.size || bytes > count * MAX_RECORD_BYTES) {
    throw fail("a zip must be whole", `its directory of ${bytes} bytes at ${offset} does not fit ${source.size} bytes`);
  }
  const data = await source.read(offset, bytes);
  const view = viewOf(data);
  const entries: ZipEntry[] = [];
  let total = 0;
  let at = 0;
  for (let i = 0; i < count; i++) {
    if (at + 46 > data.length || !hasText(data, at, "PK\x01\x02")) {
      throw fail("a zip must have a whole directory", `record ${i + 1} of ${count} is missing or damaged`);
    }
    const flags = view.getUint16(at + 8, true);
    const nameBytes = view.getUint16(at + 28, true);
    const extraBytes = view.getUint16(at + 30, true);
    const next = at + 46 + nameBytes + extraBytes + view.getUint16(at + 32, true);
    if (next > data.length) throw fail("a zip must have a whole directory", `record ${i + 1} of ${count} is cut`);
    const name = new TextDecoder().decode(data.subarray(at + 46, at + 46 + nameBytes));
    const entry = widen(data.subarray(at + 46 + nameBytes, at + 46 + nameBytes + extraBytes), {
      name,
      method: view.getUint16(at + 10, true),
      crc: view.getUint32(at + 16, true),
      packedSize: view.getUint32(at + 20, true),
      size: view.getUint32(at + 24, true),
      offset: view.getUint32(at + 42, true),
    });
    at = next;
    checkName(source.name, name);
    if (name.endsWith("/")) continue;
    if (flags & 1) throw fail("a zip must not be encrypted", `entry ${name} is`);
    if (entry.method !== 0 && entry.method !== 8) {
      throw fail("a zip entry must be stored or deflated", `entry ${name} has method ${entry.method}`);
    }
    total += entry.size;
    checkLimits(source.name, entry, total, limits);
    if (entry.offset + entry.packedSize > source.size) {
      throw fail("a zip must be whole", `entry ${name} ends behind the last of ${source.size} bytes`);
    }
    entries.push(entry);
  }
  return entries;
}

function checkName(input: string, name: string): void {
  const outside = /^[/\\]|^[A-Za-z]:|\0/.test(name) || name.split(/[/\\]/).includes("..");
  if (outside) {
    throw new InputError(input, "a zip must not name places outside itself", `entry ${JSON.stringify(name)}`);
  }
}

function checkLimits(input: string, entry: ZipEntry, total: number, limits: ZipLimits): void {
  if (entry.size > limits.entryBytes) {
    const rule = `a zip entry must be at most ${limits.entryBytes} bytes unpacked`;
    throw new InputError(input, rule, `entry ${entry.name} has ${entry.size}`);
  }
  if (entry.size > RATIO_APPLIES_ABOVE && entry.size > entry.packedSize * limits.ratio) {
    const rule = `a zip entry must not grow more than ${limits.ratio} times when unpacked`;
    throw new InputError(input, rule, `entry ${entry.name} grows from ${entry.packedSize} to ${entry.size} bytes`);
  }
  if (total > limits.totalBytes) {
    throw new InputError(
      input,
      `a zip must be at most ${limits.totalBytes} bytes unpacked`,
      `it has at least ${total}`,
    );
  }
}

async function findDirectory(source: RandomAccess): Promise<{ count: number; offset: number; bytes: number }> {
  const tailStart = Math.max(0, source.size - END_BYTES - 0xffff); // the end record may carry a comment
  const tail = await source.read(tailStart, source.size - tailStart);
  let at = tail.length - END_BYTES;
  while (at >= 0 && !hasText(tail, at, "PK\x05\x06")) at--;
  if (at < 0) throw new InputError(source.name, "a zip must be whole", `it has no end record in ${source.size} bytes`);
  const view = viewOf(tail);
  const found = {
    count: view.getUint16(at + 10, true),
    bytes: view.getUint32(at + 12, true),
    offset: view.getUint32(at + 16, true),
  };
  const locator = at - 20;
  if (locator < 0 || !hasText(tail, locator, "PK\x06\x07")) return found;
  const end = await source.read(Number(view.getBigUint64(locator + 8, true)), 56);
  if (!hasText(end, 0, "PK\x06\x06") || end.length < 56) {
    throw new InputError(source.name, "a zip must be whole", "its 64-bit end record is missing");
  }
  const wide = viewOf(end);
  return {
    count: Number(wide.getBigUint64(32, true)),
    bytes: Number(wide.getBigUint64(40, true)),
    offset: Number(wide.getBigUint64(48, true)),
  };
}

/** Takes 64-bit values from the extra field where the 32-bit ones are marked as too small. */
function widen(extra: Uint8Array, entry: ZipEntry): ZipEntry {
  const view = viewOf(extra);
  for (let at = 0; at + 4 <= extra.length; at += 4 + view.getUint16(at + 2, true)) {
    if (view.getUint16(at, true) !== 1) continue;
    let field = at + 4;
    const end = Math.min(extra.length, field + view.getUint16(at + 2, true));
    const next = (value: number): number => {
      if (value !== ZIP64_MARK || field + 8 > end) return value;
      field += 8;
      return Number(view.getBigUint64(field - 8, true));
    };
    const size = next(entry.size);
    const packedSize = next(entry.packedSize);
    return { ...entry, size, packedSize, offset: next(entry.offset) };
  }
  return entry;
}
