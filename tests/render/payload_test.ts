import assert from "node:assert/strict";
import fc from "fast-check";
import type { FrameRecord, Keypoint2D, Keypoint3D } from "../../src/formats/record.ts";
import { type PackedFrame, packFrame, unpackFrame } from "../../src/render/payload.ts";
import { walkFrame } from "./walk.ts";

/** Half of a hundredth: pixels are kept to two decimals. */
const PX_ERROR = 0.005;
/** Half of a ten-thousandth: metres and scores are kept to four decimals. */
const FINE_ERROR = 0.00005;
/** The page reads float32: values here stay below 1e5, which adds this share at most. */
const FLOAT_ERROR = 1e-7;

const through = (frame: FrameRecord) => unpackFrame(JSON.parse(JSON.stringify(packFrame(frame))) as PackedFrame);

function near(actual: number, expected: number, error: number): void {
  const allowed = error + FLOAT_ERROR * Math.abs(expected) + Number.EPSILON;
  assert.ok(Math.abs(actual - expected) <= allowed, `${actual} is not within ${allowed} of ${expected}`);
}

const px = fc.double({ min: -1e4, max: 1e5, noNaN: true });
const metre = fc.double({ min: -10, max: 10, noNaN: true });
const score = fc.double({ min: 0, max: 1, noNaN: true });
const keypoint = fc.tuple(px, px, score, px) as fc.Arbitrary<Keypoint2D>;
const keypoint3d = fc.tuple(metre, metre, metre, metre) as fc.Arbitrary<Keypoint3D>;

Deno.test("packFrame() and unpackFrame() keep every number to the precision of the file", () => {
  const person = fc.record({
    id: fc.integer({ min: 1 }),
    box: fc.tuple(px, px, px, px),
    score,
    keypoints: fc.array(keypoint, { minLength: 17, maxLength: 17 }),
    keypoints3d: fc.array(keypoint3d, { minLength: 17, maxLength: 17 }),
    derived: fc.uniqueArray(fc.nat({ max: 16 })),
    interpolated: fc.boolean(),
  });
  fc.assert(fc.property(fc.array(person, { maxLength: 3 }), fc.nat(), (people, index) => {
    const frame: FrameRecord = { type: "frame", index, time: index / 25, people };
    const read = through(frame);
    assert.equal(read.index, index);
    assert.equal(read.people.length, people.length);
    read.people.forEach((got, k) => {
      const given = people[k]!;
      assert.equal(got.id, given.id);
      assert.equal(got.interpolated, given.interpolated);
      assert.deepEqual(got.derived, given.derived);
      near(got.score, given.score, FINE_ERROR);
      given.box.forEach((value, i) => near(got.box[i]!, value, PX_ERROR));
      given.keypoints.flat().forEach((value, i) => near(got.keypoints[i]!, value, i % 4 === 2 ? FINE_ERROR : PX_ERROR));
      given.keypoints3d.flat().forEach((value, i) => near(got.keypoints3d![i]!, value, FINE_ERROR));
    });
  }));
});

Deno.test("unpackFrame() reads points that were not finite as NaN, and absent 3D as null", () => {
  const frame = walkFrame(0, 1);
  const person = {
    ...frame.people[0]!,
    keypoints: frame.people[0]!.keypoints.map(() => [NaN, Infinity, 0.5, 1] as const),
  };
  const { keypoints3d: _, ...flat } = person;
  const read = through({ ...frame, people: [flat] }).people[0]!;
  assert.deepEqual([...read.keypoints.subarray(0, 4)], [NaN, NaN, 0.5, 1]);
  assert.equal(read.keypoints3d, null);
});

Deno.test("unpackFrame() keeps the name of a picture", () => {
  assert.equal(through({ type: "frame", index: 3, time: 0, name: "a/</b>.jpg", people: [] }).name, "a/</b>.jpg");
  assert.equal(through({ type: "frame", index: 3, time: 0, people: [] }).name, null);
});

Deno.test("packFrame() leaves its input as it was", () => {
  const frame = walkFrame(5);
  const before = structuredClone(frame);
  packFrame(frame);
  assert.deepEqual(frame, before);
});

Deno.test("packFrame() stays below 900 bytes a person", () => {
  const frame = walkFrame(40);
  const bytes = JSON.stringify(packFrame(frame)).length / frame.people.length;
  assert.ok(bytes < 900, `${bytes} bytes a person`);
});
