/**
 * What a request says about its content, and which answer it wants.
 *
 * @module
 */

import { Refusal } from "./refusal.ts";

/** What a body is. */
export type ContentKind = "json" | "files" | "image";
/** How poses are answered. */
export type AnswerKind = "json" | "ndjson";

/** Content types of keypoints. Which format a body has is found by looking at it. */
export const JSON_TYPES: readonly string[] = [
  "application/json",
  "application/x-ndjson",
  "application/ndjson",
  "application/jsonl",
  "application/x-jsonlines",
];
/** Content types of pictures. */
export const IMAGE_TYPES: readonly string[] = ["image/jpeg", "image/png"];
const FILES_TYPE = "multipart/form-data";

function essence(value: string): string {
  return value.split(";", 1)[0]!.trim().toLowerCase();
}

/**
 * What the body is.
 *
 * @param request The request.
 * @param images Whether pictures are taken.
 * @throws {Refusal} 415, with the types that are taken.
 */
export function contentKind(request: Request, images: boolean): ContentKind {
  const given = request.headers.get("content-type");
  const type = essence(given ?? "");
  if (JSON_TYPES.includes(type)) return "json";
  if (type === FILES_TYPE) return "files";
  if (images && IMAGE_TYPES.includes(type)) return "image";
  const taken = [...JSON_TYPES, FILES_TYPE, ...(images ? IMAGE_TYPES : [])];
  const off = IMAGE_TYPES.includes(type) ? "; pictures are switched off here" : "";
  throw new Refusal(415, `the content type must be one of ${taken.join(", ")}${off}: ${given ?? "none"}`, {
    accept: taken.join(", "),
  });
}

/**
 * How the poses are to be answered.
 *
 * @param request The request; without `Accept` it is JSON.
 * @throws {Refusal} 406, if it accepts neither JSON nor NDJSON.
 */
export function answerKind(request: Request): AnswerKind {
  const accept = request.headers.get("accept") ?? "*/*";
  for (const part of accept.split(",")) {
    const type = essence(part);
    if (/\bq=0(\.0*)?\s*$/.test(part)) continue;
    if (type === "application/x-ndjson" || type === "application/ndjson" || type === "application/jsonl") {
      return "ndjson";
    }
    if (type === "application/json" || type === "application/*" || type === "*/*") return "json";
  }
  throw new Refusal(406, `the answer is application/json or application/x-ndjson, and the request accepts ${accept}`);
}
