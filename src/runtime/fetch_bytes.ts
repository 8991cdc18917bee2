/**
 * A file from the network, never more of it than was asked for.
 *
 * @module
 */

import { InputError } from "../core/errors.ts";
import { joinBytes } from "../core/join_bytes.ts";

/** The part of `fetch` that is used. */
export type FetchLike = (url: URL, init: { readonly signal?: AbortSignal }) => Promise<Response>;

/** Options of {@link fetchBytes}. */
export interface FetchBytesOptions {
  /** Fetches. */
  readonly fetch: FetchLike;
  /** A file that is longer is refused as soon as that is known. */
  readonly maxBytes: number;
  /** Stops the fetch. */
  readonly signal?: AbortSignal | undefined;
  /** Called with the bytes that have come. */
  readonly onProgress?: ((bytes: number) => void) | undefined;
}

/** An address as messages name it: without query, fragment and password, which may hold secrets. */
export function addressOf(url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname}`;
}

/**
 * Fetches a file.
 *
 * @param url Where it is.
 * @param options How to fetch, and how much at most.
 * @throws {InputError} If the server cannot be reached, does not answer 200, or sends more than `maxBytes`.
 */
export async function fetchBytes(url: URL, options: FetchBytesOptions): Promise<Uint8Array<ArrayBuffer>> {
  const { fetch, maxBytes, signal, onProgress } = options;
  const where = addressOf(url);
  try {
    const response = await fetch(url, signal === undefined ? {} : { signal });
    if (response.status !== 200 || response.body === null) {
      await response.body?.cancel();
      throw new InputError(
        where,
        "must be answered with status 200",
        `${response.status} ${response.statusText}`.trim(),
      );
    }
    const parts: Uint8Array[] = [];
    let length = 0;
    // Leaving the loop cancels the rest of the body.
    for await (const part of response.body) {
      length += part.length;
      if (length > maxBytes) throw new InputError(where, `must be at most ${maxBytes} bytes`, "more");
      parts.push(part);
      onProgress?.(length);
    }
    return joinBytes(parts, length);
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof InputError) throw error;
    throw new InputError(where, "must be reachable", (error as Error).message, { cause: error });
  }
}
