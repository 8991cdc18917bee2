/**
 * What a pickle may hold here: data, never objects with behaviour.
 *
 * @module
 */

import { type Place, refuseAs } from "../fields.ts";
import { type NpyArray, npyTypeText } from "./npy_type.ts";

/**
 * A value out of a pickle. Lists and tuples are arrays, dictionaries are maps with texts or numbers as keys, arrays of
 * numpy are {@link NpyArray}. It is a tree of bounded depth and size: it may be walked with plain recursion.
 */
export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | readonly PickleValue[]
  | ReadonlyMap<string | number, PickleValue>
  | NpyArray;

/** Whether a value is an array of numpy. */
export function isNpyArray(value: PickleValue): value is NpyArray {
  return typeof value === "object" && value !== null && "shape" in value;
}

/** What a value is, in a few words, for messages. */
export function pickleText(value: PickleValue): string {
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  if (value instanceof Map) return `a dictionary of ${value.size}`;
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === "object" && value !== null && "shape" in value) {
    return `an array of ${npyTypeText(value.type)}, shape (${value.shape.join(", ")})`;
  }
  return typeof value === "string" ? JSON.stringify(value.slice(0, 60)) : String(value);
}

/** A dictionary, or an `InputError`. */
export function asDictionary(value: PickleValue | undefined, place: Place): ReadonlyMap<string | number, PickleValue> {
  if (!(value instanceof Map)) {
    refuseAs(place, "must be a dictionary", value === undefined ? "none" : pickleText(value));
  }
  return value;
}

/** A list, a tuple, or the elements of an array of objects; else an `InputError`. */
export function asSequence(value: PickleValue | undefined, place: Place): readonly PickleValue[] {
  if (Array.isArray(value)) return value;
  if (value !== undefined && isNpyArray(value) && value.type.kind === "O" && value.shape.length === 1) {
    return value.values as readonly PickleValue[];
  }
  return refuseAs(place, "must be a list", value === undefined ? "none" : pickleText(value));
}

/** An array of numpy, or an `InputError`. */
export function asNpyArray(value: PickleValue | undefined, place: Place): NpyArray {
  if (value === undefined || !isNpyArray(value)) {
    refuseAs(place, "must be an array of numpy", value === undefined ? "none" : pickleText(value));
  }
  return value;
}

/** The single value of an array without sizes (`array.item()` of numpy), or an `InputError`. */
export function asItem(array: NpyArray, place: Place): PickleValue {
  if (array.shape.length > 0 && !(array.shape.length === 1 && array.shape[0] === 1)) {
    refuseAs(place, "must hold a single value", pickleText(array));
  }
  return array.values[0]!;
}
