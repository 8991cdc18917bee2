/**
 * A JSON file that is read at once.
 *
 * @module
 */

import { InputError } from "../../core/errors.ts";
import { MAX_JSON_BYTES, parseJsonText, readText } from "./json_text.ts";
import type { Source } from "../source.ts";

/**
 * Reads and parses a file of at most {@link MAX_JSON_BYTES}.
 *
 * @throws {InputError} If it is a folder, larger than that, cut, or no JSON.
 */
export async function readJsonFile(source: Source): Promise<unknown> {
  if (source.kind !== "file") throw new InputError(source.name, "must be a JSON file", "a folder");
  return parseJsonText(await readText(await source.open(), source.name, MAX_JSON_BYTES), source.name);
}
