import assert from "node:assert/strict";
import { keyFromName } from "../../src/pipelines/open_poses.ts";
import { pairRows, pairTracks, sharedJoints } from "../../src/pipelines/pose_pairs.ts";
import { coco17, h36m17 } from "../../src/skeleton/mod.ts";
import { poseSet, rows, track } from "../formats/pose_fakes.ts";

const one = rows(new Float64Array(51), 17);
const key = (subject: string, action: string, camera: string | null = null) => ({ subject, action, camera });
const TRUTH = poseSet(
  [null, "54138969", "55011271"].flatMap((camera) =>
    ["Walking 1", "Eating"].map((action) => track(key("S9", action, camera), one))
  ),
  "truth.npz",
);
const labels = (found: ReturnType<typeof pairTracks>) => found.pairs.map(({ label }) => label);

Deno.test("pairTracks() finds the clip by subject, action and camera, in either spelling", () => {
  const pred = poseSet([track(key("S9", "Walking_1", "55011271"), one)]);
  const found = pairTracks(TRUTH, pred);
  assert.deepEqual(labels(found), ["S9, Walking 1, 55011271"]);
  // Clips of cameras that have no prediction are named, world axes are not clips of their own.
  assert.equal(found.absent.length, 3);
  assert.ok(found.absent.every((label) => !label.includes("null")));
});

Deno.test("pairTracks() compares predictions without camera in world axes, unless a camera is named", () => {
  const pred = poseSet([track(key("S9", "Eating"), one), track(key("S9", "Walking 1"), one)]);
  assert.deepEqual(pairTracks(TRUTH, pred).pairs.map(({ truth }) => truth.key!.camera), [null, null]);
  assert.deepEqual(pairTracks(TRUTH, pred).absent, []);
  const named = pairTracks(TRUTH, pred, { key: { camera: "54138969" } });
  assert.deepEqual(named.pairs.map(({ truth }) => truth.key!.camera), ["54138969", "54138969"]);
});

Deno.test("pairTracks() gives the one person of a file the name that the user says", () => {
  const found = pairTracks(TRUTH, poseSet([track(1, one)]), { key: key("S9", "Eating", "54138969") });
  assert.deepEqual(labels(found), ["S9, Eating, 54138969"]);
  const chosen = pairTracks(TRUTH, poseSet([track(1, one), track(7, one)]), { key: key("S9", "Eating"), person: 7 });
  assert.equal(chosen.pairs[0]!.pred.person, 7);
});

Deno.test("pairTracks() refuses clips that the truth has not, twice the same, and nameless ones", () => {
  const unknown = poseSet([track(key("S9", "Flying", "54138969"), one)]);
  assert.throws(() => pairTracks(TRUTH, unknown), /poses\.npz, S9, Flying, 54138969: must be a clip of truth\.npz/);
  const twice = poseSet([track(key("S9", "Eating"), one), track(key("S9", "Eating"), one)]);
  assert.throws(() => pairTracks(TRUTH, twice), /must hold every clip once: S9, Eating/);
  assert.throws(
    () => pairTracks(TRUTH, poseSet([track(1, one)])),
    /must say which clip .* --subject, --action and --camera/,
  );
  const two = poseSet([track(1, one), track(2, one)]);
  assert.throws(
    () => pairTracks(TRUTH, two, { key: key("S9", "Eating") }),
    /must hold one person, or say which one with --person/,
  );
});

Deno.test("pairTracks() pairs people by identity, a single one whatever its identity", () => {
  const truth = poseSet([track(1, one), track(2, one), track(3, one)], "truth.ndjson");
  const found = pairTracks(truth, poseSet([track(3, one), track(1, one)]));
  assert.deepEqual([labels(found), found.absent], [["person 3", "person 1"], ["person 2"]]);
  assert.equal(pairTracks(poseSet([track(5, one)]), poseSet([track(9, one)])).pairs.length, 1);
  assert.throws(
    () => pairTracks(truth, poseSet([track(1, one), track(8, one)])),
    /person 8: must have the identities of truth\.ndjson.*--gt-person/,
  );
  const chosen = pairTracks(truth, poseSet([track(8, one)]), { truthPerson: 2 });
  assert.equal(chosen.pairs[0]!.truth.person, 2);
  assert.throws(() => pairTracks(truth, poseSet([track(8, one)]), { truthPerson: 4 }), /--gt-person names \(4\)/);
});

const frames = (indices: readonly number[] | number) => {
  const count = typeof indices === "number" ? indices : indices.length;
  return rows(new Float64Array(count * 3), 1, {
    indices: typeof indices === "number" ? null : Int32Array.from(indices),
  });
};

Deno.test("pairRows() pairs one by one without indices, and refuses other numbers of frames", () => {
  const found = pairRows(frames(3), frames(3), "p");
  assert.deepEqual([[...found.truth], [...found.pred], found.missing, found.extra], [[0, 1, 2], [0, 1, 2], 0, 0]);
  assert.throws(
    () => pairRows(frames(3), frames(4), "p.npz, clip"),
    /p\.npz, clip: must have as many frames .*\(3\): 4/,
  );
});

Deno.test("pairRows() pairs by index, and counts what is alone", () => {
  const found = pairRows(frames([0, 5, 10, 15]), frames([5, 7, 15, 20]), "p");
  assert.deepEqual([[...found.truth], [...found.pred], [...found.indices]], [[1, 3], [0, 2], [5, 15]]);
  assert.deepEqual([found.missing, found.extra], [2, 2]);
  assert.deepEqual([...pairRows(frames(3), frames([1, 2, 3]), "p").truth], [1, 2]);
  assert.throws(() => pairRows(frames(3), frames([7, 9]), "p"), /must have frames of the truth \(0 to 2\): 7 to 9/);
});

Deno.test("sharedJoints() goes by name", () => {
  const shared = sharedJoints(h36m17, coco17, "p");
  assert.equal(shared.length, 12);
  assert.deepEqual(shared[0], { name: "right_hip", truth: 1, pred: 12 });
  const alone = { ...coco17, joints: coco17.joints.map((joint) => `x_${joint}`) };
  assert.throws(
    () => sharedJoints(h36m17, alone, "p.trc"),
    /p\.trc: must have joints of the ground truth's layout \(h36m17\)/,
  );
});

Deno.test("keyFromName() reads the names of clips", () => {
  assert.deepEqual(keyFromName("out/S9_Directions 1.54138969.ndjson"), key("S9", "Directions 1", "54138969"));
  assert.deepEqual(keyFromName("S11_WalkDog_1.60457274.poses.npz"), key("S11", "WalkDog_1", "60457274"));
  assert.deepEqual(keyFromName("S11-SittingDown-58860488.trc"), key("S11", "SittingDown", "58860488"));
  assert.deepEqual(keyFromName("pred_TS3.npz"), key("TS3", ""));
  for (const name of ["poses.ndjson", "S9.npz", "TS31.npz", "S9_Walking.1234567.npz"]) {
    assert.equal(keyFromName(name), null);
  }
});
