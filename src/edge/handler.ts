/**
 * A function of a request: keypoints in, poses out. Knows no server, no file system and no port.
 *
 * @module
 */

import type { Pack, PackSource } from "../runtime/mod.ts";
import { BytePool } from "./byte_pool.ts";
import { CostMeter } from "./effort.ts";
import { checkOrigin, type CorsChoice, optionsResponse, withHeaders } from "./headers.ts";
import { lift, type Parts } from "./lift.ts";
import { type Limits, limitsOf } from "./limits.ts";
import { type EdgeModel, type EdgeModelOptions, ModelHolder, openEdgeModel } from "./model.ts";
import type { ImageStage } from "./observed_clip.ts";
import { API_PAGE, apiPage, describeHandler, type Page, type Pages } from "./page.ts";
import { pageResponse } from "./page_response.ts";
import { comeAgain, Refusal, refusalOf, refusalResponse } from "./refusal.ts";
import { checkToken } from "./token.ts";
import { WorkQueue } from "./work_queue.ts";

/** Options of {@link createHandler}. */
export interface HandlerOptions extends EdgeModelOptions {
  /** The pack of DiffPose-3D, where its files come from, or what opens it. Opened by the first request that needs it. */
  readonly model: Pack | PackSource | (() => Promise<EdgeModel>);
  /** Limits; those of an edge function where they are not given. */
  readonly limits?: Partial<Limits>;
  /** Other origins that may call. @default {false} */
  readonly cors?: CorsChoice;
  /** Every request must bear this token, but for pages and `/health`. */
  readonly token?: string;
  /** Where the handler hangs, as `"/diffpose"`. @default {""} */
  readonly base?: string;
  /** Pages. A small one says what there is, at `"/api.html"`, and at `"/"` where that is not given. */
  readonly pages?: Pages;
  /** Finds people in pictures; without it pictures are refused. */
  readonly images?: ImageStage;
  /** Told of faults on this side, which clients are not. */
  readonly onError?: (error: unknown) => void;
}

/** What a handler has in hand. */
export interface HandlerState {
  /** Requests that are computed. */
  readonly busy: number;
  /** Requests that wait for their turn. */
  readonly waiting: number;
  /** Bytes of bodies and unread answers. */
  readonly bytes: number;
}

/** Answers requests, until it is disposed. */
export interface Handler extends AsyncDisposable {
  /** Answers a request; never rejects. */
  (request: Request): Promise<Response>;
  /** Opens the model now and not at the first request. */
  ready(): Promise<void>;
  /** What is in hand. */
  state(): HandlerState;
}

/**
 * Makes a handler.
 *
 * `POST /lift` takes 2D keypoints of any JSON format (or a form with the files of a folder) and answers 3D poses, as JSON
 * or, with `Accept: application/x-ndjson`, line by line. `GET /` and `/api.html` are pages, `GET /api` describes limits and parameters,
 * `GET /health` says that it is up. Whatever cannot be answered is refused with problem details: 400, 401, 403, 404, 405, 406,
 * 408, 413, 415, 422, 429, and 503 with `Retry-After`.
 *
 * @param options The model, and what is allowed.
 * @returns The handler; dispose it to close the model.
 * @throws {RangeError} If a limit is no number from its least value on.
 *
 * @example In any runtime with `fetch` handlers
 * ```ts ignore
 * import { createHandler, fetchSource } from "@diffpose/diffpose/edge";
 *
 * const handler = createHandler({ model: fetchSource("https://example.org/diffpose-3d.zip"), sha256: "…" });
 * Deno.serve(handler);
 * ```
 */
export function createHandler(options: HandlerOptions): Handler {
  const {
    model,
    limits: given = {},
    cors = false,
    token,
    base = "",
    pages = {},
    images,
    onError = () => {},
    ...modelOptions
  } = options;
  const limits = limitsOf(given);
  const closing = new AbortController();
  const parts: Parts = {
    limits,
    pool: new BytePool(limits.maxBufferedBytes),
    queue: new WorkQueue(limits),
    holder: new ModelHolder(typeof model === "function" ? model : () => openEdgeModel(model, modelOptions), onError),
    meter: new CostMeter(),
    images: images ?? null,
    onError,
    running: new Set(),
    closing: closing.signal,
  };
  const description = describeHandler(limits, images !== undefined);
  const api = apiPage(description, base);
  const there: ReadonlyMap<string, Page> = new Map(
    Object.entries({ "/": api, [API_PAGE]: api, ...pages }),
  );

  const route = async (request: Request): Promise<Response> => {
    const { pathname, searchParams } = new URL(request.url);
    const { method } = request;
    if (!pathname.startsWith(base)) throw new Refusal(404, "there is nothing at this path");
    const path = pathname.slice(base.length) || "/";
    if (method === "OPTIONS") return optionsResponse(request, cors);
    const reads = method === "GET" || method === "HEAD";
    const only = (allow: string): Refusal => new Refusal(405, `this path takes ${allow} only`, { allow });
    const page = there.get(path);
    if (page !== undefined) {
      if (!reads) throw only("GET, HEAD");
      return await pageResponse(page, request);
    }
    if (path === "/health") {
      if (!reads) throw only("GET, HEAD");
      return Response.json({ status: "up" });
    }
    if (token !== undefined) await checkToken(request, token);
    if (path === "/api") {
      if (!reads) throw only("GET, HEAD");
      return Response.json(description);
    }
    if (path !== "/lift") throw new Refusal(404, "there is nothing at this path");
    if (method !== "POST") throw only("POST");
    checkOrigin(request, cors);
    return await lift(request, searchParams, parts);
  };

  const handle = async (request: Request): Promise<Response> => {
    let response: Response;
    try {
      response = await route(request);
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal.status === 500) onError(error);
      response = refusalResponse(refusal);
    }
    if (!request.bodyUsed) request.body?.cancel().catch(() => {});
    if (request.method === "HEAD") response = new Response(null, response);
    return withHeaders(response, request, cors);
  };

  return Object.assign(handle, {
    ready: async (): Promise<void> => void await parts.holder.get(),
    state: (): HandlerState => ({
      busy: parts.queue.busy,
      waiting: parts.queue.waiting,
      bytes: parts.pool.held,
    }),
    [Symbol.asyncDispose]: async (): Promise<void> => {
      closing.abort(comeAgain(503, "the service is closing", 1));
      await Promise.all(parts.running);
      await parts.holder[Symbol.asyncDispose]();
    },
  });
}
