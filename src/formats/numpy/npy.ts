/**
 * Arrays of numpy, alone: .npy.
 *
 * @module
 */

import { type Place, refuseAs } from "../fields.ts";
import { npyArray } from "./npy_array.ts";
import { countOf, npyHeader, readNpyHeader } from "./npy_header.ts";
import { encodeNumbers, type NpyArray, type NpyNumbers, type NpyType } from "./npy_type.ts";
import { readPickle } from "./pickle.ts";
import { isNpyArray, pickleText } from "./pickle_value.ts";

/**
 * Reads a .npy file.
 *
 * @param bytes All of it.
 * @param place The file, for messages.
 * @returns The array; objects are read as {@link readPickle} reads them, nothing in them is run.
 * @throws {InputError} If a rule of the format is broken, or bytes are missing or left over.
 */
export function readNpy(bytes: Uint8Array, place: Place): NpyArray {
  const header = readNpyHeader(bytes, place);
  const data = bytes.subarray(header.offset);
  if (header.type.kind !== "O") return npyArray(data, header, place);
  const array = readPickle(data, place);
  if (!isNpyArray(array) || array.type.kind !== "O" || String(array.shape) !== String(header.shape)) {
    refuseAs(place, `must hold an object array of shape (${header.shape.join(", ")})`, pickleText(array));
  }
  return array;
}

/** The type that a typed array is written as: little endian, clamped and plain bytes as `|u1`. */
export function npyTypeOf(values: NpyNumbers): NpyType {
  const kind = values instanceof Float32Array || values instanceof Float64Array
    ? "f"
    : values instanceof Int8Array || values instanceof Int16Array || values instanceof Int32Array ||
        values instanceof BigInt64Array
    ? "i"
    : "u";
  return { kind, bytes: values.BYTES_PER_ELEMENT, little: true };
}

/**
 * Writes a .npy file.
 *
 * @param values As many as the product of the sizes, C order.
 * @param shape Sizes, outermost first.
 * @throws {RangeError} If they do not fill the shape.
 */
export function writeNpy(values: NpyNumbers, shape: readonly number[]): Uint8Array {
  if (countOf(shape) !== values.length) {
    throw new RangeError(`Cannot write (${shape.join(", ")}) as it does not hold ${values.length} values`);
  }
  const header = npyHeader(npyTypeOf(values), shape);
  const file = new Uint8Array(header.length + values.byteLength);
  file.set(header);
  file.set(encodeNumbers(values), header.length);
  return file;
}
