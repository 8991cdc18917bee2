/**
 * A large JSON file in parts: the elements of its long arrays one at a time, so that memory is that of one element.
 *
 * The file is cut at the bytes that hold it together (brackets, quotes, commas: all below 128, so that a chunk may end
 * inside of a character), and each part goes through `JSON.parse`. That is several times as fast as parsing by tokens, and
 * a bare `NaN` reaches whoever reads the field, as in {@link parseJsonText}.
 *
 * @module
 */

import { InputError } from "../../core/errors.ts";
import { at, type Place, placeText, rootPlace } from "../fields.ts";
import { isJsonSpace, JsonCapture } from "./json_capture.ts";
import { parseJsonText } from "./json_text.ts";
import { MAX_LINE_BYTES } from "../lines.ts";

/** A part of a file. `field` is null where the file itself is the list, or is neither list nor object. */
export type JsonPart =
  /** A list begins; its elements follow. */
  | { readonly kind: "list"; readonly field: string | null; readonly place: Place }
  /** An element of a list. */
  | {
    readonly kind: "element";
    readonly field: string | null;
    readonly index: number;
    readonly value: unknown;
    readonly place: Place;
  }
  /** A field that is no list to be taken apart, whole. */
  | { readonly kind: "field"; readonly field: string | null; readonly value: unknown; readonly place: Place };

/** Options of {@link readJsonParts}. */
export interface JsonPartsOptions {
  /** Fields of the outer object whose arrays are taken apart. An outer array always is. @default [] */
  readonly lists?: readonly string[];
  /** Fields that are wanted; the others are passed over unread and never held. @default all */
  readonly fields?: readonly string[];
  /** Largest part, bytes. @default 64 MiB */
  readonly maxBytes?: number;
}

