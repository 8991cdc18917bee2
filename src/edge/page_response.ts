/**
 * Pages on their way out: read when they are asked for, once for all who ask at the same time, and not at all for those
 * who have them already.
 *
 * @module
 */

import type { LazyBody, Page } from "./page.ts";

/** Bytes that are handed out at a time. */
const PART_BYTES = 2 ** 17;

/** Bodies that are being read, and what was read as long as somebody still takes it in. */
const reading = new WeakMap<LazyBody, Promise<Uint8Array<ArrayBuffer>>>();
const held = new WeakMap<LazyBody, WeakRef<Uint8Array<ArrayBuffer>>>();

/** The whole of a lazy body. Those who ask at the same time share it; when nobody needs it any more, it goes. */
async function readBody(body: LazyBody): Promise<Uint8Array<ArrayBuffer>> {
  const kept = held.get(body)?.deref();
  if (kept !== undefined) return kept;
  let work = reading.get(body);
  if (work === undefined) reading.set(body, work = body().finally(() => reading.delete(body)));
  const bytes = await work;
  held.set(body, new WeakRef(bytes));
  return bytes;
}

/** In parts, so that slow readers hold no copies. */
function streamOf(bytes: Uint8Array<ArrayBuffer>): ReadableStream<Uint8Array<ArrayBuffer>> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      controller.enqueue(bytes.slice(at, at + PART_BYTES)); // A copy: a part that is taken may be transferred.
      at += PART_BYTES;
    },
  }, { highWaterMark: 0 });
}

/** Whether a client already has this page, by the tags that it names. */
function isKnown(request: Request, tag: string): boolean {
  const known = request.headers.get("if-none-match");
  return known !== null && known.split(",").some((each) => each.trim().replace(/^W\//, "") === tag);
}

/**
 * The answer that a page amounts to.
 *
 * @param page The page.
 * @param request A GET or HEAD.
 * @throws {Error} If its body cannot be read; the client learns no more than that.
 */
export async function pageResponse(page: Page, request: Request): Promise<Response> {
  const { type, body, bytes, policy, tag, isolated = false } = page;
  const headers = new Headers({ "content-type": type });
  if (policy !== undefined) headers.set("content-security-policy", policy);
  if (isolated) {
    headers.set("cross-origin-opener-policy", "same-origin");
    headers.set("cross-origin-embedder-policy", "require-corp");
  }
  if (tag !== undefined) {
    headers.set("etag", `"${tag}"`);
    headers.set("cache-control", "no-cache"); // Kept, but asked for: the same address has other content after an update.
    if (isKnown(request, `"${tag}"`)) return new Response(null, { status: 304, headers });
  }
  if (typeof body !== "function") return new Response(body, { headers });
  if (bytes !== undefined) headers.set("content-length", String(bytes));
  if (request.method === "HEAD") return new Response(null, { headers });
  try {
    const whole = await readBody(body);
    headers.set("content-length", String(whole.length));
    return new Response(streamOf(whole), { headers });
  } catch (error) {
    // Not as an InputError, which would be told to the client with the path that it names.
    throw new Error(`Cannot read a page: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}
