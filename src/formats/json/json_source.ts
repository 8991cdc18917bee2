/**
 * JSON files as formats look at them: opened again for every pass, their bytes counted, their outline guessed from the
 * first bytes.
 *
 * @module
 */

import { InputError } from "../../core/errors.ts";
import { type JsonPart, type JsonPartsOptions, readJsonParts } from "./json_stream.ts";
import type { FileSource, Source } from "../source.ts";

/** A JSON file that is read in parts, again and again. */
export interface JsonSource {
  /** Its name, for messages. */
  readonly name: string;
  /** The parts from the beginning. */
  parts(options?: JsonPartsOptions): AsyncIterable<JsonPart>;
  /** Bytes that the last pass went through. */
  bytes(): number;
}

/** The source if it is a file. */
export function asFile(source: Source): FileSource {
  if (source.kind === "file") return source;
  throw new InputError(source.name, "must be one file in this format", "a folder");
}

async function* counted(file: FileSource, count: (chunk: Uint8Array) => void): AsyncGenerator<Uint8Array, void, void> {
  for await (const chunk of await file.open()) {
    count(chunk);
    yield chunk;
  }
}

/** A file to be read as JSON. */
export function jsonSource(source: Source): JsonSource {
  const file = asFile(source);
  let bytes = 0;
  return {
    name: file.name,
    async *parts(options = {}) {
      bytes = 0;
      const count = (chunk: Uint8Array) => bytes += chunk.length;
      yield* readJsonParts(counted(file, count), file.name, options);
    },
    bytes: () => bytes,
  };
}

/** What the first bytes of a JSON file show. */
export interface JsonOutline {
  /** What the file is; null where it is no JSON, or nothing is seen. */
  readonly kind: "list" | "object" | null;
  /** Fields of the outer object as far as they are seen, or of the first object of the outer list. */
  readonly fields: readonly string[];
}

/** A string that is cut reaches to the end; see `json_text.ts` on why. */
const TOKEN = /"((?:[^"\\]|\\[^])*)(?:"\s*(:?)|\\?$)|[[\]{}]/g;

/**
 * Looks at the first bytes of a JSON file, however they are cut.
 *
 * @param head The bytes.
 */
export function jsonOutline(head: Uint8Array): JsonOutline {
  const text = new TextDecoder().decode(head).replace(/^\uFEFF/, "").trimStart();
  const kind = text[0] === "[" ? "list" : text[0] === "{" ? "object" : null;
  if (kind === null) return { kind, fields: [] };
  const wanted = kind === "list" ? 2 : 1;
  const fields: string[] = [];
  let depth = 0;
  for (const [token, key, colon] of text.matchAll(TOKEN)) {
    if (token === "[" || token === "{") depth++;
    else if (token === "]" || token === "}") {
      depth--;
      if (depth < wanted && fields.length > 0) break;
    } else if (colon === ":" && depth === wanted) fields.push(key!);
  }
  return { kind, fields };
}
