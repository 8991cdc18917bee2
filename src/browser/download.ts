/**
 * Records as files of other formats, made in memory as `convert` makes them on disk.
 *
 * @module
 */
/// <reference lib="dom" />

import { zipSync } from "fflate";
import { InputError } from "../core/errors.ts";
import { bvh } from "../formats/bvh/bvh.ts";
import { coco } from "../formats/coco/coco.ts";
import { diffpose } from "../formats/diffpose.ts";
import type { PoseFormat } from "../formats/format.ts";
import type { PoseRecord } from "../formats/record.ts";
import type { FileSink, FileSource, Sink } from "../formats/source.ts";
import { writeRecord } from "../formats/write_record.ts";
import { convertClip } from "../pipelines/convert.ts";
import { renderViewer, type ViewerImage } from "../render/viewer.ts";

/** What can be downloaded. */
export type DownloadName = "ndjson" | "coco" | "bvh" | "html";

/** A finished file. */
export interface Download {
  /** Its name. */
  readonly name: string;
  /** Its content. */
  readonly file: Blob;
  /** Sentences of the writer on what the format cannot say. */
  readonly notes: readonly string[];
}

const FORMATS: Readonly<Record<"coco" | "bvh", PoseFormat>> = { coco, bvh };

/** Name of a file without its ending. */
export function stemOf(input: string): string {
  return input.replace(/^.*[/\\]/, "").replace(/\.[^.]+$/, "") || "poses";
}

/** The lines of `poses.ndjson`. */
export function ndjson(records: Iterable<PoseRecord>): Blob {
  return new Blob(Array.from(records, writeRecord), { type: "application/x-ndjson" });
}

function blobSource(name: string, blob: Blob): FileSource {
  return { kind: "file", name, open: () => Promise.resolve(blob.stream()) };
}

/** Keeps files by suffix, or by name. */
class MemorySink implements Sink {
  readonly files: Map<string, Blob> = new Map();

  file(suffix: string): Promise<FileSink> {
    const parts: BlobPart[] = [];
    return Promise.resolve({
      write: (data: Uint8Array | string) => {
        parts.push(typeof data === "string" ? data : data.slice());
        return Promise.resolve();
      },
      close: () => {
        this.files.set(suffix, new Blob(parts));
        return Promise.resolve();
      },
    });
  }

  named(name: string): Promise<FileSink> {
    return this.file(name);
  }
}

async function zipped(files: ReadonlyMap<string, Blob>, nameOf: (suffix: string) => string): Promise<Blob> {
  const entries = await Promise.all([...files].map(async ([suffix, blob]) => {
    return [nameOf(suffix), new Uint8Array(await blob.arrayBuffer())] as const;
  }));
  return new Blob([zipSync(Object.fromEntries(entries))], { type: "application/zip" });
}

async function converted(records: readonly PoseRecord[], stem: string, format: PoseFormat): Promise<Download> {
  const clip = await diffpose.read!(blobSource(`${stem}.ndjson`, ndjson(closed(records))), {});
  const sink = new MemorySink();
  const { notes } = await convertClip(clip, format, sink, { stem });
  const nameOf = (suffix: string): string =>
    `${stem}${format.ending === `.${format.name}` ? "" : `.${format.name}`}${suffix}${format.ending}`;
  if (sink.files.size === 0) throw new InputError(stem, `must have somebody to be written as ${format.name}`, "nobody");
  const [only] = sink.files;
  if (sink.files.size === 1) return { name: nameOf(only![0]), file: only![1], notes };
  return { name: `${stem}.${format.name}.zip`, file: await zipped(sink.files, nameOf), notes };
}

/** A run that was cut ends where it was cut: readers of whole files take it then. */
function closed(records: readonly PoseRecord[]): readonly PoseRecord[] {
  const last = records.at(-1);
  if (last === undefined || last.type === "end") return records;
  const [header] = records;
  const frames = records.length - 1;
  const seconds = last.type === "frame" && header?.type === "header" ? last.time + 1 / header.fps : 0;
  return [...records, { type: "end", frames, seconds }];
}

/** A run, as the page keeps it. */
export interface Run {
  /** Header, frames, end. */
  readonly records: readonly PoseRecord[];
  /** Small pictures by the index of their frame. */
  readonly previews: ReadonlyMap<number, Blob>;
  /** Sentences on the licences of the packs. */
  readonly notes: readonly string[];
}

async function* images(previews: ReadonlyMap<number, Blob>): AsyncGenerator<ViewerImage> {
  for (const [index, blob] of [...previews].sort(([a], [b]) => a - b)) {
    yield { index, bytes: new Uint8Array(await blob.arrayBuffer()), type: "image/jpeg" };
  }
}

/** The viewer's page for a run: the same `view.html` that `diffpose run` writes. */
export async function viewerPage({ records, previews, notes }: Run): Promise<Blob> {
  const chunks: string[] = [];
  for await (const chunk of renderViewer(records, { images: images(previews), notes })) chunks.push(chunk);
  return new Blob(chunks, { type: "text/html;charset=utf-8" });
}

/**
 * Makes a file of a run.
 *
 * @param run The records and pictures.
 * @param name Which file.
 * @throws {InputError} If the format cannot hold this run, as BVH when there is nobody.
 */
export async function makeDownload(run: Run, name: DownloadName): Promise<Download> {
  const { records } = run;
  const header = records[0];
  const stem = stemOf(header?.type === "header" ? header.input : "poses");
  if (name === "ndjson") return { name: `${stem}.ndjson`, file: ndjson(records), notes: [] };
  if (name === "html") return { name: `${stem}.html`, file: await viewerPage(run), notes: [] };
  return await converted(records, stem, FORMATS[name]);
}
