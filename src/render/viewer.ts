/**
 * `view.html`: one file that shows a run without any server, network or installed program. Text in, text out: the caller
 * writes the chunks to wherever they belong.
 *
 * The page's program is written in `client/`, bundled with three.js by `tests/render/build_client.ts` into
 * `viewer_assets.ts` as plain strings, so that this module loads everywhere, reads no files and needs no network.
 *
 * @module
 */

import { InputError } from "../core/errors.ts";
import type { EndRecord, PoseRecord } from "../formats/record.ts";
import { escapeMarkup, jsonForScript, toBase64 } from "./escape.ts";
import { joinRuns, type SecondRun } from "./join_runs.ts";
import { type PackedFrame, packFrame } from "./payload.ts";
import type { TwoRunsHeader } from "./two_runs.ts";
import { CLIENT, LICENCES, PAGE, STYLE } from "./viewer_assets.ts";

/** Frames a data block. Small enough to bound memory, large enough that blocks cost nothing. */
const BLOCK_FRAMES = 64;

/** The page may use what stands in it, and may load nothing. */
const POLICY = "default-src 'none'; img-src data: blob:; style-src 'unsafe-inline'; script-src 'unsafe-inline'";

/** A small picture of a frame, encoded. */
export interface ViewerImage {
  /** Index of its frame, as in the frame record. */
  readonly index: number;
  /** The encoded picture. */
  readonly bytes: Uint8Array;
  /**
   * What the bytes are.
   * @default {"image/jpeg"}
   */
  readonly type?: "image/jpeg" | "image/png" | "image/webp";
}

/** What {@link renderViewer} may be given besides the records. */
export interface ViewerOptions {
  /** Pictures of frames in the order of their indices; frames without one show the last before them. */
  readonly images?: AsyncIterable<ViewerImage> | Iterable<ViewerImage>;
  /** Title of the page; the input's name where it is absent. */
  readonly title?: string;
  /** Another run on the same clip: the page shows the people of both, each run with a switch and colours of its own. */
  readonly second?: SecondRun;
  /** Sentences for the page's "About" panel: licences of the input and the models, warnings of the run. */
  readonly notes?: readonly string[];
  /** Stops between two blocks or pictures. */
  readonly signal?: AbortSignal;
}

function pageStart(header: TwoRunsHeader, title: string): string {
  return "<!doctype html>\n" +
    `<html lang="en">\n<head>\n<meta charset="utf-8">\n` +
    `<meta http-equiv="Content-Security-Policy" content="${POLICY}">\n` +
    '<meta name="viewport" content="width=device-width, initial-scale=1">\n' +
    '<meta name="color-scheme" content="light dark">\n' +
    `<meta name="generator" content="diffpose ${escapeMarkup(header.tool)}">\n` +
    `<title>${escapeMarkup(title)} · diffpose</title>\n<style>\n${STYLE}</style>\n</head>\n<body>\n${PAGE}\n` +
    dataBlock("header", { ...header, title });
}

function dataBlock(kind: string, value: unknown): string {
  return `<script type="application/json" data-diffpose="${kind}">${jsonForScript(value)}</script>\n`;
}

function imageBlock(image: ViewerImage): string {
  const { index, bytes, type = "image/jpeg" } = image;
  return `<script type="${type}" data-diffpose="image" data-index="${Number(index)}">${toBase64(bytes)}</script>\n`;
}

function pageEnd(end: EndRecord | null, notes: readonly string[]): string {
  // The licences stand before the program as text, and the page shows the same text in its "About" panel.
  return dataBlock("end", { end, notes, licences: LICENCES }) +
    `<script type="module">\n${CLIENT}</script>\n</body>\n</html>\n`;
}

/**
 * Writes `view.html`, chunk by chunk. Records are read once, then pictures are read once; at most one block of frames or
 * one picture is held at a time, so the length of a clip does not matter. Nothing of the page works before the last chunk:
 * write to a temporary name and rename.
 *
 * @param records The lines of `poses.ndjson`: a header first, then frames; an end line where the run was not cut.
 * @param options Pictures, title, notes, signal.
 * @returns Chunks of HTML, to be written in this order as UTF-8.
 * @throws {InputError} If the first record is no header, or a second header comes; if the second run does not fit the first.
 * @throws {DOMException} `AbortError`, or the signal's own reason, when `signal` is aborted.
 *
 * @example
 * ```ts ignore
 * for await (const chunk of renderViewer(readRecords(file.readable))) await writer.write(chunk);
 * ```
 */
export async function* renderViewer(
  records: AsyncIterable<PoseRecord> | Iterable<PoseRecord>,
  options: ViewerOptions = {},
): AsyncGenerator<string, void, void> {
  const { images = [], title, notes = [], second, signal } = options;
  let header: TwoRunsHeader | null = null;
  let end: EndRecord | null = null;
  let block: PackedFrame[] = [];
  for await (const record of second === undefined ? records : joinRuns(records, second)) {
    signal?.throwIfAborted();
    if ((record.type === "header") !== (header === null)) {
      throw new InputError("poses", "the first record, and no other, must be a header", record.type);
    }
    if (record.type === "header") {
      header = record;
      yield pageStart(header, title ?? header.input);
    } else if (record.type === "frame") {
      block.push(packFrame(record));
      if (block.length < BLOCK_FRAMES) continue;
      yield dataBlock("frames", block);
      block = [];
    } else {
      end = record;
    }
  }
  if (header === null) throw new InputError("poses", "the first record must be a header", "no records");
  if (block.length > 0) yield dataBlock("frames", block);
  for await (const image of images) {
    signal?.throwIfAborted();
    yield imageBlock(image);
  }
  yield pageEnd(end, notes);
}
