/**
 * What there is to be read at a handler: pages, and a description for programs.
 *
 * @module
 */

import { VERSION } from "../version.ts";
import { IMAGE_TYPES, JSON_TYPES } from "./content_type.ts";
import { JSON_FORMATS } from "./keypoints_source.ts";
import type { Limits } from "./limits.ts";
import { PARAMETER_NAMES } from "./parameters.ts";

/** Reads a big body when it is asked for. */
export type LazyBody = () => Promise<Uint8Array<ArrayBuffer>>;

/** Something that is sent as it is. */
export interface Page {
  /** Its content type. */
  readonly type: string;
  /** Its content. A function is called by the first request that needs it, and again when what it gave was let go. */
  readonly body: string | Uint8Array<ArrayBuffer> | LazyBody;
  /** Length of a body that is a function, as far as it is known without reading it. */
  readonly bytes?: number;
  /** Its `Content-Security-Policy`, where it needs more than nothing. */
  readonly policy?: string;
  /** What names exactly this content (a hash): who has it already is told so. Letters, digits, `.` and `-`. */
  readonly tag?: string;
  /** Whether it may use threads of WebAssembly, and so takes in nothing of other origins. @default {false} */
  readonly isolated?: boolean;
}

/** Pages by path (`"/"`, `"/app.js"`). Only what stands here can be had: no path of a request is looked up anywhere else. */
export type Pages = Readonly<Record<string, Page>>;

/** What the handler takes and gives, for programs. */
export interface Description {
  /** Version of diffpose. */
  readonly version: string;
  /** Formats of a body. */
  readonly formats: readonly string[];
  /** Content types of a body. */
  readonly content: readonly string[];
  /** Content types of an answer. */
  readonly answers: readonly string[];
  /** Names in the query; in a header `X-` and the name. */
  readonly parameters: readonly string[];
  /** What a request may ask for at most; null for no limit. */
  readonly limits: Readonly<Record<string, number | null>>;
}

/** Describes a handler. */
export function describeHandler(limits: Limits, images: boolean): Description {
  return {
    version: VERSION,
    formats: JSON_FORMATS,
    content: [...JSON_TYPES, "multipart/form-data", ...(images ? IMAGE_TYPES : [])],
    answers: ["application/json", "application/x-ndjson"],
    parameters: PARAMETER_NAMES,
    limits: Object.fromEntries(
      Object.entries(limits).map(([name, value]) => [name, value === Infinity ? null : value]),
    ),
  };
}

const STYLE =
  "body{font:16px/1.6 system-ui,sans-serif;max-width:46rem;margin:3rem auto;padding:0 1rem;color-scheme:light dark}" +
  "pre{overflow:auto;padding:1rem;border:1px solid #8886;border-radius:.5rem}code{font-family:ui-monospace,monospace}";

/** Where {@link apiPage} is, whatever else there is. */
export const API_PAGE = "/api.html";

/** A small page that says what the handler offers. */
export function apiPage({ version, formats, content, parameters }: Description, base: string): Page {
  const list = (words: readonly string[]): string => words.map((word) => `<code>${word}</code>`).join(", ");
  return {
    type: "text/html; charset=utf-8",
    policy:
      "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    body: `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>diffpose</title>
<style>${STYLE}</style>
<h1>diffpose ${version}</h1>
<p>2D keypoints in, 3D poses with error bars out.</p>
<pre><code>curl --data-binary @keypoints.json -H "content-type: application/json" \\
  "$ADDRESS${base}/lift?fps=30&amp;width=1920&amp;height=1080"</code></pre>
<p><code>POST ${base}/lift</code> takes ${list(content)}, in the formats ${list(formats)}.
It answers JSON, or a line a frame as it is computed with <code>Accept: application/x-ndjson</code>.</p>
<p>Parameters: ${list(parameters)}; in a header, <code>X-Budget-Ms</code> and so on.
<code>budget-ms</code> chooses steps and hypotheses for that much computing time.</p>
<p><a href="${base}/api">${base}/api</a>: the limits. <a href="${base}/health">${base}/health</a>: is it up.</p>
</html>
`,
  };
}
