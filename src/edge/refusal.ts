/**
 * Answers that say no, and why, as problem details (RFC 9457).
 *
 * @module
 */

import { InputError, ShapeError } from "../core/errors.ts";

/** Longest reason that is sent, in characters: a message may repeat what the client sent. */
const MAX_DETAIL = 500;

/** What each status means here. */
const TITLES: Readonly<Record<number, string>> = {
  400: "Bad request",
  401: "Not authorised",
  403: "Not allowed",
  404: "Not found",
  405: "Method not allowed",
  406: "Not acceptable",
  408: "Too slow",
  413: "Too large",
  415: "Unsupported content",
  422: "Bad content",
  429: "Too many requests",
  499: "Client closed the request",
  500: "Failed",
  503: "Not available",
};

/** A request is refused. Thrown anywhere below the handler, answered by it. */
export class Refusal extends Error {
  /** Always `"Refusal"`. */
  override readonly name: string = "Refusal";
  /** HTTP status. */
  readonly status: number;
  /** Headers beside those that every answer has. */
  readonly headers: Readonly<Record<string, string>>;

  /**
   * States status and reason.
   *
   * @param status HTTP status.
   * @param detail The reason, for the client.
   * @param headers Further headers.
   */
  constructor(status: number, detail: string, headers: Readonly<Record<string, string>> = {}) {
    super(detail);
    this.status = status;
    this.headers = headers;
  }
}

/** A refusal that invites to come again. */
export function comeAgain(status: 429 | 503, detail: string, seconds: number): Refusal {
  return new Refusal(status, detail, { "retry-after": String(Math.max(1, Math.ceil(seconds))) });
}

/** Flags of the command line in messages of the format bridge are parameters here. */
function inTermsOfHttp(message: string): string {
  return message.replace(/--(fps|width|height|images)\b/g, "the parameter $1");
}

/**
 * The refusal that an error amounts to. Only what the content of a request caused is told; of anything else the client
 * learns that it happened.
 *
 * @param error What was thrown.
 */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof InputError || error instanceof ShapeError) return new Refusal(422, inTermsOfHttp(error.message));
  return new Refusal(500, "the request could not be answered; the fault is on this side");
}

/** The answer to a refused request. */
export function refusalResponse({ status, message, headers }: Refusal): Response {
  const detail = message.length > MAX_DETAIL ? `${message.slice(0, MAX_DETAIL - 3)}...` : message;
  const body = JSON.stringify({ title: TITLES[status] ?? "Refused", status, detail });
  return new Response(body, { status, headers: { "content-type": "application/problem+json", ...headers } });
}
