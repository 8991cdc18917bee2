/**
 * Element types of numpy arrays, and their bytes as values.
 *
 * @module
 */

import { type Place, refuseAs } from "../fields.ts";
import type { PickleValue } from "./pickle_value.ts";

/** Type of the elements of an array. */
export interface NpyType {
  /** `b` bool, `i` and `u` integers, `f` floats, `U` text, `S` bytes as text, `O` Python objects. */
  readonly kind: "b" | "i" | "u" | "f" | "U" | "S" | "O";
  /** Bytes of an element; 0 for objects, which have no fixed size. */
  readonly bytes: number;
  /** Byte order of an element; true where it has a single byte. */
  readonly little: boolean;
}

/** Numbers of an array. Bools are 0 and 1; float16 is widened to float32; 64-bit integers stay exact. */
export type NpyNumbers =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | BigUint64Array
  | BigInt64Array
  | Float32Array
  | Float64Array;

/** Values of an array, in C order whatever the file has. */
export type NpyValues = NpyNumbers | readonly string[] | readonly PickleValue[];

/** An array of numpy. */
export interface NpyArray {
  /** Type of its elements in the file. */
  readonly type: NpyType;
  /** Sizes, outermost first; empty for a single value. */
  readonly shape: readonly number[];
  /** As many values as the product of the sizes, C order. */
  readonly values: NpyValues;
}

const SIZES: Readonly<Record<string, readonly number[]>> = {
  b: [1],
  i: [1, 2, 4, 8],
  u: [1, 2, 4, 8],
  f: [2, 4, 8],
};
const MAX_TEXT_BYTES = 2 ** 20;
const HOST_LITTLE = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;
const RULE = "must be bool, int8 to uint64, float16 to float64, text (U, S) or object";

/**
 * Reads a type as numpy spells it: `<f4`, `|b1`, `>i8`, `<U5`, `|O`.
 *
 * @param text The `descr` of a header, or a type code with the byte order before it.
 * @param place Where it stands, for messages.
 * @throws {InputError} For other types (complex, dates, structures).
 */
export function parseNpyType(text: string, place: Place): NpyType {
  const [, order, kind, digits] = /^([<>|=])([biufUSO])(\d{0,9})$/.exec(text) ?? refuseAs(place, RULE, text);
  const size = Number(digits);
  const little = order === "|" || order === "<" || (order === "=" && HOST_LITTLE);
  if (kind === "O") return { kind, bytes: 0, little: true };
  if (kind === "U" || kind === "S") {
    const bytes = kind === "U" ? 4 * size : size;
    if (digits === "" || bytes > MAX_TEXT_BYTES) {
      refuseAs(place, `must have texts of at most ${MAX_TEXT_BYTES} bytes`, text);
    }
    return { kind, bytes, little };
  }
  if (!SIZES[kind!]!.includes(size)) refuseAs(place, RULE, text);
  return { kind: kind as NpyType["kind"], bytes: size, little: size === 1 || little };
}

/** The type as numpy spells it. */
export function npyTypeText(type: NpyType): string {
  if (type.kind === "O") return "|O";
  const order = type.kind === "S" || (type.kind !== "U" && type.bytes === 1) ? "|" : type.little ? "<" : ">";
  return `${order}${type.kind}${type.kind === "U" ? type.bytes / 4 : type.bytes}`;
}

/** Value of an IEEE 754 half from its bits. */
function halfValue(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25));
}

function numbersOver(buffer: ArrayBuffer, type: NpyType): NpyNumbers {
  switch (`${type.kind}${type.bytes}`) {
    case "i1":
      return new Int8Array(buffer);
    case "i2":
      return new Int16Array(buffer);
    case "u2":
      return new Uint16Array(buffer);
    case "i4":
      return new Int32Array(buffer);
    case "u4":
      return new Uint32Array(buffer);
    case "i8":
      return new BigInt64Array(buffer);
    case "u8":
      return new BigUint64Array(buffer);
    case "f2":
      return Float32Array.from(new Uint16Array(buffer), halfValue);
    case "f4":
      return new Float32Array(buffer);
    case "f8":
      return new Float64Array(buffer);
    default: // b1, u1
      return new Uint8Array(buffer);
  }
}

/** Turns the byte order of elements around, in place. */
function swap(bytes: Uint8Array, size: number): void {
  for (let start = 0; start < bytes.length; start += size) {
    for (let low = start, high = start + size - 1; low < high; low++, high--) {
      const byte = bytes[low]!;
      bytes[low] = bytes[high]!;
      bytes[high] = byte;
    }
  }
}

function decodeText(bytes: Uint8Array, type: NpyType, count: number, place: Place): string[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const step = type.kind === "U" ? 4 : 1;
  return Array.from({ length: count }, (_, i) => {
    let text = "";
    for (let at = i * type.bytes; at < (i + 1) * type.bytes; at += step) {
      const code = step === 4 ? view.getUint32(at, type.little) : view.getUint8(at);
      if (code > 0x10ffff) refuseAs(place, "must hold characters of Unicode", `code ${code}`);
      text += String.fromCodePoint(code);
    }
    return text.replace(/\0+$/, "");
  });
}

/**
 * The values of bytes, one after the other.
 *
 * @param bytes Exactly `count` elements. Not kept.
 * @param type Not of objects.
 * @param count How many elements.
 * @param place Where they stand, for messages.
 * @throws {InputError} If a text holds what is no character.
 */
export function decodeValues(
  bytes: Uint8Array,
  type: NpyType,
  count: number,
  place: Place,
): NpyNumbers | readonly string[] {
  if (type.kind === "U" || type.kind === "S") return decodeText(bytes, type, count, place);
  const copy = bytes.slice();
  if (type.bytes > 1 && type.little !== HOST_LITTLE) swap(copy, type.bytes);
  return numbersOver(copy.buffer, type);
}

/** The bytes of numbers, little endian: the type `<f8`, `<i4`, … of the typed array that they are in. */
export function encodeNumbers(values: NpyNumbers): Uint8Array {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  if (HOST_LITTLE || values.BYTES_PER_ELEMENT === 1) return bytes;
  const copy = bytes.slice();
  swap(copy, values.BYTES_PER_ELEMENT);
  return copy;
}

/**
 * The numbers of an array as float64, for arithmetic.
 *
 * @param array An array, or rows, of numbers or bools.
 * @param place Where it stands, for messages.
 * @throws {InputError} If it holds texts or objects, or an integer that float64 cannot hold.
 */
export function asNumbers(array: Pick<NpyArray, "values">, place: Place): Float64Array {
  const { values } = array;
  if (!ArrayBuffer.isView(values)) refuseAs(place, "must be an array of numbers", "texts or objects");
  if (values instanceof Float64Array) return values;
  if (!(values instanceof BigInt64Array || values instanceof BigUint64Array)) return Float64Array.from(values);
  return Float64Array.from(values as Iterable<bigint> as bigint[], (value) => {
    const number = Number(value);
    if (!Number.isSafeInteger(number)) refuseAs(place, "must hold integers below 2^53", String(value));
    return number;
  });
}
