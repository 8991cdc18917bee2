/**
 * Brotli with a window of 16 MB, so that weights which two graphs of a pack share are stored once.
 *
 * @module
 */
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants } from "node:zlib";
import { sha256 } from "../src/runtime/mod.ts";

/** 9 of 11: the levels above gain 5 % in ten times the time, those below do not see repeats from far away. */
const QUALITY = 9;
const WINDOW_BITS = 24;

const compressBytes = promisify(brotliCompress);

/**
 * Compresses some bytes, or takes what an earlier call made of equal bytes.
 *
 * @param bytes The bytes.
 * @param cache Folder that keeps results.
 */
export async function compress(bytes: Uint8Array, cache: string): Promise<Uint8Array> {
  const kept = join(cache, `${await sha256(bytes)}-${QUALITY}-${WINDOW_BITS}.br`);
  try {
    return await Deno.readFile(kept);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  const made = await compressBytes(bytes, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: QUALITY,
      [constants.BROTLI_PARAM_LGWIN]: WINDOW_BITS,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  });
  await Deno.mkdir(cache, { recursive: true });
  await Deno.writeFile(`${kept}.partial`, made);
  await Deno.rename(`${kept}.partial`, kept);
  return made;
}
