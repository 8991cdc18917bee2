/**
 * Python pickles of plain data and numpy arrays, protocols 0 to 5, read by a small machine that executes nothing: it knows
 * texts, numbers, lists, dictionaries and the handful of names by which numpy stores arrays. Every other name is refused.
 * Source: the instruction list of Python's `pickletools`.
 *
 * @module
 */

import { at, type Place } from "../fields.ts";
import { PickleBytes } from "./pickle_bytes.ts";
import { INTEGER, readLiteral } from "./pickle_literals.ts";
import { type Item, knownGlobal, NumpyMaker } from "./pickle_numpy.ts";
import { checkTree, type PickleLimits } from "./pickle_tree.ts";
import type { PickleValue } from "./pickle_value.ts";

export type { PickleLimits };

/** Far above what poses need: an array is a few dozen instructions, however long it is. */
export const PICKLE_LIMITS: PickleLimits = { instructions: 2 ** 24, stack: 2 ** 20, depth: 64, values: 2 ** 24 };

const BYTES_ARE_COPIED = 2; // protocol 2 has them as text first
const BUDGET_OF_ANY = 2 ** 16;
const RUNS_CODE: Readonly<Record<number, string>> = {
  0x6f: "OBJ",
  0x81: "NEWOBJ",
  0x92: "NEWOBJ_EX",
  0x50: "PERSID",
  0x51: "BINPERSID",
  0x82: "EXT1",
  0x83: "EXT2",
  0x84: "EXT4",
  0x97: "NEXT_BUFFER",
  0x98: "READONLY_BUFFER",
};

/** The machine: a stack, marks on it, and a memo. */
class Machine {
  readonly #bytes: PickleBytes;
  readonly #maker: NumpyMaker;
  readonly #limits: PickleLimits;
  readonly #stack: Item[] = [];
  readonly #marks: number[] = [];
  readonly #memo: Map<number, Item> = new Map();

  constructor(bytes: Uint8Array, place: Place, limits: PickleLimits) {
    this.#bytes = new PickleBytes(bytes, place);
    this.#maker = new NumpyMaker(bytes.length * BYTES_ARE_COPIED + BUDGET_OF_ANY, place);
    this.#limits = limits;
  }

  run(): Item {
    for (let count = 0; count < this.#limits.instructions; count++) {
      const code = this.#bytes.unsigned(1);
      if (code === 0x2e) { // STOP
        this.#bytes.end();
        return this.#pop();
      }
      this.#step(code);
      if (this.#stack.length > this.#limits.stack || this.#marks.length > this.#limits.stack) {
        this.#bytes.refuse(`must put at most ${this.#limits.stack} values on its stack`, "more");
      }
    }
    return this.#bytes.refuse(`must have at most ${this.#limits.instructions} instructions`, "more");
  }

