/**
 * Where this page's server has the packs, and which hashes they have.
 *
 * @module
 */
/// <reference lib="dom" />

import { InputError } from "../../core/errors.ts";
import type { PackPlaces } from "../protocol.ts";

/** The list at `models/index.json`: which pack has which role. */
export type ModelsList = Readonly<
  Partial<Record<keyof PackPlaces, { readonly name: string; readonly sha256: string }>>
>;

/**
 * Asks for the list.
 *
 * @param base Address of the page.
 * @param signal Gives up.
 * @throws {InputError} If the server has no list, or a pack is not in it.
 */
export async function fetchPlaces(base: URL, signal: AbortSignal): Promise<PackPlaces> {
  const models = new URL("models/", base);
  let list: ModelsList;
  try {
    const response = await fetch(new URL("index.json", models), { signal });
    if (!response.ok) throw new Error(`status ${response.status}`);
    list = await response.json() as ModelsList;
  } catch (error) {
    signal.throwIfAborted();
    throw new InputError("models", "the server of this page must list them", (error as Error).message);
  }
  const place = (role: keyof PackPlaces) => {
    const pack = list[role];
    if (pack === undefined) {
      throw new InputError("models", `the server of this page must have a ${role}`, "it has none");
    }
    return { url: new URL(`${encodeURIComponent(pack.name)}/`, models).href, sha256: pack.sha256 };
  };
  return { multipose: place("multipose"), thunder: place("thunder"), lifter: place("lifter") };
}
