/**
 * The body of a request, bounded by bytes and by time.
 *
 * @module
 */

import { joinBytes } from "../core/join_bytes.ts";
import type { Share } from "./byte_pool.ts";
import { Refusal } from "./refusal.ts";

/** Bounds of {@link readBody}. */
export interface BodyBounds {
  /** Largest body, bytes. */
  readonly maxBytes: number;
  /** Longest time for all of it, ms. */
  readonly ms: number;
  /** Where its bytes are counted. */
  readonly share: Share;
  /** Stops the reading; its reason is thrown. */
  readonly signal: AbortSignal;
}

function tooLarge(maxBytes: number): Refusal {
  return new Refusal(413, `a body may hold at most ${maxBytes} bytes`);
}

/** Refuses by the declared length, before a byte is read. */
function checkDeclared(request: Request, maxBytes: number): void {
  const encoding = request.headers.get("content-encoding") ?? "identity";
  if (encoding.trim().toLowerCase() !== "identity") {
    throw new Refusal(415, `a body must not be compressed: content-encoding ${encoding}`, {
      "accept-encoding": "identity",
    });
  }
  const declared = request.headers.get("content-length");
  if (declared !== null && Number(declared) > maxBytes) throw tooLarge(maxBytes);
}

/**
 * Reads a body.
 *
 * @param request Whose.
 * @param bounds How much, for how long.
 * @returns The bytes.
 * @throws {Refusal} 413 if it is too large, 415 if it is compressed, 408 if it comes too slowly, 400 if it breaks off or
 * there is none; the signal's reason if that is aborted.
 */
export async function readBody(request: Request, bounds: BodyBounds): Promise<Uint8Array<ArrayBuffer>> {
  const { maxBytes, ms, share, signal } = bounds;
  checkDeclared(request, maxBytes);
  if (request.body === null) throw new Refusal(400, "the request must have a body");
  signal.throwIfAborted();
  const reader = request.body.getReader();
  let stop: (reason: unknown) => void = () => {};
  const stopped = new Promise<never>((_, reject) => stop = reject);
  stopped.catch(() => {});
  const timer = setTimeout(() => stop(new Refusal(408, `a body must arrive within ${ms / 1000} s`)), ms);
  const aborted = (): void => stop(signal.reason);
  signal.addEventListener("abort", aborted, { once: true });
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for (;;) {
      const { done, value } = await Promise.race([reader.read().catch(brokenOff), stopped]);
      if (done) break;
      if (!(value instanceof Uint8Array)) throw new Refusal(400, "the body must be bytes");
      length += value.length;
      if (length > maxBytes) throw tooLarge(maxBytes);
      share.take(value.length);
      chunks.push(value);
    }
  } catch (error) {
    reader.cancel().catch(() => {});
    throw error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", aborted);
  }
  return joinBytes(chunks, length);
}

function brokenOff(): never {
  throw new Refusal(400, "the body broke off");
}
