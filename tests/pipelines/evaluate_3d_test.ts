import assert from "node:assert/strict";
import fc from "fast-check";
import { readThreedhpPredictions, readThreedhpTruth } from "../../src/formats/truth/threedhp_truth.ts";
import { evaluate3d } from "../../src/pipelines/evaluate_3d.ts";
import { evaluateThreedhp } from "../../src/pipelines/evaluate_threedhp.ts";
import { coco17, h36m17 } from "../../src/skeleton/mod.ts";
import { archive, boxed, dictionary, floats, poseSet, rows, track } from "../formats/pose_fakes.ts";
import { normals } from "../metrics/_pose3d.ts";

/** mm in float64 after a handful of operations on metres. */
const FLOAT64_MM = 1e-6;
const FRAMES = 4;
const TRUTH = normals(1, FRAMES * 51);
const key = (action: string) => ({ subject: "S9", action, camera: null });

// deno-lint-ignore no-explicit-any
type Figures = any;

/** The truth with an error of `mm` along x on all joints but the root. */
function off(mm: number): Float64Array {
  return TRUTH.map((value, i) => i % 3 === 0 && i % 51 !== 0 ? value + mm / 1000 : value);
}

function near(found: number, expected: number, what?: string): void {
  assert.ok(Math.abs(found - expected) < FLOAT64_MM, `${what ?? "value"}: ${found} is not ${expected}`);
}

Deno.test("evaluate3d() means each action first, then the actions", () => {
  const clip = (action: string, values: Float64Array) => track(key(action), rows(values, 17));
  const truth = poseSet([clip("Walking 1", TRUTH), clip("Walking", TRUTH), clip("Eating", TRUTH)]);
  const pred = poseSet([clip("Walking 1", off(17)), clip("Walking", off(51)), clip("Eating", off(170))]);
  const { figures, tables, notes } = evaluate3d(truth, pred);
  const found = figures as Figures;
  // 16 of 17 joints are off: 16, 48 and 160 mm a clip; Walking has the first two.
  near(found.actions.Walking.mpjpe, 32);
  near(found.mpjpe, (32 + 160) / 2);
  near(found.mpjpePooled, (16 + 48 + 160) / 3);
  near(found.byJoint.right_hip.mpjpe, (17 + 51 + 170) / 3);
  assert.equal(found.byJoint.pelvis.mpjpe, 0);
  near(found.mpjve, 0);
  assert.deepEqual([found.frames, found.points, found.pointsLeft], [12, 204, 0]);
  assert.equal(tables[0]!.rows[0]![0], "mean of 2 actions");
  assert.deepEqual(notes, []);
});

Deno.test("evaluate3d() aligns at the root unless told otherwise", () => {
  const moved = TRUTH.map((value, i) => i % 3 === 2 ? value + 2 : value);
  const [truth, pred] = [poseSet([track(1, rows(TRUTH, 17))]), poseSet([track(1, rows(moved, 17))])];
  near((evaluate3d(truth, pred).figures as Figures).mpjpe, 0);
  const plain = evaluate3d(truth, pred, { align: "none", fps: 50 });
  near((plain.figures as Figures).mpjpe, 2000);
  near((plain.figures as Figures).mpjveMmPerSecond, 0);
  assert.deepEqual([plain.settings.align, plain.settings.fps], ["none", 50]);
});

Deno.test("evaluate3d() of layouts that differ compares the joints that both have, and lists the others", () => {
  const other = normals(2, FRAMES * 51);
  h36m17.joints.forEach((joint, from) => {
    const to = coco17.joints.indexOf(joint);
    if (to < 0) return;
    for (let f = 0; f < FRAMES; f++) {
      for (let c = 0; c < 3; c++) other[(f * 17 + to) * 3 + c] = TRUTH[(f * 17 + from) * 3 + c]!;
    }
  });
  const pred = poseSet([track(1, rows(other, 17))], "coco.csv", coco17);
  const { figures, settings, notes } = evaluate3d(poseSet([track(1, rows(TRUTH, 17))]), pred);
  near((figures as Figures).mpjpe, 0);
  assert.deepEqual(settings.root, ["left_hip", "right_hip"]);
  assert.equal((settings.joints as string[]).length, 12);
  assert.match(
    notes[0]!,
    /12 joints that both have.*Only h36m17 has: pelvis, spine, thorax, neck, head\. Only coco17 has: nose, left_eye/,
  );
});

