/**
 * Is a pack whole? Reads every file that its manifest names.
 *
 * @module
 */

import { InputError } from "../core/errors.ts";
import { DTYPES } from "./manifest.ts";
import type { Pack } from "./pack.ts";
import type { Dtype } from "./session.ts";

/** One file of a pack and what is wrong with it. */
export interface FileCheck {
  /** The graph that it belongs to. */
  readonly graph: string;
  /** Which variant of the weights. */
  readonly dtype: Dtype;
  /** Its name in the pack. */
  readonly file: string;
  /** Its size as the manifest states it, in bytes. */
  readonly bytes: number;
  /** What is wrong; null when size and SHA-256 are those of the manifest. */
  readonly problem: string | null;
}

/**
 * Checks every file of a pack, one in memory at a time.
 *
 * @param pack The pack.
 * @param options `signal` stops between two files.
 * @returns One entry a file, in the order of the manifest.
 */
export async function verifyPack(pack: Pack, options: { readonly signal?: AbortSignal } = {}): Promise<FileCheck[]> {
  const checks: FileCheck[] = [];
  for (const spec of Object.values(pack.manifest.graphs)) {
    for (const dtype of DTYPES) {
      const stated = spec.variants[dtype];
      if (stated === undefined) continue;
      options.signal?.throwIfAborted();
      const problem = await pack.readGraph(spec.name, dtype).then(() => null, problemOf);
      checks.push({ graph: spec.name, dtype, file: stated.file, bytes: stated.bytes, problem });
    }
  }
  return checks;
}

function problemOf(error: unknown): string {
  if (error instanceof InputError) return error.message;
  throw error;
}
