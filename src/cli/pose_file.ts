/**
 * `poses.ndjson` on disk while it grows: written line by line, resumed after a cut, never silently lost.
 *
 * @module
 */
import { join } from "node:path";
import { InputError } from "../core/errors.ts";
import { readRecords, writeRecord } from "../formats/mod.ts";
import type { FrameRecord, HeaderRecord, PoseRecord } from "../formats/record.ts";
import { endRecord, insertFrames } from "./insert_frames.ts";

/** What to do with a file of an earlier run. */
export type EarlierRun = "protect" | "resume" | "overwrite";

/** An opened `poses.ndjson`. */
export interface PoseFile extends AsyncDisposable {
  /** Its path. */
  readonly path: string;
  /** True when an earlier run had completed it: nothing is left to do. */
  readonly complete: boolean;
  /** Index of the first frame that it lacks. */
  readonly from: number;
  /** Frames that it holds. */
  readonly frames: number;
  /** Different people that it holds. */
  readonly people: number;
  /** The highest identity in it; 0 where nobody is. */
  readonly lastId: number;
  /**
   * Whether it has no record of a picture: one that could not be read.
   *
   * @param index Of the picture.
   * @param name Of its file.
   * @throws {InputError} If the record at `index` is of another file.
   */
  lacks(index: number, name: string): boolean;
  /** Puts frames that it lacks where they belong, once it has its end record; nothing is written to it any more. */
  insert(records: readonly FrameRecord[]): Promise<void>;
  /** Appends a frame. */
  append(record: FrameRecord): Promise<void>;
  /** Appends the end record. The last frame lasts as long as the header's rate says. */
  end(): Promise<void>;
}

interface Earlier {
  readonly bytes: number;
  readonly frames: number;
  readonly people: Set<number>;
  /** Pictures by index. */
  readonly names: Map<number, string>;
  readonly last: FrameRecord | null;
  readonly complete: boolean;
  readonly header: HeaderRecord | null;
}

