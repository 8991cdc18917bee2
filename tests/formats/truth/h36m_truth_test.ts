import assert from "node:assert/strict";
import { H36M_CAMERA_IDS, H36M_CAMERAS, toCamera } from "../../../src/formats/truth/h36m_cameras.ts";
import { actionOf, H36M_KEPT, readH36mPredictions, readH36mTruth } from "../../../src/formats/truth/h36m_truth.ts";
import type { NpyArray } from "../../../src/formats/numpy/npy_type.ts";
import type { PickleValue } from "../../../src/formats/numpy/pickle_value.ts";
import { archive, boxed, dictionary, floats } from "../pose_fakes.ts";

const POSES = floats([2, 32, 3]);
const truthOf = (subjects: PickleValue) =>
  readH36mTruth(archive({ positions_3d: boxed(subjects) }), { cameras: H36M_CAMERAS });
const predictionsOf = (value: PickleValue, sigma?: PickleValue) => {
  const arrays: Record<string, NpyArray> = { positions_3d: boxed(dictionary({ S9: dictionary({ "Eating": value }) })) };
  if (sigma !== undefined) arrays.sigma_3d = boxed(dictionary({ S9: dictionary({ "Eating": sigma }) }));
  return readH36mPredictions(archive(arrays), () => H36M_CAMERA_IDS);
};

Deno.test("readH36mTruth() gives each test clip in world axes and in four cameras", async () => {
  const actions = dictionary({ "Walking 1": POSES });
  const set = await truthOf(dictionary({ S1: actions, S9: actions, S11: dictionary({ "Eating": POSES }) }));
  const keys = set.tracks.map(({ key }) => [key!.subject, key!.action, key!.camera]);
  assert.equal(keys.length, 10);
  assert.deepEqual(keys[0], ["S9", "Walking 1", null]);
  assert.deepEqual(keys[4], ["S9", "Walking 1", "60457274"]);
  assert.deepEqual(keys[9], ["S11", "Eating", "60457274"]);
  assert.equal(set.fps, 50);
});

Deno.test("readH36mTruth() keeps the 17 joints of the 32, then turns them into the camera's axes", async () => {
  // The list of joints that VideoPose3D removes, from common/h36m_dataset.py.
  assert.deepEqual(H36M_KEPT, [0, 1, 2, 3, 6, 7, 8, 12, 13, 14, 15, 17, 18, 19, 25, 26, 27]);
  const set = await truthOf(dictionary({ S9: dictionary({ "Walking": POSES }) }));
  const world = set.tracks[0]!.load();
  assert.deepEqual([world.frames, world.hypotheses, world.values.length], [2, 1, 2 * 17 * 3]);
  const second = 17 * 3;
  assert.equal(world.values[second + 4 * 3 + 1], (1 * 96 + 6 * 3 + 1) / 100);
  assert.deepEqual(set.tracks[3]!.load().values, toCamera(world.values, H36M_CAMERAS.S9![2]!));
});

Deno.test("readH36mTruth() takes all subjects where no test subject is there, and those that are asked for", async () => {
  const clips = dictionary({ "Walking": POSES });
  const others = archive({ positions_3d: boxed(dictionary({ anna: clips, S1: clips })) });
  assert.deepEqual(
    (await readH36mTruth(others, { cameras: {} })).tracks.map(({ label }) => label),
    ["anna, Walking", "S1, Walking"],
  );
  const asked = await readH36mTruth(others, { cameras: {}, subjects: ["S1"] });
  assert.deepEqual(asked.tracks.map(({ label }) => label), ["S1, Walking"]);
  await assert.rejects(readH36mTruth(others, { cameras: {}, subjects: ["S7"] }), /must have subject S7: "anna, S1"/);
});

Deno.test("actionOf() drops the number of the take", () => {
  assert.deepEqual(["Directions 1", "Directions", "Walking_1"].map(actionOf), ["Directions", "Directions", "Walking"]);
});

