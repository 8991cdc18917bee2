/**
 * What a pack may hold at most, and which names its files may have. One place, so that folder and .zip agree.
 *
 * @module
 */

/** Largest `manifest.json`, in bytes. */
export const MAX_MANIFEST_BYTES: number = 4 * 1024 * 1024;

/** Largest file of weights, in bytes. */
export const MAX_GRAPH_BYTES: number = 512 * 1024 * 1024;

/** Largest .zip, in bytes, before and after inflating. */
export const MAX_PACK_BYTES: number = 1024 * 1024 * 1024;

/** Most entries of a .zip. */
export const MAX_PACK_FILES = 256;

/** Name of the manifest in a pack. */
export const MANIFEST_NAME = "manifest.json";

/**
 * Whether a name stays inside the pack on every system: relative, `/` between folders, no `.` or `..` part, no
 * backslash, colon or control character, at most 200 characters.
 *
 * @param name The name as it stands in the manifest or the .zip.
 */
export function isSafeName(name: string): boolean {
  if (name.length === 0 || name.length > 200) return false;
  // deno-lint-ignore no-control-regex -- control characters are what is looked for
  if (/[\\:\u0000-\u001f\u007f]/.test(name)) return false;
  return name.split("/").every((part) => part !== "" && part !== "." && part !== "..");
}
