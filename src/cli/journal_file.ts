/**
 * The detections of a run on disk, so that a run that was cut continues without detecting anybody again. The file goes
 * when the run is complete.
 *
 * @module
 */
import { join } from "node:path";
import type { HeaderRecord } from "../formats/record.ts";
import { readLines } from "../formats/lines.ts";
import { writeRecord } from "../formats/mod.ts";
import { decodeDetected, type DetectedFrame, encodeDetected } from "../pipelines/detected.ts";
import type { DetectionJournal } from "../pipelines/replay.ts";
import { InputError } from "../core/errors.ts";
import { writeAll } from "./pose_file.ts";

const NAME = "detections.journal";

/** An opened journal. */
export interface JournalFile extends DetectionJournal, AsyncDisposable {
  /** Removes the file; the run is complete. */
  remove(): Promise<void>;
}

/**
 * Opens `DIR/detections.journal`.
 *
 * @param folder Folder of the clip's results.
 * @param header The header of this run: detections of a run with other options are not used.
 * @param resume False starts an empty journal.
 * @throws {InputError} If the file cannot be read or written.
 */
export async function openJournal(folder: string, header: HeaderRecord, resume: boolean): Promise<JournalFile> {
  const path = join(folder, NAME);
  const first = writeRecord(header);
  const kept = resume ? await wholeLines(path, first) : 0;
  let file: Deno.FsFile;
  try {
    file = await Deno.open(path, { write: true, create: true });
    await file.truncate(kept);
    await file.seek(0, Deno.SeekMode.End);
  } catch (error) {
    throw new InputError(path, "must be writable", (error as Error).message, { cause: error });
  }
  const write = async (text: string): Promise<void> => await writeAll(file, new TextEncoder().encode(text));
  if (kept === 0) await write(first);
  return {
    known: knownFrames(path, kept),
    append: async (frame) => await write(`${encodeDetected(frame)}\n`),
    remove: async () => await Deno.remove(path),
    [Symbol.asyncDispose]: () => {
      file.close();
      return Promise.resolve();
    },
  };
}

/** Bytes of the lines that are whole, when the first one is `first`; else 0. */
async function wholeLines(path: string, first: string): Promise<number> {
  let kept = 0;
  try {
    for await (const line of readLines((await Deno.open(path)).readable, path)) {
      if (!line.terminated || (line.number === 1 && `${line.text}\n` !== first)) break;
      kept = line.end;
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) {
      throw new InputError(path, "must be readable", (error as Error).message, { cause: error });
    }
  }
  return kept;
}

async function* knownFrames(path: string, bytes: number): AsyncGenerator<DetectedFrame> {
  if (bytes === 0) return;
  for await (const line of readLines((await Deno.open(path)).readable, path)) {
    if (line.end > bytes) return;
    if (line.number > 1) yield decodeDetected(line.text, `${path}, line ${line.number}`);
  }
}
