/**
 * Archives of numpy arrays: .npz, stored or deflated. Large arrays are read as a stream of rows.
 *
 * @module
 */

import { readZipDirectory, type ZipEntry, type ZipLimits } from "../../media/zip_directory.ts";
import { readZipEntry, zipEntryChunks } from "../../media/zip_entry.ts";
import { at, type Place, refuseAs, rootPlace } from "../fields.ts";
import { fileAccess } from "./file_access.ts";
import { readNpy } from "./npy.ts";
import { countOf, MAX_NPY_HEADER, type NpyHeader, readNpyHeader } from "./npy_header.ts";
import { decodeValues, type NpyArray, type NpyNumbers } from "./npy_type.ts";
import type { FileSource } from "../source.ts";

/** Some rows of an array: `array[start : start + count]` of Python. */
export interface NpyRows {
  /** Index of the first of them. */
  readonly start: number;
  /** How many there are. */
  readonly count: number;
  /** Their values, C order. */
  readonly values: NpyNumbers | readonly string[];
}

/** An opened archive. It holds nothing open between calls, and calls may overlap. */
export interface Npz {
  /** The file, for messages. */
  readonly name: string;
  /** Names of the arrays, as `numpy.load` gives them, in the order of the file. */
  readonly names: readonly string[];
  /** Where an array stands, for messages. */
  place(name: string): Place;
  /**
   * Type and shape of an array, checked against the size of its entry.
   *
   * @throws {InputError} If there is none of this name, or its header breaks a rule.
   */
  header(name: string): Promise<NpyHeader>;
  /**
   * A whole array. Objects are read as data, nothing in them is run.
   *
   * @throws {InputError} If there is none of this name, it is above the limit, damaged, or an object that is not data.
   */
  array(name: string): Promise<NpyArray>;
  /**
   * The rows of an array, a few at a time: memory does not grow with their number, unless the file has them in Fortran
   * order.
   *
   * @throws {InputError} As `array()`; also if it is a single value, or holds objects.
   */
  rows(name: string): AsyncGenerator<NpyRows, void, undefined>;
}

/** How an archive is read. */
export interface NpzOptions {
  /** Largest array that is read at once, bytes. @default 1 GiB */
  readonly maxBytes?: number;
}

/** Largest array that is read at once unless told otherwise, bytes: published 2D files of Human3.6M have 300 MB. */
export const MAX_ARRAY_BYTES: number = 2 ** 30;

const LIMITS: ZipLimits = {
  entries: 10_000,
  entryBytes: 2 ** 38, // arrays are read as streams, and whole ones have a limit of their own
  totalBytes: 2 ** 40,
  ratio: 1100, // arrays of one value shrink as far as deflate can: 1032 times
};
/** Rows may grow as they like, as few are in memory; what is read at once and shrinks like this is no data. */
const MAX_GROWTH = 200;
const GROWTH_APPLIES_ABOVE = 2 ** 25;
const ROWS_BYTES = 2 ** 16;
const ENDING = ".npy";

/** The beginning of an entry, enough for its header. */
async function headOf(chunks: AsyncIterator<Uint8Array, void>): Promise<Uint8Array> {
  let head = new Uint8Array(0);
  while (head.length < MAX_NPY_HEADER) {
    const { done, value } = await chunks.next();
    if (done) break;
    const longer = new Uint8Array(head.length + value.length);
    longer.set(head);
    longer.set(value, head.length);
    head = longer;
  }
  return head;
}

function checkedHeader(head: Uint8Array, entry: ZipEntry, place: Place): NpyHeader {
  const header = readNpyHeader(head, place);
  const bytes = countOf(header.shape) * header.type.bytes;
  if (header.type.kind !== "O" && entry.size !== header.offset + bytes) {
    const rule = `must hold ${bytes} bytes for its shape (${header.shape.join(", ")})`;
    refuseAs(place, rule, `${entry.size - header.offset} bytes`);
  }
  return header;
}

/** Pieces of bytes as blocks of `size` bytes; the last may be shorter. A block is used again after the next is asked for. */
async function* blocks(first: Uint8Array, rest: AsyncIterator<Uint8Array, void>, size: number) {
  const block = new Uint8Array(size);
  let filled = 0;
  for (let piece: Uint8Array | void = first; piece !== undefined; piece = (await rest.next()).value) {
    while (piece.length > 0) {
      const part = piece.subarray(0, size - filled);
      block.set(part, filled);
      filled += part.length;
      piece = piece.subarray(part.length);
      if (filled === size) {
        yield block;
        filled = 0;
      }
    }
  }
  if (filled > 0) yield block.subarray(0, filled);
}

