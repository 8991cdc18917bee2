/** Arbitrary records for the property tests of this room. */

import fc from "fast-check";
import type { FrameRecord, HeaderRecord, PersonRecord, PoseRecord } from "../../src/formats/record.ts";

const position = fc.double({ min: -1e5, max: 1e5, noNaN: true });
const size = fc.double({ min: 0, max: 1e5, noNaN: true });
const score = fc.double({ min: 0, max: 1, noNaN: true });
const words = fc.string({ unit: "grapheme", maxLength: 12 });

/** One person; `id` is replaced by {@link frames} so that ids are unique. */
const person: fc.Arbitrary<PersonRecord> = fc.record({
  id: fc.constant(1),
  box: fc.tuple(position, position, size, size),
  score,
  keypoints: fc.array(fc.tuple(position, position, score, size), { minLength: 17, maxLength: 17 }),
  keypoints3d: fc.array(fc.tuple(position, position, position, size), { minLength: 17, maxLength: 17 }),
  derived: fc.uniqueArray(fc.nat(16)),
  interpolated: fc.boolean(),
}, { requiredKeys: ["id", "box", "score", "keypoints", "interpolated"] });

/** A header. */
export const header: fc.Arbitrary<HeaderRecord> = fc.record({
  type: fc.constant("header" as const),
  format: fc.constant("diffpose/1" as const),
  input: words,
  fps: fc.double({ min: 0.1, max: 1000, noNaN: true }),
  width: fc.integer({ min: 1, max: 16384 }),
  height: fc.integer({ min: 1, max: 16384 }),
  skeleton2d: fc.constant("coco17" as const),
  skeleton3d: fc.constantFrom("h36m17" as const, null),
  camera: words,
  units: fc.constant("m" as const),
  models: fc.array(fc.record({ name: words, sha256: words, dtype: words, device: words }), { maxLength: 2 }),
  options: fc.dictionary(
    fc.stringMatching(/^[a-z]{1,8}$/),
    fc.oneof(words, fc.integer(), fc.boolean(), fc.constant(null)),
    { maxKeys: 4 },
  ),
  tool: words,
});

/** Frames with rising indices, and unique ids in each. */
export const frames: fc.Arbitrary<FrameRecord[]> = fc.array(
  fc.record({
    step: fc.integer({ min: 1, max: 4 }),
    time: fc.double({ min: 0, max: 1e5, noNaN: true }),
    name: fc.option(words, { nil: undefined }),
    size: fc.option(fc.record({ width: fc.integer({ min: 1 }), height: fc.integer({ min: 1 }) }), { nil: undefined }),
    people: fc.array(person, { maxLength: 2 }),
  }),
  { maxLength: 4 },
).map((steps) => {
  let index = -1;
  return steps.map(({ step, time, name, size, people }) => ({
    type: "frame",
    index: index += step,
    time,
    ...(name === undefined ? {} : { name }),
    ...size,
    people: people.map((one, i) => ({ ...one, id: i + 1 })),
  }));
});

/** A whole file. */
export const clip: fc.Arbitrary<PoseRecord[]> = fc.tuple(header, frames, fc.double({ min: 0, max: 1e5, noNaN: true }))
  .map(([first, middle, seconds]) => [first, ...middle, { type: "end", frames: middle.length, seconds }]);
