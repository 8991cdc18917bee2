/**
 * Fields of a manifest that only a system knows, read one by one. Every refusal names the path of the field.
 *
 * @module
 */
import { InputError } from "../core/errors.ts";
import { cosineSchedule, explicitSchedule, type Schedule } from "../core/schedule.ts";

/** A part of a manifest. */
export type Fields = Readonly<Record<string, unknown>>;

/** Throws: the field breaks a rule. */
export function refuseField(path: string, rule: string, value: unknown): never {
  throw new InputError(path, rule, JSON.stringify(value)?.slice(0, 80) ?? "nothing");
}

/** An object, as a field of a pack of `system`. */
export function fieldsOf(value: unknown, path: string, system: string): Fields {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Fields;
  refuseField(path, `a pack of system ${system} needs an object here`, value);
}

/** A whole number above 0. */
export function wholeNumber(fields: Fields, name: string, path: string, otherwise?: number): number {
  const value = fields[name] ?? otherwise;
  if (typeof value === "number" && Number.isSafeInteger(value) && value > 0) return value;
  refuseField(`${path}.${name}`, "must be a whole number above 0", value);
}

/** A finite number above 0. */
export function positive(fields: Fields, name: string, path: string, otherwise?: number): number {
  const value = fields[name] ?? otherwise;
  if (typeof value === "number" && value > 0 && value < Infinity) return value;
  refuseField(`${path}.${name}`, "must be a number above 0", value);
}

/** A finite number above 0; null where it is null or missing. */
export function positiveOrNull(fields: Fields, name: string, path: string): number | null {
  return (fields[name] ?? null) === null ? null : positive(fields, name, path);
}

/** One of some words. */
export function oneOf<T extends string>(
  fields: Fields,
  name: string,
  path: string,
  words: readonly T[],
  otherwise?: T,
): T {
  const value = fields[name] ?? otherwise;
  const found = words.find((word) => word === value);
  return found ?? refuseField(`${path}.${name}`, `must be ${words.join(" or ")}`, value);
}

/**
 * Nested lists of numbers, flat.
 *
 * @param shape How many numbers at each level; the nesting itself may differ.
 */
export function numbersOf(value: unknown, shape: readonly number[], path: string): Float32Array {
  const flat: unknown[] = Array.isArray(value) ? value.flat(Infinity) : [];
  const length = shape.reduce((product, size) => product * size, 1);
  if (flat.length === length && flat.every((item) => typeof item === "number" && Number.isFinite(item))) {
    return Float32Array.from(flat as number[]);
  }
  throw new InputError(path, `must hold [${shape.join(", ")}] finite numbers`, `${flat.length} values`);
}

/** One factor a joint, above 0; ones where the field is missing. */
export function jointFactors(value: unknown, joints: number, path: string): Float32Array {
  if (value === undefined) return new Float32Array(joints).fill(1);
  const usable = Array.isArray(value) && value.length === joints &&
    value.every((item) => typeof item === "number" && item > 0 && item < Infinity);
  if (!usable) refuseField(path, `must list ${joints} numbers above 0`, value);
  return Float32Array.from(value as number[]);
}

/** The noise schedule of an entry `diffusion`: `steps` and either `alphaBar`, or the words of the cosine schedule. */
export function scheduleOf(diffusion: Fields, path: string): Schedule {
  const steps = wholeNumber(diffusion, "steps", path);
  const list = diffusion["alphaBar"];
  if (list === undefined) {
    const kind = diffusion["schedule"] ?? "cosine";
    if (kind !== "cosine") refuseField(`${path}.schedule`, "must be cosine, or alphaBar be listed", kind);
    return cosineSchedule(steps, {
      offset: positive(diffusion, "offset", path, 0.008),
      maxBeta: positive(diffusion, "maxBeta", path, 0.999),
    });
  }
  const usable = Array.isArray(list) && list.length === steps &&
    list.every((value) => typeof value === "number" && value > 0 && value <= 1);
  if (!usable) refuseField(`${path}.alphaBar`, `must list ${steps} numbers above 0, at most 1`, list);
  return explicitSchedule(list as number[]);
}