/** Rows of an array that is in memory. */
function* rowsOf(array: NpyArray): Generator<NpyRows, void, undefined> {
  const [total = 0, ...rest] = array.shape;
  const width = countOf(rest);
  const rowBytes = width * array.type.bytes;
  const step = rowBytes === 0 ? total : Math.max(1, Math.floor(ROWS_BYTES / rowBytes));
  const values = array.values as NpyNumbers;
  for (let start = 0; start < total; start += step) {
    const count = Math.min(step, total - start);
    yield { start, count, values: values.slice(start * width, (start + count) * width) };
  }
}

/**
 * Opens an archive: its directory is read and checked, no array is.
 *
 * @param source The file. It is read once to its end, and again for every array.
 * @param options How much is read at once.
 * @throws {InputError} If it is no zip archive, cut, names an array twice, or is packed in a way that numpy does not use.
 *
 * @example Read poses row by row
 * ```ts ignore
 * const npz = await openNpz(source);
 * const { shape } = await npz.header("poses_3d"); // (T, 17, 3)
 * for await (const { start, count, values } of npz.rows("poses_3d")) use(start, count, values);
 * ```
 */
export async function openNpz(source: FileSource, options: NpzOptions = {}): Promise<Npz> {
  const { maxBytes = MAX_ARRAY_BYTES } = options;
  const root = rootPlace(source.name);
  const access = await fileAccess(source);
  const magic = await access.read(0, 4);
  await access[Symbol.asyncDispose]();
  if (magic[0] !== 0x50 || magic[1] !== 0x4b) {
    refuseAs(root, "must be an archive of numpy (.npz)", `${access.size} bytes with another beginning`);
  }
  const entries = new Map<string, ZipEntry>();
  for (const entry of await readZipDirectory(access, LIMITS)) {
    if (!entry.name.endsWith(ENDING)) continue;
    const name = entry.name.slice(0, -ENDING.length);
    if (entries.has(name)) refuseAs(root, "must name every array once", name);
    entries.set(name, entry);
  }
  await access[Symbol.asyncDispose]();

  const place = (name: string): Place => at(root, name);
  const find = (name: string): ZipEntry =>
    entries.get(name) ??
      refuseAs(root, `must have an array ${name}`, `it has ${[...entries.keys()].join(", ") || "none"}`);
  const array = async (name: string): Promise<NpyArray> => {
    const entry = find(name);
    if (entry.size > maxBytes) {
      refuseAs(place(name), `must be at most ${maxBytes} bytes to be read at once`, `${entry.size} bytes`);
    }
    if (entry.size > GROWTH_APPLIES_ABOVE && entry.size > entry.packedSize * MAX_GROWTH) {
      const rule = `must not grow more than ${MAX_GROWTH} times to be read at once`;
      refuseAs(place(name), rule, `from ${entry.packedSize} to ${entry.size} bytes`);
    }
    await using file = access.fork();
    return readNpy(await readZipEntry(file, entry), place(name));
  };

  return {
    name: source.name,
    names: [...entries.keys()],
    place,
    array,
    async header(name) {
      const entry = find(name);
      await using file = access.fork();
      const chunks = zipEntryChunks(file, entry);
      const head = await headOf(chunks);
      await chunks.return();
      return checkedHeader(head, entry, place(name));
    },
    async *rows(name) {
      const entry = find(name);
      await using file = access.fork();
      const chunks = zipEntryChunks(file, entry);
      const head = await headOf(chunks);
      const { type, shape, fortran, offset } = checkedHeader(head, entry, place(name));
      if (type.kind === "O") refuseAs(place(name), "must be an array of numbers", "Python objects");
      if (shape.length === 0) refuseAs(place(name), "must have rows", "a single value");
      const width = countOf(shape.slice(1));
      const rowBytes = width * type.bytes;
      if ((fortran && shape.length > 1) || rowBytes === 0) {
        await chunks.return();
        yield* rowsOf(await array(name));
        return;
      }
      if (rowBytes > maxBytes) {
        refuseAs(place(name), `must have rows of at most ${maxBytes} bytes`, `${rowBytes} bytes`);
      }
      const step = Math.max(1, Math.floor(ROWS_BYTES / rowBytes));
      let start = 0;
      for await (const block of blocks(head.subarray(offset), chunks, step * rowBytes)) {
        const count = block.length / rowBytes;
        yield { start, count, values: decodeValues(block, type, count * width, place(name)) };
        start += count;
      }
    },
  };
}

/**
 * Reads all arrays of an archive.
 *
 * @param source The file.
 * @param options The most that is read at once, for each array.
 * @returns The arrays by name. An object array of a single value, as `data_3d_h36m.npz` has it, gives its value to
 * `asItem()`: dictionaries are maps, lists are arrays, arrays of numpy are {@link NpyArray}.
 * @throws {InputError} As {@link openNpz} and its `array()`.
 */
export async function readNpz(source: FileSource, options: NpzOptions = {}): Promise<ReadonlyMap<string, NpyArray>> {
  const npz = await openNpz(source, options);
  const arrays = new Map<string, NpyArray>();
  for (const name of npz.names) arrays.set(name, await npz.array(name));
  return arrays;
}
