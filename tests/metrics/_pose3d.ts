/** The golden values of `fixtures/metrics/make_pose3d.py`, and random poses. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import assert from "node:assert/strict";
import fc from "fast-check";
import { fillNormal } from "../../src/core/normal.ts";
import { createRng } from "../../src/core/rng.ts";
import type { PosePair } from "../../src/metrics/pose_pair.ts";

/** What the fixture holds. */
export interface Golden {
  readonly frames: number;
  readonly joints: number;
  readonly hypotheses: number;
  readonly pred: readonly number[];
  readonly truth: readonly number[];
  readonly sigma: readonly number[];
  readonly mask: readonly number[];
  readonly hypothesisPoses: readonly number[];
  readonly figures: Readonly<Record<"mpjpe" | "nMpjpe" | "pMpjpe" | "mpjve", number>>;
  readonly perJoint: readonly number[];
  readonly mirrored: { readonly pMpjpe: number };
  readonly masked: {
    readonly mpjpe: number;
    readonly nMpjpe: number;
    readonly pMpjpe: number;
    readonly counted: number;
  };
  readonly pck: { readonly pck: number; readonly auc: number; readonly hip: number };
  readonly calibration: {
    readonly levels: readonly number[];
    readonly axis: readonly number[];
    readonly radial: readonly number[];
    readonly eceAxis: number;
    readonly eceRadial: number;
    readonly eceRadialNineLevels: number;
    readonly meanSigma: number;
    readonly sharpness: number;
    readonly rmsError: number;
    readonly spearman: number;
  };
  readonly manyHypotheses: {
    readonly bestOf: readonly number[];
    readonly bestOfAligned: readonly number[];
    readonly meanOfErrors: number;
    readonly meanPose: number;
    readonly spread: readonly number[];
  };
}

/** Golden values by NumPy, SciPy and the training code. */
export const GOLDEN: Golden = JSON.parse(
  readFileSync(join(import.meta.dirname!, "../../fixtures/metrics/pose3d.json"), "utf8"),
);

/** Figures of some 100 mm in float64, summed in another order, with another solver for the rotation. */
export const GOLDEN_MM = 1e-8;

/** Poses of the fixture in mm: the metrics keep the unit. */
export const GOLDEN_PAIR: PosePair = {
  joints: GOLDEN.joints,
  pred: GOLDEN.pred.map((value) => 1000 * value),
  truth: GOLDEN.truth.map((value) => 1000 * value),
};

/** Asserts that a number is within `tolerance` of another. */
export function assertNear(found: number, expected: number, tolerance: number, what = "value"): void {
  assert.ok(Math.abs(found - expected) <= tolerance, `${what}: ${found} is not ${expected} (within ${tolerance})`);
}

/** `length` standard normal numbers. */
export function normals(seed: number, length: number): Float64Array {
  return fillNormal(new Float64Array(length), createRng({ seed }));
}

/** Pairs of random poses, some correlated with their truth, some not. */
export const PAIRS: fc.Arbitrary<PosePair & { readonly seed: number }> = fc.record({
  seed: fc.nat(10_000),
  joints: fc.integer({ min: 4, max: 18 }),
  frames: fc.integer({ min: 1, max: 5 }),
  noise: fc.constantFrom(0, 0.01, 0.3, 3),
}).map(({ seed, joints, frames, noise }) => {
  const truth = normals(seed, frames * joints * 3);
  const other = normals(seed + 10_001, truth.length);
  return { seed, joints, truth, pred: truth.map((value, i) => value + noise * other[i]!) };
});