Deno.test("evaluate3d() leaves missing points and frames out, and says how many", () => {
  const holes = TRUTH.slice(0, 3 * 51);
  holes.fill(NaN, 51 + 9, 51 + 12);
  const pred = poseSet([track(1, rows(holes, 17, { indices: Int32Array.of(0, 2, 9) }))]);
  const truth = poseSet([track(1, rows(TRUTH, 17, { indices: Int32Array.of(0, 1, 2, 3) }))]);
  const { figures, notes } = evaluate3d(truth, pred);
  const found = figures as Figures;
  assert.deepEqual([found.frames, found.missingFrames, found.extraFrames, found.points, found.pointsLeft], [
    2,
    2,
    1,
    33,
    1,
  ]);
  assert.equal(notes.length, 3);
  assert.match(notes.join("\n"), /2 frames of the ground truth have no prediction/);
  // Frames 0 and 2 are neighbours among those that are compared.
  assert.ok(found.mpjve > 0);
});

Deno.test("evaluate3d() gives calibration where there are deviations, without the root", () => {
  const sigma = new Float64Array(FRAMES * 17).fill(0.017);
  const pred = poseSet([track(1, rows(off(17), 17, { sigma }))]);
  const { figures, tables } = evaluate3d(poseSet([track(1, rows(TRUTH, 17))]), pred);
  const found = (figures as Figures).calibration;
  assert.deepEqual([found.points, found.pointsLeft], [FRAMES * 16, 0]);
  near(found.meanSigma, 17);
  near(found.rmsErrorPerAxis, 17 / Math.sqrt(3));
  assert.equal(found.spearman, null);
  assert.equal(Object.keys(found.byJoint).length, 16);
  // One axis of three is off by just one sigma: within 0.7 of it never, within 1.04 always.
  assert.deepEqual(found.reliability.map(({ axis }: { axis: number }) => Math.round(3 * axis)), [
    2,
    2,
    2,
    2,
    2,
    2,
    3,
    3,
    3,
    3,
  ]);
  assert.ok(tables.some(({ title }) => title.startsWith("Reliability of sigma")));
  assert.equal(
    (evaluate3d(poseSet([track(1, rows(TRUTH, 17))]), poseSet([track(1, rows(TRUTH, 17))])).figures as Figures)
      .calibration,
    undefined,
  );
});

Deno.test("evaluate3d() takes the mean of hypotheses, their spread as sigma, and the best of them", () => {
  const all = Float64Array.from([...off(30), ...off(-10)]);
  const pred = poseSet([track(1, rows(all, 17, { hypotheses: 2 }))]);
  const { figures, settings } = evaluate3d(poseSet([track(1, rows(TRUTH, 17))]), pred);
  assert.deepEqual(settings.sigmaFrom, ["spread of the hypotheses"]);
  const found = figures as Figures;
  const share = 16 / 17;
  near(found.mpjpe, 10 * share);
  near(found.hypotheses.meanOfErrors, 20 * share);
  near(found.hypotheses.bestOf[0], 30 * share);
  near(found.hypotheses.bestOf[1], 10 * share);
  near(found.calibration.meanSigma, Math.sqrt((2 * 20 ** 2) / 3));
});

Deno.test("evaluate3d() refuses clips with other numbers of hypotheses, and files without a common point", () => {
  const truth = poseSet([track(key("A"), rows(TRUTH, 17)), track(key("B"), rows(TRUTH, 17))]);
  const double = rows(Float64Array.from([...TRUTH, ...TRUTH]), 17, { hypotheses: 2 });
  const mixed = poseSet([track(key("A"), double), track(key("B"), rows(TRUTH, 17))]);
  assert.throws(
    () => evaluate3d(truth, mixed),
    /S9, B, null: must have as many hypotheses as the other clips \(2\): 1/,
  );
  const nothing = poseSet([track(1, rows(TRUTH.map(() => NaN), 17))]);
  assert.throws(() => evaluate3d(poseSet([track(1, rows(TRUTH, 17))]), nothing), /must hold at least one point/);
  const short = poseSet([track(1, rows(TRUTH.slice(51), 17))], "short.npz");
  assert.throws(
    () => evaluate3d(poseSet([track(1, rows(TRUTH, 17))]), short),
    /short\.npz, person 1: must have as many frames/,
  );
});

