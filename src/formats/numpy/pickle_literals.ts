/**
 * The instructions of a pickle that put a value on its stack which stands in the pickle itself.
 *
 * @module
 */

import { exact, latin1, type PickleBytes } from "./pickle_bytes.ts";

/** A value that stands in a pickle. */
export type Literal = null | boolean | number | bigint | string | Uint8Array;

/** A decimal integer of protocol 0. */
export const INTEGER: RegExp = /^[+-]?\d+L?$/;
const FLOAT = /^([+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?|[+-]?inf|nan)$/i;

function floatOf(text: string): number {
  if (/nan/i.test(text)) return NaN;
  if (/inf/i.test(text)) return text.startsWith("-") ? -Infinity : Infinity;
  return Number(text);
}

/**
 * Reads the value of an instruction.
 *
 * @param code The instruction.
 * @param bytes Stands behind it.
 * @returns The value; undefined when the instruction is of another kind.
 * @throws {InputError} If the value is cut, or not what it must be.
 */
export function readLiteral(code: number, bytes: PickleBytes): Literal | undefined {
  switch (code) {
    case 0x4e: // NONE
      return null;
    case 0x88: // NEWTRUE
      return true;
    case 0x89: // NEWFALSE
      return false;
    case 0x49: { // INT, by which protocol 0 also writes bools
      const text = bytes.number(INTEGER);
      return text === "00" ? false : text === "01" ? true : exact(BigInt(text.replace(/[+L]/g, "")));
    }
    case 0x4c: // LONG
      return exact(BigInt(bytes.number(INTEGER).replace(/[+L]/g, "")));
    case 0x4a: // BININT
      return bytes.signed();
    case 0x4b: // BININT1
      return bytes.unsigned(1);
    case 0x4d: // BININT2
      return bytes.unsigned(2);
    case 0x8a: // LONG1
      return bytes.long(bytes.unsigned(1));
    case 0x8b: // LONG4
      return bytes.long(bytes.unsigned(4));
    case 0x46: // FLOAT
      return floatOf(bytes.number(FLOAT));
    case 0x47: // BINFLOAT
      return bytes.float();
    case 0x53: // STRING
      return bytes.quoted();
    case 0x54: // BINSTRING
      return latin1(bytes.take(bytes.signed()));
    case 0x55: // SHORT_BINSTRING
      return latin1(bytes.take(bytes.unsigned(1)));
    case 0x42: // BINBYTES
      return bytes.take(bytes.unsigned(4));
    case 0x43: // SHORT_BINBYTES
      return bytes.take(bytes.unsigned(1));
    case 0x8e: // BINBYTES8
    case 0x96: // BYTEARRAY8
      return bytes.take(bytes.unsigned(8));
    case 0x56: // UNICODE
      return bytes.escaped();
    case 0x58: // BINUNICODE
      return bytes.text(bytes.unsigned(4));
    case 0x8c: // SHORT_BINUNICODE
      return bytes.text(bytes.unsigned(1));
    case 0x8d: // BINUNICODE8
      return bytes.text(bytes.unsigned(8));
    default:
      return undefined;
  }
}
