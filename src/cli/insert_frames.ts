/**
 * Frames that come late into a finished `poses.ndjson`. The other lines keep their bytes.
 *
 * @module
 */
import { InputError } from "../core/errors.ts";
import { readLines } from "../formats/lines.ts";
import { roundRecord, writeRecord } from "../formats/mod.ts";
import type { EndRecord, FrameRecord } from "../formats/record.ts";

/**
 * The end record.
 *
 * @param frames How many there are.
 * @param last The last of them; it lasts as long as the rate says.
 * @param fps Frames a second.
 */
export function endRecord(frames: number, last: FrameRecord | null, fps: number): EndRecord {
  // Rounded as in the file, so that a continued run, which reads it there, ends with the same number.
  const time = last === null ? null : (roundRecord(last) as FrameRecord).time;
  return { type: "end", frames, seconds: time === null ? 0 : time + 1 / fps };
}

/** The lines of the new file. */
async function* mergedLines(path: string, records: readonly FrameRecord[], fps: number): AsyncGenerator<string> {
  const late = [...records].sort((a, b) => a.index - b.index);
  let frames = 0;
  let last: FrameRecord | null = null;
  const lateBefore = function* (index: number): Generator<string> {
    while (late.length > 0 && late[0]!.index < index) {
      last = late.shift()!;
      frames++;
      yield writeRecord(last);
    }
  };
  for await (const { text } of readLines((await Deno.open(path)).readable, path)) {
    const record = JSON.parse(text) as { readonly type: string };
    if (record.type === "end") break;
    if (record.type === "frame") {
      const frame = record as FrameRecord;
      yield* lateBefore(frame.index);
      last = frame;
      frames++;
    }
    yield `${text}\n`;
  }
  yield* lateBefore(Infinity);
  yield writeRecord(endRecord(frames, last, fps));
}

/**
 * Puts frames where their index belongs. The file is replaced in one step: whoever is stopped before has the old one.
 *
 * @param path A `poses.ndjson`.
 * @param records Frames that it lacks.
 * @param fps Its rate.
 * @throws {InputError} If the new file cannot be written.
 */
export async function insertFrames(path: string, records: readonly FrameRecord[], fps: number): Promise<void> {
  const partial = `${path}.partial`;
  try {
    const lines = ReadableStream.from(mergedLines(path, records, fps)).pipeThrough(new TextEncoderStream());
    await Deno.writeFile(partial, lines);
    await Deno.rename(partial, path);
  } catch (error) {
    await Deno.remove(partial).catch(() => {});
    if (error instanceof InputError) throw error;
    throw new InputError(path, "must be writable", (error as Error).message, { cause: error });
  }
}