  #push(item: Item): void {
    this.#stack.push(item);
  }

  #pop(): Item {
    if (this.#stack.length <= (this.#marks.at(-1) ?? 0)) {
      this.#bytes.refuse("must put values before it takes them", "none");
    }
    return this.#stack.pop()!;
  }

  #peek(): Item {
    const item = this.#pop();
    this.#stack.push(item);
    return item;
  }

  #popMark(): Item[] {
    const mark = this.#marks.pop() ?? this.#bytes.refuse("must set a mark before it goes back to it", "none");
    return this.#stack.splice(mark);
  }

  #remember(index: number): void {
    this.#memo.set(index, this.#peek());
  }

  #recall(index: number): void {
    this.#push(
      this.#memo.get(index) ?? (this.#memo.has(index) ? null : this.#bytes.refuse("must be remembered", index)),
    );
  }

  #list(): Item[] {
    const list = this.#peek();
    return Array.isArray(list) ? list as Item[] : this.#bytes.refuse("must add values to a list", typeof list);
  }

  #set(target: Item, pairs: readonly Item[]): void {
    if (!(target instanceof Map) || pairs.length % 2 !== 0) {
      this.#bytes.refuse("must set pairs in a dictionary", "others");
    }
    for (let i = 0; i < pairs.length; i += 2) {
      const key = pairs[i];
      if (typeof key !== "string" && typeof key !== "number") {
        this.#bytes.refuse("must have texts or numbers as keys", typeof key);
      }
      (target as Map<string | number, Item>).set(key, pairs[i + 1]!);
    }
  }

  #dictionary(pairs: readonly Item[]): Item {
    const map: Item = new Map<string | number, PickleValue>();
    this.#set(map, pairs);
    return map;
  }

  #global(module: Item, name: Item): Item {
    const wanted = `${module}.${name}`;
    const known = typeof module === "string" && typeof name === "string" ? knownGlobal(wanted) : undefined;
    return known ??
      this.#bytes.refuse("must hold data only", `it asks for ${wanted.slice(0, 80)}, which would run code`);
  }

  #reduce(): Item {
    const args = this.#pop();
    if (!Array.isArray(args)) return this.#bytes.refuse("must call with a tuple", typeof args);
    return this.#maker.make(this.#pop(), args as Item[]);
  }

  #step(code: number): void {
    const bytes = this.#bytes;
    const literal = readLiteral(code, bytes);
    if (literal !== undefined) return this.#push(literal);
    switch (code) {
      case 0x80: { // PROTO
        const protocol = bytes.unsigned(1);
        if (protocol > 5) bytes.refuse("must be of protocol 0 to 5", protocol);
        return;
      }
      case 0x95: // FRAME
        bytes.unsigned(8);
        return;
      case 0x28: // MARK
        this.#marks.push(this.#stack.length);
        return;
      case 0x30: // POP
        if (this.#marks.at(-1) === this.#stack.length) this.#marks.pop();
        else this.#pop();
        return;
      case 0x31: // POP_MARK
        this.#popMark();
        return;
      case 0x32: // DUP
        return this.#push(this.#peek());
      case 0x29: // EMPTY_TUPLE
      case 0x5d: // EMPTY_LIST
        return this.#push([]);
      case 0x74: // TUPLE
      case 0x6c: // LIST
        return this.#push(this.#popMark() as PickleValue[]);
      case 0x85: // TUPLE1
      case 0x86: // TUPLE2
      case 0x87: { // TUPLE3
        const items: Item[] = [];
        for (let i = 0x84; i < code; i++) items.unshift(this.#pop());
        return this.#push(items as PickleValue[]);
      }
      case 0x61: { // APPEND
        const item = this.#pop();
        this.#list().push(item);
        return;
      }
      case 0x65: { // APPENDS
        const items = this.#popMark();
        const list = this.#list();
        for (const item of items) list.push(item);
        return;
      }
      case 0x7d: // EMPTY_DICT
        return this.#push(this.#dictionary([]));
      case 0x64: // DICT
        return this.#push(this.#dictionary(this.#popMark()));
      case 0x73: { // SETITEM
        const value = this.#pop();
        const key = this.#pop();
        return this.#set(this.#peek(), [key, value]);
      }
      case 0x75: { // SETITEMS
        const pairs = this.#popMark();
        return this.#set(this.#peek(), pairs);
      }
      case 0x70: // PUT
        return this.#remember(Number(bytes.number(INTEGER)));
      case 0x71: // BINPUT
        return this.#remember(bytes.unsigned(1));
      case 0x72: // LONG_BINPUT
        return this.#remember(bytes.unsigned(4));
      case 0x94: // MEMOIZE
        return this.#remember(this.#memo.size);
      case 0x67: // GET
        return this.#recall(Number(bytes.number(INTEGER)));
      case 0x68: // BINGET
        return this.#recall(bytes.unsigned(1));
      case 0x6a: // LONG_BINGET
        return this.#recall(bytes.unsigned(4));
      case 0x63: // GLOBAL
      case 0x69: // INST, which also calls what it names
        this.#push(this.#global(bytes.line(), bytes.line()));
        if (code === 0x69) bytes.refuse("must hold data only", "instruction INST, which would run code");
        return;
      case 0x93: { // STACK_GLOBAL
        const name = this.#pop();
        return this.#push(this.#global(this.#pop(), name));
      }
      case 0x52: // REDUCE
        return this.#push(this.#reduce());
      case 0x62: { // BUILD
        const state = this.#pop();
        return this.#maker.build(this.#peek(), state);
      }
      default: {
        const name = RUNS_CODE[code];
        if (name !== undefined) bytes.refuse("must hold data only", `instruction ${name}, which would run code`);
        return bytes.refuse("must be instructions of plain data", `0x${code.toString(16).padStart(2, "0")}`);
      }
    }
  }
}

/**
 * Reads a pickle of data. Bytes after its end are an error: numpy writes none.
 *
 * @param bytes All of it. Bytes objects of the result are parts of them.
 * @param place What it is, for messages.
 * @param limits How much it may ask for.
 * @throws {InputError} If it names anything but data ("it asks for posix.system, which would run code"), is cut, or is above
 * a limit. Nothing in it is ever run.
 */
export function readPickle(bytes: Uint8Array, place: Place, limits: PickleLimits = PICKLE_LIMITS): PickleValue {
  return checkTree(new Machine(bytes, place, limits).run(), at(place, "pickle"), limits);
}
