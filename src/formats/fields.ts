/**
 * Checked access to values that came out of JSON. A failure names the place in the file, the rule and the value.
 *
 * @module
 */

import { InputError } from "../core/errors.ts";

/** Where a value stands: a file or a line of it, or a field below another place. Cheap to make, spelt only on failure. */
export interface Place {
  /** The place that holds this one; null for the file or line itself. */
  readonly parent: Place | null;
  /** Name of the file or line, name of a field, or index in an array. */
  readonly key: string | number;
}

/** A place with nothing above it. */
export function rootPlace(name: string): Place {
  return { parent: null, key: name };
}

/** The field or element `key` of `parent`. */
export function at(parent: Place, key: string | number): Place {
  return { parent, key };
}

/** `poses.ndjson, line 3, people[0].box[2]`. */
export function placeText(place: Place): string {
  let field = "";
  let current = place;
  while (current.parent !== null) {
    field = typeof current.key === "number" ? `[${current.key}]${field}` : `.${current.key}${field}`;
    current = current.parent;
  }
  return field === "" ? String(current.key) : `${current.key}, ${field.startsWith(".") ? field.slice(1) : field}`;
}

/** The value as short text: long JSON is cut. */
export function valueText(value: unknown): string {
  const text = typeof value === "number" ? String(value) : JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** Throws an `InputError` for `place`. */
export function refuse(place: Place, rule: string, value: unknown): never {
  throw new InputError(placeText(place), rule, valueText(value));
}

/** Throws an `InputError` for `place` that tells the value in words. */
export function refuseAs(place: Place, rule: string, words: string): never {
  throw new InputError(placeText(place), rule, words);
}

/** A JSON object that was checked to be one. */
export type Fields = Readonly<Record<string, unknown>>;

/** True for a field that is not there or null, as some writers put it. */
export function isAbsent(value: unknown): value is undefined | null {
  return value === undefined || value === null;
}

/** A JSON object, or an `InputError`. */
export function asObject(value: unknown, place: Place): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value)) refuse(place, "must be an object", value);
  return value as Fields;
}

/** A JSON array, of `length` elements where that is given, or an `InputError`. */
export function asArray(value: unknown, place: Place, length?: number): readonly unknown[] {
  if (!Array.isArray(value)) refuse(place, "must be an array", value);
  if (length !== undefined && value.length !== length) {
    refuse(place, `must have ${length} elements`, `${value.length} elements`);
  }
  return value;
}

/** A string, or an `InputError`. */
export function asString(value: unknown, place: Place): string {
  if (typeof value !== "string") refuse(place, "must be a string", value);
  return value;
}

/** A boolean, or an `InputError`. */
export function asBoolean(value: unknown, place: Place): boolean {
  if (typeof value !== "boolean") refuse(place, "must be true or false", value);
  return value;
}

/** A finite number, or an `InputError`. */
export function asNumber(value: unknown, place: Place): number {
  if (typeof value !== "number" || !Number.isFinite(value)) refuse(place, "must be a finite number", value);
  return value;
}

/** A finite number in `[low, high]`, or an `InputError`. */
export function asNumberIn(value: unknown, place: Place, low: number, high: number): number {
  const number = asNumber(value, place);
  if (number < low || number > high) {
    refuse(place, high === Infinity ? `must be at least ${low}` : `must be between ${low} and ${high}`, number);
  }
  return number;
}

/** A safe integer of at least `low`, or an `InputError`. */
export function asInteger(value: unknown, place: Place, low = -Infinity): number {
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < low) {
    refuse(place, low === -Infinity ? "must be an integer" : `must be an integer of at least ${low}`, value);
  }
  return value;
}

/** x, y, width, height with sizes of at least 0, or an `InputError`. */
export function asBox(value: unknown, place: Place): readonly [x: number, y: number, width: number, height: number] {
  const box = asArray(value, place, 4);
  return [
    asNumber(box[0], at(place, 0)),
    asNumber(box[1], at(place, 1)),
    asNumberIn(box[2], at(place, 2), 0, Infinity),
    asNumberIn(box[3], at(place, 3), 0, Infinity),
  ];
}

/** Indices of joints, each below `joints`, in the order of the file, or an `InputError`. */
export function asJoints(value: unknown, place: Place, joints: number): number[] {
  return asArray(value, place).map((one, i) => {
    const joint = asInteger(one, at(place, i), 0);
    if (joint >= joints) refuse(at(place, i), `must be the index of a joint, below ${joints}`, joint);
    return joint;
  });
}
