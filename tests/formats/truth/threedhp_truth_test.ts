import assert from "node:assert/strict";
import type { PickleValue } from "../../../src/formats/numpy/pickle_value.ts";
import { readThreedhpPredictions, readThreedhpTruth, threedhp17 } from "../../../src/formats/truth/threedhp_truth.ts";
import { archive, boxed, dictionary, floats } from "../pose_fakes.ts";

const MM = 0.001;
const sequence = (valid: PickleValue, poses: PickleValue = floats([3, 17, 3])) =>
  archive({ data: boxed(dictionary({ TS1: dictionary({ data_2d: floats([3, 17, 2]), data_3d: poses, valid }) })) });

Deno.test("readThreedhpTruth() gives poses in mm and the frames that count", async () => {
  const [found, ...others] = await readThreedhpTruth(sequence(floats([3], [1, 0, 1])));
  assert.equal(others.length, 0);
  assert.deepEqual([found!.name, found!.frames, [...found!.valid]], ["TS1", 3, [0, 2]]);
  assert.equal(found!.values[52], 0.52);
});

Deno.test("readThreedhpTruth() takes columns and rows of MATLAB as flags", async () => {
  for (const shape of [[3, 1], [1, 3]]) {
    assert.deepEqual([...(await readThreedhpTruth(sequence(floats(shape, [0, 0, 1]))))[0]!.valid], [2]);
  }
});

Deno.test("readThreedhpTruth() lets NaN stand in frames that do not count", async () => {
  const values = Array.from({ length: 153 }, (_, i) => i < 51 ? NaN : 1);
  const poses = floats([3, 17, 3], values);
  assert.equal((await readThreedhpTruth(sequence(floats([3], [0, 1, 1]), poses)))[0]!.valid.length, 2);
  await assert.rejects(
    readThreedhpTruth(sequence(floats([3], [1, 1, 1]), poses)),
    /data\.TS1\.data_3d: must be finite in valid frames \(frame 0\)/,
  );
});

const refused: readonly [string, PickleValue, PickleValue, RegExp][] = [
  [
    "another number of flags",
    floats([2]),
    floats([3, 17, 3]),
    /data\.TS1\.valid: must hold one value for each of 3 frames/,
  ],
  ["flags that are no flags", floats([3], [1, 0.5, 1]), floats([3, 17, 3]), /valid: must hold 0 and 1: 0.5/],
  ["no valid frame", floats([3], [0, 0, 0]), floats([3, 17, 3]), /valid: must mark at least one frame/],
  ["28 joints", floats([3]), floats([3, 28, 3]), /data_3d: must be of shape \(frames, 17, 3\)/],
  ["no poses", floats([3]), 7, /data_3d: must be an array of numpy: 7/],
];
for (const [what, valid, poses, message] of refused) {
  Deno.test(`readThreedhpTruth() refuses ${what}`, async () => {
    await assert.rejects(readThreedhpTruth(sequence(valid, poses)), message);
  });
}

Deno.test("readThreedhpPredictions() reads plain arrays with deviations, and dictionaries, in the unit that is given", async () => {
  const plain = await readThreedhpPredictions(archive({ TS1: floats([2, 17, 3]), sigma_TS1: floats([2, 17]) }), MM);
  assert.deepEqual(plain.tracks.map(({ label }) => label), ["TS1"]);
  assert.equal(plain.tracks[0]!.load().values[100], 0.001);
  assert.equal(plain.tracks[0]!.load().sigma![10], 0.1 * MM);
  for (const value of [floats([2, 17, 3]), dictionary({ data_3d: floats([2, 17, 3]) })]) {
    const set = await readThreedhpPredictions(archive({ data: boxed(dictionary({ TS2: value })) }), 1);
    assert.deepEqual([set.tracks[0]!.key!.subject, set.tracks[0]!.load().values[100]], ["TS2", 1]);
  }
  const many = await readThreedhpPredictions(archive({ TS1: floats([4, 2, 17, 3]) }), MM);
  assert.equal(many.tracks[0]!.load().hypotheses, 4);
});

Deno.test("readThreedhpPredictions() refuses other shapes and empty files", async () => {
  await assert.rejects(
    readThreedhpPredictions(archive({ TS1: floats([2, 14, 3]) }), MM),
    /a\.npz, TS1: must be of shape/,
  );
  await assert.rejects(readThreedhpPredictions(archive({}), MM), /must hold at least one sequence/);
});

Deno.test("threedhp17 has the order of the evaluation code", () => {
  // mpii_get_joints.m, 'relevant': head_top, neck, right arm, left arm, right leg, left leg, pelvis, spine, head.
  assert.equal(threedhp17.joints.length, 17);
  assert.deepEqual([2, 7, 10, 14].map((joint) => threedhp17.joints[joint]), [
    "right_shoulder",
    "left_wrist",
    "right_ankle",
    "pelvis",
  ]);
});
