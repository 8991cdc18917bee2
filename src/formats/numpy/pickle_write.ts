/**
 * Writes plain data as a Python pickle, protocol 3: lists, dictionaries, texts, numbers, and arrays of numpy that may come
 * as a stream. Both numpy 1 and numpy 2 know the names that it refers to.
 *
 * @module
 */

import { countOf } from "./npy_header.ts";
import { encodeNumbers, type NpyNumbers } from "./npy_type.ts";

/** An array of float64 that comes as a stream. */
export interface ArrayOut {
  /** Discriminator. */
  readonly kind: "array";
  /** Sizes, outermost first. */
  readonly shape: readonly number[];
  /** Its values, C order, in pieces of any length. */
  values(): AsyncIterable<NpyNumbers>;
}

/** What can be written. */
export type PickleOut =
  | null
  | boolean
  | number
  | string
  | readonly PickleOut[]
  | ReadonlyMap<string, PickleOut>
  | ArrayOut;

/** Takes bytes on their way out; they may be reused once this settles. */
export type WriteBytes = (bytes: Uint8Array) => Promise<void>;

const FLOAT64_BYTES = 8;
const encoder = new TextEncoder();
const PROTOCOL = Uint8Array.of(0x80, 3);
const RECONSTRUCT = encoder.encode("cnumpy.core.multiarray\n_reconstruct\n");
const CLASS = encoder.encode("cnumpy\nndarray\n");
const DTYPE = encoder.encode("cnumpy\ndtype\n");
const MARK = 0x28;
const TUPLE = 0x74;
const BUILD = 0x62;
const REDUCE = 0x52;
const NONE = 0x4e;
const FALSE = 0x89;
const TRUE = 0x88;

function unsigned(code: number, value: number): Uint8Array {
  if (value >= 2 ** 32) throw new RangeError(`Cannot pickle ${value} bytes as a length must be below 2^32`);
  return Uint8Array.of(code, value & 255, (value >>> 8) & 255, (value >>> 16) & 255, value >>> 24);
}

function text(value: string): Uint8Array {
  const bytes = encoder.encode(value);
  return Uint8Array.of(...unsigned(0x58, bytes.length), ...bytes); // BINUNICODE
}

function number(value: number): Uint8Array {
  if (Number.isInteger(value) && !Object.is(value, -0) && value >= -(2 ** 31) && value < 2 ** 31) {
    return unsigned(0x4a, value >>> 0); // BININT
  }
  const bytes = new Uint8Array(9);
  bytes[0] = 0x47; // BINFLOAT
  new DataView(bytes.buffer).setFloat64(1, value, false);
  return bytes;
}

/** `numpy.dtype(code, align=False, copy=True)` and its state. */
function elementType(code: string, order: string): Uint8Array {
  return Uint8Array.of(
    ...DTYPE,
    ...text(code),
    FALSE,
    TRUE,
    0x87, // TUPLE3
    REDUCE,
    MARK,
    ...number(3), // version of the state
    ...text(order),
    NONE,
    NONE,
    NONE,
    ...number(-1),
    ...number(-1),
    ...number(code === "O8" ? 63 : 0), // 63: the flags of Python objects
    TUPLE,
    BUILD,
  );
}

/** An array up to its contents: made empty, then given shape, type and order. */
function arrayStart(shape: readonly number[], type: Uint8Array): Uint8Array {
  return Uint8Array.of(
    ...RECONSTRUCT,
    ...CLASS,
    ...number(0),
    0x85, // TUPLE1
    0x43, // SHORT_BINBYTES "b"
    1,
    0x62,
    0x87, // TUPLE3
    REDUCE,
    MARK,
    ...number(1), // version of the state
    MARK,
    ...shape.flatMap((size) => [...number(size)]),
    TUPLE,
    ...type,
    FALSE, // C order
  );
}

async function writeValue(value: PickleOut, write: WriteBytes): Promise<void> {
  if (value === null) await write(Uint8Array.of(NONE));
  else if (typeof value === "boolean") await write(Uint8Array.of(value ? TRUE : FALSE));
  else if (typeof value === "number") await write(number(value));
  else if (typeof value === "string") await write(text(value));
  else if (value instanceof Map) {
    await write(Uint8Array.of(0x7d, MARK)); // EMPTY_DICT
    for (const [key, item] of value as ReadonlyMap<string, PickleOut>) {
      await write(text(key));
      await writeValue(item, write);
    }
    await write(Uint8Array.of(0x75)); // SETITEMS
  } else if ("kind" in value) {
    await write(arrayStart(value.shape, elementType("f8", "<")));
    await write(unsigned(0x42, countOf(value.shape) * FLOAT64_BYTES)); // BINBYTES
    for await (const part of value.values()) await write(encodeNumbers(part));
    await write(Uint8Array.of(TUPLE, BUILD));
  } else {
    await write(Uint8Array.of(0x5d, MARK)); // EMPTY_LIST
    for (const item of value as readonly PickleOut[]) await writeValue(item, write);
    await write(Uint8Array.of(0x65)); // APPENDS
  }
}

/**
 * Writes an array of Python objects that holds one value, the pickle in a .npy file of objects:
 * `numpy.array(value, dtype=object)` of shape `()`.
 *
 * @param value The value. Numbers that are whole become Python integers.
 * @param write Takes the bytes.
 * @throws {RangeError} If an array has 4 GiB or more.
 */
export async function writeObjectPickle(value: PickleOut, write: WriteBytes): Promise<void> {
  await write(PROTOCOL);
  await write(arrayStart([], elementType("O8", "|")));
  await write(Uint8Array.of(0x5d, MARK)); // EMPTY_LIST
  await writeValue(value, write);
  await write(Uint8Array.of(0x65, TUPLE, BUILD, 0x2e)); // APPENDS … STOP
}

/**
 * How many bytes {@link writeObjectPickle} writes, without reading any array.
 *
 * @param value The value.
 */
export async function objectPickleLength(value: PickleOut): Promise<number> {
  let length = 0;
  const bare = (item: PickleOut): PickleOut => {
    if (item === null || typeof item !== "object") return item;
    if (item instanceof Map) return new Map([...item].map(([key, inner]) => [key, bare(inner)]));
    if ("kind" in item) {
      length += countOf(item.shape) * FLOAT64_BYTES;
      return { ...item, values: async function* () {} };
    }
    return (item as readonly PickleOut[]).map(bare);
  };
  await writeObjectPickle(bare(value), (bytes) => {
    length += bytes.length;
    return Promise.resolve();
  });
  return length;
}
