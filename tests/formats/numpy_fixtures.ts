/** The arrays and pickles of fixtures/formats/numpy, and values in one form, for comparing. */
import { join } from "node:path";
import { readFileSync } from "node:fs";
import type { FileSource } from "../../src/formats/source.ts";
import { isNpyArray, type PickleValue } from "../../src/formats/numpy/pickle_value.ts";
import { streamOf } from "./streams.ts";

/** Where the files are. */
export const NUMPY_FOLDER: string = join(import.meta.dirname!, "../../fixtures/formats/numpy");

/** An array that numpy wrote, and its values: floats that are not finite and integers above 2^53 as text. */
export interface ArrayFixture {
  readonly npy: string;
  readonly descr: string;
  readonly shape: readonly number[];
  readonly values: readonly (number | string | boolean)[];
  readonly item?: unknown;
}

interface Fixtures {
  readonly arrays: Readonly<Record<string, ArrayFixture>>;
  readonly archive: Readonly<Record<string, { readonly shape: readonly number[]; readonly values: readonly number[] }>>;
  readonly value: unknown;
  readonly valid: Readonly<Record<string, string>>;
  readonly hostile: Readonly<Record<string, string>>;
}

function read(name: string): Fixtures {
  return JSON.parse(readFileSync(join(NUMPY_FOLDER, name), "utf8"));
}

/** Arrays and the contents of the archives. */
export function arrayFixtures(): Pick<Fixtures, "arrays" | "archive"> {
  return read("arrays.json");
}

/** Pickles of one value in each protocol, and pickles that must be refused. */
export function pickleFixtures(): Pick<Fixtures, "value" | "valid" | "hostile"> {
  return read("pickles.json");
}

/** Bytes of base64. */
export function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

/** A file of the folder, or bytes, as a source that opens in chunks of `size` bytes. */
export function npzSource(content: string | Uint8Array, size?: number): FileSource {
  const bytes = typeof content === "string" ? new Uint8Array(readFileSync(join(NUMPY_FOLDER, content))) : content;
  const name = typeof content === "string" ? content : "a.npz";
  return { kind: "file", name, open: () => Promise.resolve(streamOf(bytes, size)) };
}

/** A number as the fixtures spell it. */
function plainNumber(value: number | bigint | string | boolean): unknown {
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : `${value}n`;
  if (typeof value !== "number" || Number.isFinite(value)) return value;
  return Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
}

/** A value as the fixtures spell it. */
export function plainValue(value: PickleValue): unknown {
  if (value instanceof Uint8Array) return String.fromCharCode(...value);
  if (value instanceof Map) {
    return { dict: [...value].map(([key, item]) => [key, plainValue(item)]) };
  }
  if (Array.isArray(value)) return value.map(plainValue);
  if (value !== null && typeof value === "object" && isNpyArray(value)) {
    const values = Array.from(value.values as readonly PickleValue[], plainValue);
    return { shape: [...value.shape], values: value.type.kind === "b" ? values.map(Boolean) : values };
  }
  return plainNumber(value as number);
}