Deno.test("evaluate3d() P-MPJPE is zero for turned and scaled predictions, whatever the rows", () => {
  fc.assert(fc.property(fc.nat(1000), fc.double({ min: 0.3, max: 3, noNaN: true }), (seed, scale) => {
    const poses = normals(seed, 51 * 3);
    const turned = poses.map((_, i) => scale * [poses[i + 1]!, -poses[i - 1]!, poses[i]!][i % 3]!);
    const { figures } = evaluate3d(poseSet([track(1, rows(poses, 17))]), poseSet([track(1, rows(turned, 17))]));
    near((figures as Figures).pMpjpe, 0);
  }));
});

const SEQUENCE = floats([3, 17, 3], Array.from(normals(3, 153), (value) => 100 * value));
const threedhp = (valid: readonly number[]) =>
  readThreedhpTruth(archive({
    data: boxed(dictionary({ TS1: dictionary({ data_3d: SEQUENCE, valid: floats([3], valid) }) })),
  }));

Deno.test("evaluateThreedhp() counts valid frames, 14 joints for PCK and all 17 for MPJPE", async () => {
  const truth = await threedhp([1, 0, 1]);
  // Pelvis, spine and head are not in PCK: an error there, and in the frame that is not valid, leaves it at 100.
  const values = Array.from(SEQUENCE.values as Float64Array, (value, i) => {
    const [frame, joint] = [Math.floor(i / 51), Math.floor(i / 3) % 17];
    return i % 3 === 0 && (frame === 1 || joint > 14) ? value + 1000 : value;
  });
  const pred = await readThreedhpPredictions(archive({ TS1: floats([3, 17, 3], values) }), 0.001);
  const { figures, settings } = evaluateThreedhp(truth, "gt.npz", pred);
  const found = figures as Figures;
  assert.deepEqual([found.frames, found.pck], [2, 100]);
  near(found.auc, (100 * 30) / 31);
  near(found.mpjpe, (2 * 1000) / 17);
  assert.deepEqual([(settings.aucThresholds as number[]).length, settings.pckThreshold], [31, 150]);
  const valid = floats([2, 17, 3], [...values.slice(0, 51), ...values.slice(102)]);
  const same = evaluateThreedhp(truth, "gt.npz", await readThreedhpPredictions(archive({ TS1: valid }), 0.001));
  assert.deepEqual(same.figures, figures);
});

Deno.test("evaluateThreedhp() refuses other numbers of frames and unknown sequences", async () => {
  const truth = await threedhp([1, 0, 1]);
  const predict = async (name: string, frames: number) =>
    evaluateThreedhp(
      truth,
      "gt.npz",
      await readThreedhpPredictions(archive({ [name]: floats([frames, 17, 3]) }), 0.001),
    );
  await assert.rejects(predict("TS1", 5), /a\.npz, TS1: must have all 3 frames of the sequence or its 2 valid ones: 5/);
  await assert.rejects(predict("TS9", 3), /a\.npz, TS9: must be a clip of gt\.npz: TS1/);
});

Deno.test("evaluateThreedhp() of another layout counts the joints that both have", async () => {
  const truth = await threedhp([1, 1, 1]);
  const key = { subject: "TS1", action: "", camera: null };
  const pred = poseSet([track(key, rows(TRUTH.slice(0, 153), 17))], "lifted.npz");
  const { notes, settings } = evaluateThreedhp(truth, "gt.npz", pred);
  assert.equal((settings.pckJoints as string[]).length, 12);
  assert.match(notes.join("\n"), /PCK and AUC count 12 of the 14 joints/);
});
