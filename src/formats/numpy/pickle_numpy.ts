/**
 * The few names that a pickle of numpy data refers to, and what stands for them here: nothing is looked up or called.
 *
 * @module
 */

import { at, type Place, refuseAs } from "../fields.ts";
import { npyArray } from "./npy_array.ts";
import { countOf } from "./npy_header.ts";
import { type NpyArray, type NpyType, type NpyValues, parseNpyType } from "./npy_type.ts";
import { exact } from "./pickle_bytes.ts";
import { pickleText, type PickleValue } from "./pickle_value.ts";

/** What a name stands for. */
export type GlobalKind = "array" | "array class" | "buffer" | "dtype" | "scalar" | "encode" | "bytes";

const NAMES: Readonly<Record<string, GlobalKind>> = {
  "numpy.core.multiarray._reconstruct": "array",
  "numpy._core.multiarray._reconstruct": "array",
  "numpy.core.numeric._frombuffer": "buffer",
  "numpy._core.numeric._frombuffer": "buffer",
  "numpy.core.multiarray.scalar": "scalar",
  "numpy._core.multiarray.scalar": "scalar",
  "numpy.ndarray": "array class",
  "numpy.dtype": "dtype",
  "_codecs.encode": "encode",
  "__builtin__.bytes": "bytes",
  "builtins.bytes": "bytes",
  "builtins.bytearray": "bytes",
  "__builtin__.bytearray": "bytes",
};

/** A name that a pickle refers to. */
export class Global {
  /** What it stands for. */
  readonly kind: GlobalKind;

  /** Stands for `kind`. */
  constructor(kind: GlobalKind) {
    this.kind = kind;
  }
}

/** An element type on its way: the byte order comes after the code. */
export class ElementType {
  /** Code without byte order: `f8`. */
  readonly code: string;
  /** Byte order. */
  order = "|";

  /** Knows its code only. */
  constructor(code: string) {
    this.code = code;
  }
}

/** An array on its way: its contents come after it. */
export class ArrayShell implements NpyArray {
  /** Type of the elements. */
  type: NpyType = { kind: "O", bytes: 0, little: true };
  /** Sizes. */
  shape: readonly number[] = [];
  /** The values. */
  values: NpyValues = [];
  /** True once the contents came. */
  built = false;
}

/** What lies on the stack of a pickle. */
export type Item = PickleValue | Global | ElementType | ArrayShell;

/** What a name stands for; undefined for names that are not data. */
export function knownGlobal(name: string): Global | undefined {
  return Object.hasOwn(NAMES, name) ? new Global(NAMES[name]!) : undefined;
}

/** Short words on an item, for messages. */
function itemText(item: Item | undefined): string {
  if (item === undefined) return "none";
  if (item instanceof Global) return `the name of ${item.kind}`;
  return item instanceof ElementType ? `type ${item.code}` : pickleText(item);
}

/** Makes what a pickle of numpy makes, within a budget of bytes: a pickle may name the same bytes a million times. */
export class NumpyMaker {
  #budget: number;
  readonly #place: Place;

  /**
   * Makes arrays of at most `budget` bytes in all.
   *
   * @param budget Bytes that may be copied.
   * @param place The pickle, for messages.
   */
  constructor(budget: number, place: Place) {
    this.#budget = budget;
    this.#place = place;
  }

  #spend(bytes: number): void {
    this.#budget -= bytes;
    if (this.#budget < 0) {
      refuseAs(this.#place, "must not unpack its bytes many times", "one piece is used again and again");
    }
  }

