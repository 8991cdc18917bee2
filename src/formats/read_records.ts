/**
 * `poses.ndjson` to records, line by line.
 *
 * @module
 */

import { InputError } from "../core/errors.ts";
import { at, type Place, refuse, rootPlace } from "./fields.ts";
import { type Line, readLines } from "./lines.ts";
import type { PoseRecord } from "./record.ts";
import { checkRecord } from "./record_rules.ts";

/** Options of {@link readRecords}. */
export interface ReadRecordsOptions {
  /**
   * What to do with a last line that has no newline, as a killed run leaves it. True: reading ends before it and
   * {@link RecordReader.truncatedAt} tells where. False: it must be a whole record.
   * @default false
   */
  readonly allowTruncated?: boolean;
}

/** The records of a stream, to be iterated once, and where the reading stands. */
export interface RecordReader extends AsyncIterable<PoseRecord> {
  /** Offset of the byte after the last record that was given: a file cut there is whole up to it. */
  readonly offset: number;
  /** How many frame records were given. */
  readonly frames: number;
  /** True once the end record was given. */
  readonly ended: boolean;
  /**
   * With `allowTruncated`: offset of the byte after the last whole line, if a cut line followed it. Null while that is
   * unknown and when the last line is whole.
   */
  readonly truncatedAt: number | null;
}

/** Keeps the order of the lines: header, frames with rising indices, end. */
class RecordOrder {
  #lines = 0;
  #lastIndex = -1;
  frames = 0;
  ended = false;

  accept(record: PoseRecord, place: Place): void {
    if (this.ended) refuse(at(place, "type"), "nothing may follow the end record", record.type);
    if ((record.type === "header") !== (this.#lines === 0)) {
      refuse(at(place, "type"), "the header must be the first record and the only one", record.type);
    }
    this.#lines++;
    if (record.type === "frame") {
      if (record.index <= this.#lastIndex) {
        refuse(at(place, "index"), `must be above that of the frame before, ${this.#lastIndex}`, record.index);
      }
      this.#lastIndex = record.index;
      this.frames++;
    } else if (record.type === "end") {
      if (record.frames !== this.frames) {
        refuse(at(place, "frames"), `must be the number of frame records, ${this.frames}`, record.frames);
      }
      this.ended = true;
    }
  }
}

function parseLine(line: Line, name: string): unknown {
  try {
    return JSON.parse(line.text);
  } catch (cause) {
    const rule = line.terminated ? "must be one JSON value" : "must be one JSON value, and it is cut (no newline)";
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new InputError(`${name}, line ${line.number}`, rule, message, { cause });
  }
}

/**
 * Reads `poses.ndjson`. Every line is checked in full, and only one is in memory. Empty lines are passed over.
 *
 * @param readable The bytes. Cancelled when the caller stops early.
 * @param name What they are, for messages: a path, a URL.
 * @param options See {@link ReadRecordsOptions}.
 * @returns The records in order. Iterating throws an `InputError` that names file, line, field, rule and value at the
 * first line that breaks a rule, also for a stream without any record. A missing end record is no error: it means that
 * the run was cut ({@link RecordReader.ended}).
 *
 * @example Continue a run that was killed
 * ```ts ignore
 * const reader = readRecords(file.readable, "poses.ndjson", { allowTruncated: true });
 * for await (const record of reader) seen.push(record);
 * await Deno.truncate("poses.ndjson", reader.truncatedAt ?? reader.offset);
 * ```
 */
export function readRecords(
  readable: ReadableStream<Uint8Array>,
  name: string,
  options: ReadRecordsOptions = {},
): RecordReader {
  const { allowTruncated = false } = options;
  const order = new RecordOrder();
  let offset = 0;
  let truncatedAt: number | null = null;

  async function* records(): AsyncGenerator<PoseRecord, void, undefined> {
    let any = false;
    for await (const line of readLines(readable, name)) {
      if (!line.terminated && allowTruncated) {
        truncatedAt = line.start;
        return;
      }
      if (line.text.trim() === "") continue;
      const place = rootPlace(`${name}, line ${line.number}`);
      const record = checkRecord(parseLine(line, name), place);
      order.accept(record, place);
      any = true;
      offset = line.end;
      yield record;
    }
    if (!any && !allowTruncated) throw new InputError(name, "must hold at least a header record", "no record");
  }

  return {
    [Symbol.asyncIterator]: () => records(),
    get offset() {
      return offset;
    },
    get frames() {
      return order.frames;
    },
    get ended() {
      return order.ended;
    },
    get truncatedAt() {
      return truncatedAt;
    },
  };
}
