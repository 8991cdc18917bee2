import assert from "node:assert/strict";
import fc from "fast-check";
import { centreFeatures, centreHeatmaps } from "../../../src/systems/heatmap_poses/centre.ts";
import { formulaFeatures } from "./_fakes.ts";

/** Answers are float32 of at most 14. */
const TOLERANCE = 1e-5;
/** log((1 - 1e-6) / 1e-6). */
const MOST = 13.81551;

Deno.test("centreHeatmaps() weakens far from a joint as p' = p (R / d)^2 does, kept at 1e-6 to 1 - 1e-6", () => {
  // Worked out with Python's math: joint 0 at (1.5, 1.5) with R = 2, then a joint outside of the grid with R = 2.5.
  const cases: readonly (readonly [number, number, number, number, number])[] = [
    [0, 1, 1, 2, 2], // at the joint itself
    [0, 1, 5, 2, -1.264506], // d = 4: a quarter
    [0, 4, 5, -1, -3.101859], // d = 5
    [0, 1, 2, 20, MOST],
    [0, 1, 3, -20, -MOST],
    [0, 7, 7, -12.5, -MOST],
    [1, 7, 6, 3, -2.654784],
  ];
  const joints = Float32Array.of(1.5, 1.5, 0.1, -2.25, 3.75, 0.9);
  const logits = new Float32Array(2 * 64);
  for (const [joint, row, column, logit] of cases) logits[joint * 64 + row * 8 + column] = logit;
  const before = logits.slice();
  const found = [2, 2.5].map((reach) => centreHeatmaps(logits, joints, reach));
  for (const [joint, row, column, , wanted] of cases) {
    const value = found[joint]![joint * 64 + row * 8 + column]!;
    assert.ok(Math.abs(value - wanted) < TOLERANCE, `${joint}, ${row}, ${column}: ${value} is not ${wanted}`);
  }
  assert.deepEqual(logits, before);
});

Deno.test("centreHeatmaps() never strengthens, and leaves what lies within reach", () => {
  const place = fc.double({ min: -20, max: 30, noNaN: true });
  fc.assert(fc.property(
    fc.array(fc.double({ min: -13, max: 13, noNaN: true }), { minLength: 36, maxLength: 36 }),
    place,
    place,
    fc.double({ min: 0.5, max: 9, noNaN: true }),
    (values, x, y, reach) => {
      const logits = Float32Array.from(values);
      const joints = Float32Array.of(x, y, 1);
      const out = centreHeatmaps(logits, joints, reach);
      for (let cell = 0; cell < 36; cell++) {
        const distance = Math.hypot(cell % 6 + 0.5 - joints[0]!, Math.floor(cell / 6) + 0.5 - joints[1]!);
        if (distance < reach - 1e-6) assert.equal(out[cell], logits[cell]);
        assert.ok(out[cell]! <= logits[cell]!);
        assert.ok(out[cell]! >= Math.fround(-MOST) - TOLERANCE);
      }
    },
  ));
});

Deno.test("centreHeatmaps() refuses other numbers of joints", () => {
  const logits = new Float32Array(2 * 64);
  assert.throws(() => centreHeatmaps(logits, new Float32Array(9), 2), { name: "ShapeError" });
  assert.throws(() => centreHeatmaps(logits, new Float32Array(0), 2), { name: "ShapeError" });
});

Deno.test("centreFeatures() centres a frame once, for its own joints, and changes nothing that it is given", () => {
  const features = { ...formulaFeatures(1, [10, 20, 256]), joints: new Float32Array(51).fill(20) };
  const before = structuredClone(features);
  const centred = centreFeatures(features, 6);
  assert.deepEqual(features, before);
  const heatmaps = centreHeatmaps(features.heatmaps, features.joints, 6);
  assert.deepEqual(centred, { ...features, heatmaps, reach: 6 });
  assert.notDeepEqual(heatmaps, features.heatmaps);
  assert.equal(centreFeatures(features, 6), centred, "no work for the next window");
  assert.equal(centreFeatures(centred, 6), centred, "nor for features that are centred");
  assert.equal(centreFeatures(features, null), features);
  assert.deepEqual(
    centreFeatures(features, 7).heatmaps,
    centreHeatmaps(features.heatmaps, features.joints, 7),
  );
});

Deno.test("centreFeatures() refuses features without joints, and those that are centred for another pack", () => {
  const features = formulaFeatures(1, [10, 20, 256]);
  const rule = /square 10, 20, 256: the features must hold the joints .*joints: true.*: no joints/;
  assert.throws(() => centreFeatures(features, 6), { name: "InputError", message: rule });
  const centred = centreFeatures({ ...features, joints: new Float32Array(51) }, 6);
  assert.throws(() => centreFeatures(centred, 12), /must have a reach of 12 as the pack says: 6/);
  assert.throws(() => centreFeatures(centred, null), /must have a reach of none as the pack says: 6/);
});
