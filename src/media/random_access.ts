/**
 * The port through which archives are read: a file, or bytes in memory.
 *
 * @module
 */

/** Something with a size that can be read at any place. */
export interface RandomAccess extends AsyncDisposable {
  /** Its name, for messages. */
  readonly name: string;
  /** Bytes in all. */
  readonly size: number;
  /**
   * Reads `length` bytes from `offset` on; fewer only where the data ends.
   *
   * @param offset Bytes from the beginning.
   * @param length How many bytes are wanted.
   */
  read(offset: number, length: number): Promise<Uint8Array<ArrayBuffer>>;
}

/** Bytes in memory behind the port. */
export function bytesAccess(bytes: Uint8Array, name: string): RandomAccess {
  return {
    name,
    size: bytes.length,
    read: (offset, length) => Promise.resolve(bytes.slice(offset, offset + length)),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
