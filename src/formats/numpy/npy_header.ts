/**
 * The header of a .npy array: a magic, a version, and a Python dictionary of three keys, read without Python.
 * Source: numpy's NEP 1, versions 1.0, 2.0 and 3.0.
 *
 * @module
 */

import { at, type Place, refuseAs } from "../fields.ts";
import { type NpyType, npyTypeText, parseNpyType } from "./npy_type.ts";

/** What a header says. */
export interface NpyHeader {
  /** Type of the elements. */
  readonly type: NpyType;
  /** Sizes, outermost first; empty for a single value. */
  readonly shape: readonly number[];
  /** True when the first index runs fastest in the file. */
  readonly fortran: boolean;
  /** Offset of the first element, bytes. */
  readonly offset: number;
}

/** Longest header that is read, bytes. numpy itself refuses more than 10,000 unless it is told otherwise. */
export const MAX_NPY_HEADER: number = 65_536;

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
const ALIGN = 64; // numpy pads so that data begins at a multiple of this
const MAX_DIMENSIONS = 32;
const TOKEN = /\s*(?:([{}(),:])|'([^'\\]*)'|"([^"\\]*)"|(True|False)|(\d{1,15})L?(?![\w.]))/y;

/** How many elements a shape has. */
export function countOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

type Token = { readonly mark: string } | { readonly value: string | number | boolean };

function* tokens(text: string, place: Place): Generator<Token, Token> {
  TOKEN.lastIndex = 0;
  let start = 0;
  while (text.slice(start).trim() !== "") {
    TOKEN.lastIndex = start;
    const found = TOKEN.exec(text);
    if (found === null) refuseAs(place, "must be a dictionary of descr, fortran_order and shape", text.trim());
    start = TOKEN.lastIndex;
    const [, mark, single, double, truth, digits] = found;
    if (mark !== undefined) yield { mark };
    else if (truth !== undefined) yield { value: truth === "True" };
    else if (digits !== undefined) yield { value: Number(digits) };
    else yield { value: single ?? double ?? "" };
  }
  return { mark: "end" };
}

/** The dictionary: texts, truths, and tuples of integers. */
function parseDictionary(text: string, place: Place): Map<string, string | boolean | readonly number[]> {
  const stream = tokens(text, place);
  const wrong = (): never => refuseAs(place, "must be a dictionary of descr, fortran_order and shape", text.trim());
  let token: Token = stream.next().value;
  const next = (): void => {
    token = stream.next().value ?? wrong();
  };
  const isMark = (mark: string): boolean => "mark" in token && token.mark === mark;
  const expect = (mark: string): void => {
    if (!isMark(mark)) wrong();
    next();
  };
  const sizes = (): number[] => {
    const list: number[] = [];
    expect("(");
    while (!isMark(")")) {
      if (!("value" in token) || typeof token.value !== "number") return wrong();
      list.push(token.value);
      next();
      if (!isMark(")")) expect(",");
      else if (list.length === 1) wrong(); // `(3)` is a number, not a shape
    }
    next();
    return list;
  };
  const fields = new Map<string, string | boolean | readonly number[]>();
  expect("{");
  while (!isMark("}")) {
    if (!("value" in token) || typeof token.value !== "string" || fields.has(token.value)) return wrong();
    const key = token.value;
    next();
    expect(":");
    if (isMark("(")) fields.set(key, sizes());
    else if ("value" in token && typeof token.value !== "number") {
      fields.set(key, token.value);
      next();
    } else return wrong();
    if (!isMark("}")) expect(",");
  }
  next();
  if (!isMark("end")) wrong();
  return fields;
}

/**
 * Reads a header.
 *
 * @param bytes The beginning of a .npy file: at least its whole header, at most {@link MAX_NPY_HEADER} of which are looked at.
 * @param place The file, for messages.
 * @throws {InputError} If it is no .npy array, cut, of an unknown version or type, or its shape is no shape.
 */
export function readNpyHeader(bytes: Uint8Array, place: Place): NpyHeader {
  if (MAGIC.some((byte, i) => bytes[i] !== byte)) refuseAs(place, "must be a .npy array", "another beginning");
  const version = bytes[6] ?? 0;
  if (bytes.length < 12) refuseAs(place, "must have a whole header", `${bytes.length} bytes`);
  if (version < 1 || version > 3) refuseAs(place, "must be .npy of version 1, 2 or 3", `version ${version}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = version === 1 ? 10 : 12;
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  const offset = start + length;
  if (offset > MAX_NPY_HEADER) {
    refuseAs(place, `must have a header of at most ${MAX_NPY_HEADER} bytes`, `${offset} bytes`);
  }
  if (offset > bytes.length) refuseAs(place, "must have a whole header", `${bytes.length} of ${offset} bytes`);
  const text = new TextDecoder(version === 3 ? "utf-8" : "latin1").decode(bytes.subarray(start, offset));
  const fields = parseDictionary(text, at(place, "header"));
  const descr = fields.get("descr");
  const fortran = fields.get("fortran_order");
  const shape = fields.get("shape");
  if (fields.size !== 3 || typeof descr !== "string" || typeof fortran !== "boolean" || !(shape instanceof Array)) {
    refuseAs(at(place, "header"), "must be a dictionary of descr, fortran_order and shape", text.trim());
  }
  const count = countOf(shape.map((size) => Math.max(size, 1))); // a zero must not hide sizes that cannot be walked
  if (shape.length > MAX_DIMENSIONS || !Number.isSafeInteger(count * 8)) {
    refuseAs(at(place, "header"), "must have a shape that can be counted", `(${shape.join(", ")})`);
  }
  return { type: parseNpyType(descr, at(place, "descr")), shape, fortran, offset };
}

/**
 * A header of version 1, padded as numpy pads it.
 *
 * @param type Type of the elements.
 * @param shape Sizes, outermost first.
 */
export function npyHeader(type: NpyType, shape: readonly number[]): Uint8Array {
  const sizes = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;
  const text = `{'descr': '${npyTypeText(type)}', 'fortran_order': False, 'shape': ${sizes}, }`;
  const length = Math.ceil((10 + text.length + 1) / ALIGN) * ALIGN - 10;
  const padded = text.padEnd(length - 1) + "\n";
  return Uint8Array.of(...MAGIC, 1, 0, length & 255, length >> 8, ...new TextEncoder().encode(padded));
}