const broken = Array.from(POSES.values as Float64Array);
broken[100] = NaN;
const refusedTruth: readonly [string, PickleValue, RegExp][] = [
  ["another value", 5, /a\.npz, positions_3d: must be a dictionary: 5/],
  ["no subject", dictionary({}), /must hold at least one subject/],
  ["no action", dictionary({ S9: dictionary({}) }), /positions_3d\.S9: must hold at least one action/],
  [
    "16 joints",
    dictionary({ S9: dictionary({ "Walking": floats([2, 16, 3]) }) }),
    /positions_3d\.S9\.Walking: must be of shape \(frames, 32, 3\) or \(frames, 17, 3\).*\(2, 16, 3\)/,
  ],
  [
    "two axes",
    dictionary({ S9: dictionary({ "Walking": floats([2, 32, 2]) }) }),
    /S9\.Walking: must be of shape/,
  ],
  [
    "a NaN",
    dictionary({ S9: dictionary({ "Walking": floats([2, 32, 3], broken) }) }),
    /S9\.Walking: must hold finite numbers \(frame 1, joint 1\): NaN/,
  ],
  [
    "no frames",
    dictionary({ S9: dictionary({ "Walking": floats([0, 32, 3]) }) }),
    /S9\.Walking: must hold at least one frame/,
  ],
  [
    "a list",
    dictionary({ S9: dictionary({ "Walking": [1, 2] }) }),
    /S9\.Walking: must be an array of numpy: a list of 2/,
  ],
];
for (const [what, value, message] of refusedTruth) {
  Deno.test(`readH36mTruth() refuses ${what}`, async () => {
    await assert.rejects(truthOf(value), message);
  });
}

Deno.test("readH36mPredictions() takes an array a clip, a list by camera, and hypotheses", async () => {
  const single = await predictionsOf(floats([2, 17, 3]));
  assert.deepEqual(single.tracks.map(({ key }) => key!.camera), [null]);
  const cameras = await predictionsOf([1, 2, 3, 4].map(() => floats([2, 17, 3])));
  assert.deepEqual(cameras.tracks.map(({ key }) => key!.camera), H36M_CAMERA_IDS);
  const objects: NpyArray = { ...boxed(null), shape: [4], values: [1, 2, 3, 4].map(() => floats([2, 17, 3])) };
  assert.equal((await predictionsOf(objects)).tracks.length, 4);
  const many = (await predictionsOf(floats([5, 2, 17, 3]))).tracks[0]!.load();
  assert.deepEqual([many.hypotheses, many.frames], [5, 2]);
});

Deno.test("readH36mPredictions() reads deviations beside the poses", async () => {
  const sigma = floats([2, 17]);
  const { tracks } = await predictionsOf([1, 2, 3, 4].map(() => floats([2, 17, 3])), [1, 2, 3, 4].map(() => sigma));
  assert.deepEqual(tracks[3]!.load().sigma, sigma.values);
});

const negative = floats([2, 17], Array.from({ length: 34 }, (_, i) => i === 5 ? -1 : 0.1));
const infinite = floats([2, 17, 3], Array.from({ length: 102 }, (_, i) => i === 7 ? Infinity : 0));
const refusedPredictions: readonly [string, PickleValue, PickleValue | undefined, RegExp][] = [
  ["32 joints", floats([2, 32, 3]), undefined, /positions_3d\.S9\.Eating: must be of shape \(frames, 17, 3\)/],
  [
    "three cameras",
    [1, 2, 3].map(() => floats([2, 17, 3])),
    undefined,
    /must hold poses for each of 4 cameras: "3 entries"/,
  ],
  ["infinity", infinite, undefined, /must hold finite numbers \(frame 0, joint 2\): Infinity/],
  [
    "deviations of other frames",
    floats([2, 17, 3]),
    floats([3, 17]),
    /sigma_3d\.S9\.Eating: must be of shape \(2, 17\)/,
  ],
  ["a negative deviation", floats([2, 17, 3]), negative, /must hold finite numbers of at least 0: -1/],
  ["missing deviations", floats([2, 17, 3]), null, /sigma_3d\.S9\.Eating: must be an array of numpy: null/],
];
for (const [what, poses, sigma, message] of refusedPredictions) {
  Deno.test(`readH36mPredictions() refuses ${what}`, async () => {
    await assert.rejects(predictionsOf(poses, sigma), message);
  });
}

Deno.test("readH36mPredictions() lets NaN pass as missing", async () => {
  const values = Array.from({ length: 51 }, (_, i) => i < 3 ? NaN : i);
  assert.ok(Number.isNaN((await predictionsOf(floats([1, 17, 3], values))).tracks[0]!.load().values[0]));
});