const [QUOTE, COMMA, COLON, OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [...'",:[]{}']
  .map((letter) => letter.charCodeAt(0)) as [number, number, number, number, number, number, number];
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

/** What comes next in the file. */
type Awaited =
  | "start"
  | "key or end"
  | "key"
  | "colon"
  | "field"
  | "element or end"
  | "element"
  | "after element"
  | "after field"
  | "nothing";

/** Takes a file apart, chunk by chunk. */
class JsonCutter {
  readonly #root: Place;
  readonly #lists: readonly string[];
  readonly #fields: readonly string[] | null;
  readonly #maxBytes: number;
  readonly #capture = new JsonCapture();
  #awaited: Awaited = "start";
  #inObject = false;
  #field: string | null = null;
  #listPlace: Place;
  #index = 0;
  #bytes = 0;

  constructor(name: string, options: JsonPartsOptions) {
    this.#root = rootPlace(name);
    this.#listPlace = this.#root;
    this.#lists = options.lists ?? [];
    this.#fields = options.fields ?? null;
    this.#maxBytes = options.maxBytes ?? MAX_LINE_BYTES;
  }

  /** The parts that `chunk` completes. */
  *push(chunk: Uint8Array): Generator<JsonPart, void, void> {
    let i = 0;
    if (this.#bytes < BYTE_ORDER_MARK.length && this.#awaited === "start" && !this.#capture.active) {
      while (i < chunk.length && this.#bytes + i < 3 && chunk[i] === BYTE_ORDER_MARK[this.#bytes + i]) i++;
    }
    this.#bytes += chunk.length;
    while (i < chunk.length) {
      if (this.#capture.active) {
        const end = this.#capture.take(chunk, i);
        if (this.#capture.length > this.#maxBytes) {
          this.#refuse(`must be at most ${this.#maxBytes} bytes long`, `${this.#capture.length} bytes or more`);
        }
        if (end < 0) return;
        i = end;
        const part = this.#finish();
        if (part !== null) yield part;
        continue;
      }
      const byte = chunk[i]!;
      if (isJsonSpace(byte)) i++;
      else {
        const { part, consumed } = this.#structure(byte);
        if (consumed) i++;
        if (part !== null) yield part;
      }
    }
  }

  /** Checks that the file is whole. */
  *end(): Generator<JsonPart, void, void> {
    if (this.#capture.bare) {
      const part = this.#finish();
      if (part !== null) yield part;
    }
    if (this.#awaited === "start" && !this.#capture.active) {
      this.#refuse("must be JSON", "an empty file");
    }
    if (this.#awaited !== "nothing") {
      const inside = this.#here() !== this.#root;
      this.#refuse(
        inside ? "must be whole, and the file ends inside of it" : "must be whole, and ends inside of its JSON",
        `${this.#bytes} bytes`,
      );
    }
  }

  /** Where the reading stands. */
  #here(): Place {
    if (this.#awaited === "element" || this.#awaited === "element or end") return at(this.#listPlace, this.#index);
    if (this.#awaited === "field") return at(this.#root, this.#field!);
    return this.#root;
  }

  /** A byte between values. */
  #structure(byte: number): { part: JsonPart | null; consumed: boolean } {
    const next = (awaited: Awaited) => {
      this.#awaited = awaited;
      return { part: null, consumed: true };
    };
    switch (this.#awaited) {
      case "start":
        if (byte === OPEN_LIST) return this.#openList(null, this.#root);
        if (byte !== OPEN_OBJECT) return this.#begin(byte, true);
        this.#inObject = true;
        return next("key or end");
      case "key or end":
        if (byte === CLOSE_OBJECT) return next("nothing");
        return byte === QUOTE ? this.#begin(byte, true) : this.#unexpected(byte);
      case "key":
        return byte === QUOTE ? this.#begin(byte, true) : this.#unexpected(byte);
      case "colon":
        return byte === COLON ? next("field") : this.#unexpected(byte);
      case "field": {
        const wanted = this.#fields === null || this.#fields.includes(this.#field!);
        if (wanted && byte === OPEN_LIST && this.#lists.includes(this.#field!)) {
          return this.#openList(this.#field, at(this.#root, this.#field!));
        }
        return this.#begin(byte, wanted);
      }
      case "element or end":
        if (byte === CLOSE_LIST) return next(this.#inObject ? "after field" : "nothing");
        return this.#begin(byte, true);
      case "element":
        return this.#begin(byte, true);
      case "after element":
        if (byte === COMMA) return next("element");
        if (byte === CLOSE_LIST) return next(this.#inObject ? "after field" : "nothing");
        return this.#unexpected(byte);
      case "after field":
        if (byte === COMMA) return next("key");
        return byte === CLOSE_OBJECT ? next("nothing") : this.#unexpected(byte);
      case "nothing":
        return this.#unexpected(byte);
      default:
        return this.#awaited satisfies never;
    }
  }

  #unexpected(byte: number): never {
    const rule = this.#awaited === "nothing" ? "must be one JSON value, and more follows" : "must be JSON";
    this.#refuse(rule, `${String.fromCharCode(byte)} before byte ${this.#bytes}`);
  }

  #refuse(rule: string, value: string): never {
    throw new InputError(placeText(this.#here()), rule, value);
  }

  #openList(field: string | null, place: Place): { part: JsonPart; consumed: boolean } {
    this.#listPlace = place;
    this.#index = 0;
    this.#awaited = "element or end";
    return { part: { kind: "list", field, place }, consumed: true };
  }

  #begin(byte: number, keep: boolean): { part: null; consumed: boolean } {
    if (byte === COMMA || byte === COLON || byte === CLOSE_LIST || byte === CLOSE_OBJECT) this.#unexpected(byte);
    this.#capture.begin(byte, keep);
    return { part: null, consumed: false };
  }

  /** The captured value, and what comes after it. */
  #finish(): JsonPart | null {
    const place = this.#here();
    const { kept } = this.#capture;
    const value = this.#parse(place, kept);
    switch (this.#awaited) {
      case "start":
        this.#awaited = "nothing";
        return { kind: "field", field: null, value, place };
      case "key":
      case "key or end":
        this.#field = value as string;
        this.#awaited = "colon";
        return null;
      case "field":
        this.#awaited = "after field";
        return kept ? { kind: "field", field: this.#field, value, place } : null;
      default: {
        this.#awaited = "after element";
        const field = this.#inObject ? this.#field : null;
        return { kind: "element", field, index: this.#index++, value, place };
      }
    }
  }

  #parse(place: Place, kept: boolean): unknown {
    let text: string;
    try {
      text = this.#capture.text();
    } catch (cause) {
      throw new InputError(placeText(place), "must be UTF-8 text", (cause as Error).message, { cause });
    }
    return kept ? parseJsonText(text, placeText(place)) : undefined;
  }
}

/**
 * Takes a JSON file apart while it is read: an outer array into its elements; an outer object into its fields, and those
 * of `lists` into their elements.
 *
 * @param chunks UTF-8 bytes: a stream, which is cancelled when the caller stops early.
 * @param name What they are, for messages.
 * @param options Which arrays are taken apart, which fields are wanted.
 * @returns The parts in the order of the file.
 * @throws {InputError} While iterating, at the first place that is no JSON, no UTF-8, too long, or cut.
 */
export async function* readJsonParts(
  chunks: AsyncIterable<Uint8Array>,
  name: string,
  options: JsonPartsOptions = {},
): AsyncGenerator<JsonPart, void, undefined> {
  const cutter = new JsonCutter(name, options);
  for await (const chunk of chunks) yield* cutter.push(chunk);
  yield* cutter.end();
}