  #bytes(item: Item | undefined): Uint8Array {
    if (item instanceof Uint8Array) return item;
    if (typeof item !== "string") return refuseAs(this.#place, "must have bytes for an array", itemText(item));
    this.#spend(item.length);
    return Uint8Array.from(item, (character) => {
      const code = character.codePointAt(0)!;
      return code < 256 ? code : refuseAs(this.#place, "must have bytes in a text of bytes", `code ${code}`);
    });
  }

  #type(item: Item | undefined): NpyType {
    if (!(item instanceof ElementType)) return refuseAs(this.#place, "must have an element type", itemText(item));
    return parseNpyType(item.order + item.code, at(this.#place, "dtype"));
  }

  #shape(item: Item | undefined): readonly number[] {
    const isSize = (size: unknown) => typeof size === "number" && Number.isSafeInteger(size) && size >= 0;
    if (!Array.isArray(item) || item.length > 32 || !item.every(isSize)) {
      return refuseAs(this.#place, "must have a shape of whole numbers", itemText(item));
    }
    return item as readonly number[];
  }

  #fill(shell: ArrayShell, type: NpyType, shape: readonly number[], fortran: boolean, data: Item | undefined): void {
    if (type.kind === "O") {
      if (!Array.isArray(data) || data.length !== countOf(shape) || (fortran && shape.length > 1)) {
        return refuseAs(this.#place, `must have ${countOf(shape)} objects in C order`, itemText(data));
      }
      this.#spend(data.length);
      shell.values = data.slice();
    } else {
      const bytes = this.#bytes(data);
      this.#spend(bytes.length);
      shell.values = npyArray(bytes, { type, shape, fortran }, this.#place).values;
    }
    shell.type = type;
    shell.shape = shape;
    shell.built = true;
  }

  /** What calling `name` with `args` gives in Python. */
  make(name: Item | undefined, args: readonly Item[]): Item {
    if (!(name instanceof Global)) return this.#code("calls a value");
    const [first, second, third, fourth] = args;
    switch (name.kind) {
      case "array":
        if (first instanceof Global && first.kind === "array class") return new ArrayShell();
        return refuseAs(this.#place, "must build arrays of the class numpy.ndarray", itemText(first));
      case "dtype":
        if (typeof first === "string") return new ElementType(first);
        return refuseAs(this.#place, "must have an element type", itemText(first));
      case "scalar": {
        const type = this.#type(first);
        if (type.kind === "O") return refuseAs(this.#place, "must have numbers or texts as scalars", "an object");
        const [value] = npyArray(this.#bytes(second), { type, shape: [], fortran: false }, this.#place).values;
        if (typeof value === "bigint") return exact(value);
        return type.kind === "b" ? value === 1 : value as PickleValue;
      }
      case "buffer": {
        const shell = new ArrayShell();
        const type = this.#type(second);
        if (type.kind === "O") return refuseAs(this.#place, "must have numbers in a buffer", "objects");
        this.#fill(shell, type, this.#shape(third), fourth === "F", first);
        return shell;
      }
      case "encode":
        if (typeof first === "string" && (second === "latin1" || second === "latin-1")) return this.#bytes(first);
        return refuseAs(this.#place, "must encode texts as latin1", itemText(second));
      case "bytes":
        if (args.length === 0) return new Uint8Array(0);
        if (args.length === 1 && first instanceof Uint8Array) return first;
        return refuseAs(this.#place, "must make bytes of bytes", itemText(first));
      default:
        return this.#code(`calls the name of ${name.kind}`);
    }
  }

  /** Gives `target` the contents that come after it. */
  build(target: Item | undefined, state: Item): void {
    if (target instanceof ArrayShell && !target.built && Array.isArray(state)) {
      const [shape, type, fortran, data] = state.length === 5 ? state.slice(1) as Item[] : state as Item[];
      return this.#fill(target, this.#type(type), this.#shape(shape), fortran === true || fortran === 1, data);
    }
    if (target instanceof ElementType && Array.isArray(state)) {
      const [, order, ...structure] = state as Item[];
      if (structure.slice(0, 3).some((part) => part !== null)) {
        return refuseAs(this.#place, "must have plain element types", "a structure");
      }
      if (typeof order !== "string") return refuseAs(this.#place, "must have a byte order", itemText(order));
      target.order = order;
      return;
    }
    this.#code(`sets the state of ${itemText(target)}`);
  }

  #code(what: string): never {
    return refuseAs(this.#place, "must hold data only, as anything else would run code", what);
  }
}

/** Whether an item is a value, and complete. */
export function isFinished(item: Item): item is PickleValue {
  if (item instanceof Global || item instanceof ElementType) return false;
  return !(item instanceof ArrayShell) || item.built;
}
