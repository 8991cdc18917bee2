/**
 * `view.html` on disk: the records of a `poses.ndjson` and small pictures of the clip, written to a temporary name first.
 *
 * @module
 */
import { InputError } from "../core/errors.ts";
import { readRecords } from "../formats/mod.ts";
import type { PoseRecord } from "../formats/record.ts";
import { encodeJpeg, type Frame, openFrames, type OpenFramesOptions } from "../media/mod.ts";
import { renderViewer, type ViewerImage, type ViewerOptions } from "../render/mod.ts";
import { pictureInPage, recordInPage, type Size } from "./one_size.ts";
import { writeAll } from "./pose_file.ts";

/** What to show and where to write it. */
export interface ViewerFile {
  /** Path of `poses.ndjson`. */
  readonly poses: string;
  /** Path of the page. */
  readonly output: string;
  /** The clip whose pictures are embedded; none are when absent. */
  readonly input?: string;
  /** How to open the clip. */
  readonly frames?: OpenFramesOptions;
  /** Another run on the same clip: path of its `poses.ndjson`, and names of this run and of that. */
  readonly second?: { readonly poses: string; readonly names: readonly [string, string] };
  /** Sentences for the page's "About" panel. */
  readonly notes?: readonly string[];
  /**
   * Leaves a page that is already there: a run that was complete needs one only if it was killed before its page was.
   * @default {false}
   */
  readonly keep?: boolean;
  /** Stops between two pictures. */
  readonly signal?: AbortSignal;
}

/** Embedded pictures are this long at most on their longer side, px. */
const IMAGE_SIDE = 480;
/** At most this many pictures are embedded; a longer clip shows every n-th frame. */
const MAX_IMAGES = 400;
const JPEG_QUALITY = 70;

/** A smaller copy of a frame as JPEG. */
async function thumbnail(frame: Frame, page: Size): Promise<ViewerImage> {
  return { index: frame.index, bytes: await encodeJpeg(pictureInPage(frame, page, IMAGE_SIDE), JPEG_QUALITY) };
}

async function* thumbnails(file: ViewerFile, { count, page }: Facts): AsyncGenerator<ViewerImage> {
  if (file.input === undefined || count === 0) return;
  await using source = await openFrames(file.input, file.frames);
  const step = Math.ceil(count / MAX_IMAGES);
  let ordinal = 0;
  for await (const frame of source.frames(file.signal)) {
    if (ordinal >= count) return; // The run was cut, or the clip broke, here.
    if (ordinal++ % step === 0) yield await thumbnail(frame, page ?? frame);
  }
}

/** What is known of the records before they are shown. */
interface Facts {
  /** Number of frame records. */
  readonly count: number;
  /** Size that the header states; null without a header. */
  readonly page: Size | null;
}

async function factsOf(path: string): Promise<Facts> {
  const reader = readRecords((await Deno.open(path)).readable, path, { allowTruncated: true });
  let page: Size | null = null;
  for await (const record of reader) if (record.type === "header") page = record;
  return { count: reader.frames, page };
}

/** Records whose people lie in the header's picture. */
async function* inPage(records: AsyncIterable<PoseRecord>, page: Size | null): AsyncGenerator<PoseRecord> {
  for await (const record of records) {
    yield record.type === "frame" && page !== null ? recordInPage(record, page) : record;
  }
}

async function secondRun(
  { poses, names }: NonNullable<ViewerFile["second"]>,
): Promise<ViewerOptions["second"] & object> {
  return { records: readRecords((await Deno.open(poses)).readable, poses, { allowTruncated: true }), names };
}

/**
 * Writes the page.
 *
 * @param file What to show and where to write it.
 * @throws {InputError} If the records are damaged, the clip cannot be read, or the page cannot be written.
 */
export async function writeViewer(file: ViewerFile): Promise<void> {
  if (file.keep === true && await Deno.stat(file.output).then(() => true, () => false)) return;
  const facts = await factsOf(file.poses);
  const partial = `${file.output}.partial`;
  let page: Deno.FsFile;
  try {
    page = await Deno.open(partial, { write: true, create: true, truncate: true });
  } catch (error) {
    throw new InputError(file.output, "must be writable", (error as Error).message, { cause: error });
  }
  try {
    const records = readRecords((await Deno.open(file.poses)).readable, file.poses, { allowTruncated: true });
    const images = thumbnails(file, facts);
    const { notes = [] } = file;
    const options: ViewerOptions = {
      images,
      notes,
      ...(file.signal === undefined ? {} : { signal: file.signal }),
      ...(file.second === undefined ? {} : { second: await secondRun(file.second) }),
    };
    const encoder = new TextEncoder();
    for await (const chunk of renderViewer(inPage(records, facts.page), options)) {
      await writeAll(page, encoder.encode(chunk));
    }
  } catch (error) {
    page.close();
    await Deno.remove(partial);
    throw error;
  }
  page.close();
  await Deno.rename(partial, file.output);
}
