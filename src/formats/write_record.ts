/**
 * One record to one line of `poses.ndjson`.
 *
 * @module
 */

import { rootPlace } from "./fields.ts";
import type { FrameRecord, PersonRecord, PoseRecord } from "./record.ts";
import { checkRecord } from "./record_rules.ts";

/** Hundredths of a pixel: below the noise of every detector. */
const PIXEL_DIGITS = 2;
/** Scores, 0..1. */
const SCORE_DIGITS = 4;
/** Tenths of a millimetre. */
const METRE_DIGITS = 4;
/** Microseconds: 1/fps of any camera survives. */
const SECOND_DIGITS = 6;

/** `value` with at most `digits` decimals, and never -0, so that equal numbers have equal text. */
function round(value: number, digits: number): number {
  const scale = 10 ** digits;
  const scaled = value * scale;
  // Past 2^53 there are no decimals left to drop, and the product could overflow.
  if (Math.abs(scaled) >= Number.MAX_SAFE_INTEGER) return value;
  return Math.round(scaled) / scale + 0;
}

function roundPerson(person: PersonRecord): PersonRecord {
  const px = (value: number) => round(value, PIXEL_DIGITS);
  const metres = (value: number) => round(value, METRE_DIGITS);
  const [x, y, width, height] = person.box;
  return {
    id: person.id,
    box: [px(x), px(y), px(width), px(height)],
    score: round(person.score, SCORE_DIGITS),
    keypoints: person.keypoints.map(([x, y, score, sigma]) => [px(x), px(y), round(score, SCORE_DIGITS), px(sigma)]),
    ...(person.keypoints3d === undefined ? {} : {
      keypoints3d: person.keypoints3d.map(([x, y, z, sigma]) => [metres(x), metres(y), metres(z), metres(sigma)]),
    }),
    ...(person.derived === undefined ? {} : { derived: person.derived }),
    interpolated: person.interpolated,
  };
}

function roundFrame(frame: FrameRecord): FrameRecord {
  return { ...frame, time: round(frame.time, SECOND_DIGITS), people: frame.people.map(roundPerson) };
}

/**
 * Rounds a record to the precision of the file: px 2 decimals, scores 4, metres 4, seconds 6; -0 becomes 0. The other
 * numbers stay as they are.
 *
 * @param record Any record. It is not changed.
 * @returns The record as a reader of the file will see it, its fields in the order of the format.
 * @throws {InputError} If a field breaks a rule of the format; NaN and infinite numbers do.
 */
export function roundRecord(record: PoseRecord): PoseRecord {
  const checked = checkRecord(record, rootPlace(`${record.type} record`));
  switch (checked.type) {
    case "frame":
      return roundFrame(checked);
    case "end":
      return { ...checked, seconds: round(checked.seconds, SECOND_DIGITS) };
    case "header":
      return checked;
    default:
      return checked satisfies never;
  }
}

/**
 * Writes a record as one line of `poses.ndjson`, its newline included: the lines of a clip, joined, are the file. The
 * same record always gives the same bytes.
 *
 * @param record Any record. It is not changed.
 * @returns JSON and `"\n"`. Numbers are rounded as by {@link roundRecord}.
 * @throws {InputError} If a field breaks a rule of the format; the message names it
 * (`frame record, people[0].keypoints[3][2]: must be a finite number: NaN`).
 */
export function writeRecord(record: PoseRecord): string {
  return `${JSON.stringify(roundRecord(record))}\n`;
}
