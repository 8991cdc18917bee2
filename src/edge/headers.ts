/**
 * Headers of every answer: security always, CORS only where it was asked for.
 *
 * @module
 */

import { Refusal } from "./refusal.ts";

/** Which other origins may call: none, any, or those listed (`https://example.org`). */
export type CorsChoice = false | "*" | readonly string[];

/** Methods that any path answers. */
const METHODS = "GET, HEAD, POST, OPTIONS";
/** Seconds that a browser may remember a preflight. */
const PREFLIGHT_SECONDS = "600";
/** Nothing that is sent from here loads, runs or frames anything, unless a page states its own policy. */
const STRICTEST = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** The origin that may read the answer; null for none. */
function allowedOrigin(request: Request, cors: CorsChoice): string | null {
  const origin = request.headers.get("origin");
  if (cors === false || origin === null) return null;
  return cors === "*" ? "*" : cors.includes(origin) ? origin : null;
}

/**
 * Refuses work for a page of another origin that may not call. Browsers let some requests (forms) go out without asking
 * first, and only hide the answer.
 *
 * @param request The request; one that no page sent has no `Origin`.
 * @param cors Who may call.
 * @throws {Refusal} 403.
 */
export function checkOrigin(request: Request, cors: CorsChoice): void {
  const origin = request.headers.get("origin");
  if (origin === null || allowedOrigin(request, cors) !== null) return;
  const own = URL.canParse(origin) && new URL(origin).host === new URL(request.url).host;
  if (!own) throw new Refusal(403, "pages of other origins may not call this service");
}

/**
 * Adds the headers that every answer has.
 *
 * @param response The answer; its own `content-security-policy` stays.
 * @param request What it answers.
 * @param cors Who may read it.
 */
export function withHeaders(response: Response, request: Request, cors: CorsChoice): Response {
  const { headers } = response;
  headers.set("x-content-type-options", "nosniff");
  headers.set("referrer-policy", "no-referrer");
  headers.set("x-frame-options", "DENY");
  headers.set("cross-origin-resource-policy", cors === false ? "same-origin" : "cross-origin");
  if (!headers.has("content-security-policy")) headers.set("content-security-policy", STRICTEST);
  if (!headers.has("cache-control")) headers.set("cache-control", "no-store");
  if (cors !== false && cors !== "*") headers.append("vary", "origin");
  const origin = allowedOrigin(request, cors);
  if (origin !== null) {
    headers.set("access-control-allow-origin", origin);
    headers.set("access-control-expose-headers", "retry-after, server-timing, x-steps, x-hypotheses");
  }
  return response;
}

/** The answer to `OPTIONS`: what there is, and for another origin what it may do. */
export function optionsResponse(request: Request, cors: CorsChoice): Response {
  const headers: Record<string, string> = { allow: METHODS };
  if (allowedOrigin(request, cors) !== null) {
    headers["access-control-allow-methods"] = METHODS;
    headers["access-control-allow-headers"] =
      "authorization, content-type, accept, x-budget-ms, x-fps, x-width, x-height";
    headers["access-control-max-age"] = PREFLIGHT_SECONDS;
  }
  return new Response(null, { status: 204, headers });
}
