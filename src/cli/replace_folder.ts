/**
 * Writes a folder in one step: it is there whole, or as it was before.
 *
 * @module
 */
import { basename, dirname, join } from "node:path";
import { InputError } from "../core/errors.ts";
import { sha256 } from "../runtime/pack.ts";
import type { PackFile } from "../systems/movenet/convert/pack.ts";

/**
 * Writes files into a new folder beside the target, then swaps the two.
 *
 * @param target The folder; an old one is replaced, with all that is in it.
 * @param files Its files.
 * @throws {InputError} If the disk refuses.
 */
export async function replaceFolder(target: string, files: readonly PackFile[]): Promise<void> {
  const parent = dirname(target);
  let fresh: string | undefined;
  try {
    await Deno.mkdir(parent, { recursive: true });
    fresh = await Deno.makeTempDir({ dir: parent, prefix: `.${basename(target)}-` });
    // Temporary folders are for their owner only; models are for everyone.
    if (Deno.build.os !== "windows") await Deno.chmod(fresh, 0o755);
    for (const { name, bytes } of files) await Deno.writeFile(join(fresh, name), bytes);
    await Deno.remove(target, { recursive: true }).catch(ignoreMissing);
    await Deno.rename(fresh, target);
    fresh = undefined;
  } catch (error) {
    throw new InputError(target, "it must be possible to write here", reason(error), { cause: error });
  } finally {
    if (fresh !== undefined) await Deno.remove(fresh, { recursive: true }).catch(ignoreMissing);
  }
}

/**
 * Checks a folder against a list of hashes.
 *
 * @param folder The folder.
 * @param files Names and lower-case hex hashes.
 * @returns True when every file is there and has its hash.
 */
export async function isWholeFolder(
  folder: string,
  files: readonly { readonly name: string; readonly sha256: string }[],
): Promise<boolean> {
  for (const { name, sha256: expected } of files) {
    try {
      if (await sha256(await Deno.readFile(join(folder, name))) !== expected) return false;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return false;
      throw new InputError(join(folder, name), "it must be readable", reason(error), { cause: error });
    }
  }
  return true;
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