/** Reads what an earlier run left; null when there is no file. */
async function readEarlier(path: string): Promise<Earlier | null> {
  let file: Deno.FsFile;
  try {
    file = await Deno.open(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw new InputError(path, "must be readable", (error as Error).message, { cause: error });
  }
  if ((await file.stat()).size === 0) {
    file.close();
    return null;
  }
  const reader = readRecords(file.readable, path, { allowTruncated: true });
  let header: HeaderRecord | null = null;
  let last: FrameRecord | null = null;
  const people = new Set<number>();
  const names = new Map<number, string>();
  for await (const record of reader) {
    if (record.type === "header") header = record;
    else if (record.type === "frame") {
      last = record;
      for (const { id } of record.people) people.add(id);
      if (record.name !== undefined) names.set(record.index, record.name);
    }
  }
  const { frames, ended, truncatedAt, offset } = reader;
  return { bytes: truncatedAt ?? offset, frames, people, names, last, complete: ended, header };
}

/**
 * Size that the header of an earlier run states.
 *
 * @param folder Folder of the clip's results.
 * @returns Null where there is no file, or none with a header.
 */
export async function earlierSize(folder: string): Promise<Pick<HeaderRecord, "width" | "height"> | null> {
  const path = join(folder, "poses.ndjson");
  let file: Deno.FsFile;
  try {
    file = await Deno.open(path);
  } catch {
    return null; // Why is said when it is opened for the run.
  }
  for await (const record of readRecords(file.readable, path, { allowTruncated: true })) {
    return record.type === "header" ? { width: record.width, height: record.height } : null;
  }
  return null;
}

/** First difference between two headers, as words. */
function difference(wanted: HeaderRecord, found: HeaderRecord): string | null {
  const flat = (header: HeaderRecord): Map<string, string> => {
    const { options, ...rest } = JSON.parse(writeRecord(header)) as HeaderRecord;
    return new Map(Object.entries({ ...rest, ...options }).map(([key, value]) => [key, JSON.stringify(value)]));
  };
  const [a, b] = [flat(wanted), flat(found)];
  for (const key of new Set([...a.keys(), ...b.keys()])) {
    if (a.get(key) !== b.get(key)) return `${key} was ${b.get(key) ?? "absent"} and is ${a.get(key) ?? "absent"}`;
  }
  return null;
}

/**
 * Opens `DIR/poses.ndjson` for a run.
 *
 * @param folder Folder of the clip's results; it is made when missing.
 * @param header The header of this run.
 * @param earlier What to do with a file of an earlier run. A complete one is replaced unless it is to be resumed; a cut
 *   one is protected unless it is to be resumed or overwritten.
 * @throws {InputError} If the folder cannot be written, a cut file is protected, or the header to resume differs.
 */
export async function openPoseFile(folder: string, header: HeaderRecord, earlier: EarlierRun): Promise<PoseFile> {
  const path = join(folder, "poses.ndjson");
  await makeFolder(folder);
  const found = earlier === "overwrite" ? null : await readEarlier(path);
  if (found !== null && !found.complete && earlier === "protect") {
    throw new InputError(
      path,
      `holds ${found.frames} frames of a run that was cut`,
      "add --resume to continue it, or --overwrite to start anew",
    );
  }
  const kept = earlier === "resume" && found?.header !== null ? found : null;
  if (kept?.header) {
    const differs = difference(header, kept.header);
    if (differs !== null) throw new InputError(path, "a run is resumed with the options it was started with", differs);
  }
  let file: Deno.FsFile;
  try {
    file = await Deno.open(path, { write: true, create: true, truncate: kept === null });
    if (kept !== null) await file.truncate(kept.bytes);
    await file.seek(0, Deno.SeekMode.End);
  } catch (error) {
    throw new InputError(path, "must be writable", (error as Error).message, { cause: error });
  }
  let frames = kept?.frames ?? 0;
  let last = kept?.last ?? null;
  const people = kept?.people ?? new Set<number>();
  let lastId = 0;
  const count = (ids: Iterable<number>): void => {
    for (const id of ids) {
      people.add(id);
      lastId = Math.max(lastId, id);
    }
  };
  count(people);
  let isOpen = true;
  const close = (): void => {
    if (isOpen) file.close();
    isOpen = false;
  };
  const write = async (record: PoseRecord): Promise<void> =>
    await writeAll(file, new TextEncoder().encode(writeRecord(record)));
  if (kept === null) await write(header);
  return {
    path,
    complete: kept?.complete ?? false,
    from: last === null ? 0 : last.index + 1,
    get frames() {
      return frames;
    },
    get people() {
      return people.size;
    },
    get lastId() {
      return lastId;
    },
    lacks: (index, name) => {
      const known = kept?.names.get(index);
      if (known === undefined || known === name) return known === undefined;
      throw new InputError(path, "a run is resumed on the pictures it was started on", `${known} was where ${name} is`);
    },
    insert: async (records) => {
      close();
      await insertFrames(path, records, header.fps);
      count(records.flatMap(({ people }) => people.map(({ id }) => id)));
      frames += records.length;
    },
    append: async (record) => {
      await write(record);
      count(record.people.map(({ id }) => id));
      last = record;
      frames++;
    },
    end: async () => await write(endRecord(frames, last, header.fps)),
    [Symbol.asyncDispose]: () => {
      close();
      return Promise.resolve();
    },
  };
}

/** Writes all of `bytes`: one call may write a part. */
export async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length;) done += await file.write(bytes.subarray(done));
}

/** Makes a folder and its parents. */
export async function makeFolder(folder: string): Promise<void> {
  try {
    await Deno.mkdir(folder, { recursive: true });
  } catch (error) {
    throw new InputError(folder, "must be a folder that can be written", (error as Error).message, { cause: error });
  }
}
