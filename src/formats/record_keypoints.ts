/**
 * The 2D keypoints of a `poses.ndjson`.
 *
 * @module
 */

import { InputError } from "../core/errors.ts";
import {
  type KeypointsClip,
  type KeypointsFrame,
  type KeypointsOptions,
  type KeypointsPerson,
  need,
} from "./keypoints_clip.ts";
import { readRecords } from "./read_records.ts";
import type { FrameRecord, PersonRecord } from "./record.ts";

function personOf(person: PersonRecord, ignoreIds: boolean): KeypointsPerson {
  return {
    id: ignoreIds ? null : person.id,
    box: person.box,
    score: person.score,
    keypoints: Float32Array.from(person.keypoints.flatMap(([x, y, score]) => [x, y, score])),
    sigma: Float32Array.from(person.keypoints, ([, , , sigma]) => sigma),
    interpolated: person.interpolated,
  };
}

/**
 * Reads the frames of `poses.ndjson`, one line in memory at a time.
 *
 * @param readable The bytes.
 * @param name What they are, for messages.
 * @param options A size or frame rate given here goes before the header's; with `fps` the times follow the indices.
 * @throws {InputError} If the first line is no header; later lines are checked while they are read.
 */
export async function readRecordKeypoints(
  readable: ReadableStream<Uint8Array>,
  name: string,
  options: KeypointsOptions,
): Promise<KeypointsClip> {
  const records = readRecords(readable, name)[Symbol.asyncIterator]();
  const first = await records.next();
  // readRecords() lets nothing but a header come first.
  if (first.done || first.value.type !== "header") throw new InputError(name, "must begin with a header", "none");
  const header = first.value;
  const width = need(options.width, header.width, name, "the width of its pictures", "--width");
  const height = need(options.height, header.height, name, "the height of its pictures", "--height");
  const fps = need(options.fps, header.fps, name, "its frame rate", "--fps");
  const tracked = options.trackIds !== "ignore";
  const frameOf = (record: FrameRecord): KeypointsFrame => ({
    index: record.index,
    time: options.fps === undefined ? record.time : record.index / fps,
    ...(record.name === undefined ? {} : { name: record.name }),
    width,
    height,
    people: record.people.map((person) => personOf(person, !tracked)),
  });
  const close = async () => {
    await records.return?.(undefined);
  };
  return {
    format: "diffpose",
    fps,
    width,
    height,
    tracked,
    async *frames() {
      try {
        for (let next = await records.next(); !next.done; next = await records.next()) {
          if (next.value.type === "frame") yield frameOf(next.value);
        }
      } finally {
        await close();
      }
    },
    [Symbol.asyncDispose]: close,
  };
}
