/**
 * A file that only opens at its first byte, read at any place: archives are listed at their end.
 *
 * @module
 */

import type { RandomAccess } from "../../media/random_access.ts";
import type { FileSource } from "../source.ts";

/** The end of the file that is kept, bytes: an archive's directory, or all of a small file. */
const TAIL_BYTES = 2 ** 20;

/** A file read at any place. */
export interface FileAccess extends RandomAccess {
  /** The same file with a place of its own, so that two readers do not send each other back to the first byte. */
  fork(): FileAccess;
}

/** What is known of a file after it was read once. */
interface Measured {
  readonly source: FileSource;
  readonly size: number;
  readonly tail: Uint8Array;
}

async function measure(source: FileSource): Promise<Measured> {
  let chunks: Uint8Array[] = [];
  let kept = 0;
  let size = 0;
  for await (const chunk of await source.open()) {
    chunks.push(chunk);
    size += chunk.length;
    kept += chunk.length;
    while (kept - chunks[0]!.length >= TAIL_BYTES) kept -= chunks.shift()!.length;
  }
  const tail = new Uint8Array(kept);
  for (let at = 0; chunks.length > 0; chunks = chunks.slice(1)) {
    tail.set(chunks[0]!, at);
    at += chunks[0]!.length;
  }
  return { source, size, tail };
}

function accessTo(file: Measured): FileAccess {
  const tailStart = file.size - file.tail.length;
  let reader: ReadableStreamDefaultReader<Uint8Array> | null = null;
  let rest: Uint8Array = new Uint8Array(0);
  let position = 0; // of the first byte of `rest`

  const close = async (): Promise<void> => {
    await reader?.cancel();
    reader = null;
    rest = new Uint8Array(0);
    position = 0;
  };
  /** Up to `most` bytes from the stream; null at its end. */
  const take = async (most: number): Promise<Uint8Array | null> => {
    while (rest.length === 0) {
      const { done, value } = await reader!.read();
      if (done) return null;
      rest = value;
    }
    const part = rest.subarray(0, most);
    rest = rest.subarray(part.length);
    position += part.length;
    return part;
  };
  const seek = async (offset: number): Promise<void> => {
    if (reader !== null && position > offset) await close();
    reader ??= (await file.source.open()).getReader();
    while (position < offset && await take(offset - position) !== null);
  };

  return {
    name: file.source.name,
    size: file.size,
    fork: () => accessTo(file),
    async read(offset, length) {
      const wanted = Math.max(0, Math.min(length, file.size - offset));
      if (offset >= tailStart) return file.tail.slice(offset - tailStart, offset - tailStart + wanted);
      const bytes = new Uint8Array(wanted);
      await seek(offset);
      let filled = 0;
      while (filled < wanted) {
        const part = await take(wanted - filled);
        if (part === null) break; // the file is shorter than it was
        bytes.set(part, filled);
        filled += part.length;
      }
      return bytes.subarray(0, filled);
    },
    [Symbol.asyncDispose]: close,
  };
}

/**
 * Reads a file once to know its size and its end, then lets it be read at any place: forward by skipping, back by opening
 * it anew. A file of at most a mebibyte is kept in memory.
 *
 * @param source The file.
 */
export async function fileAccess(source: FileSource): Promise<FileAccess> {
  return accessTo(await measure(source));
}
