/**
 * What stated deviations of 3D points are worth, out of the sums of an evaluation.
 *
 * @module
 */
import { calibrate, type Calibration } from "../metrics/mod.ts";
import type { FigureTable, Json } from "./evaluation.ts";
import { known } from "./pose_tables.ts";
import { concat, type PoseTotals } from "./pose_totals.ts";

/** All points of all tracks. */
interface Points {
  /** Joints of a frame. */
  readonly count: number;
  readonly residuals: Float64Array;
  readonly sigma: Float64Array;
}

function pointsOf(totals: PoseTotals): Points {
  return {
    count: totals.joints.mpjpe.length,
    residuals: concat(totals.residuals),
    sigma: concat(totals.sigma),
  };
}

/** The points of chosen joints. */
function calibrationOf({ count, residuals, sigma }: Points, joints: readonly number[]): Calibration {
  const frames = sigma.length / count;
  const chosen = new Float64Array(frames * joints.length);
  const errors = new Float64Array(chosen.length * 3);
  for (let frame = 0, to = 0; frame < frames; frame++) {
    for (const joint of joints) {
      const from = frame * count + joint;
      chosen[to] = sigma[from]!;
      for (let c = 0; c < 3; c++) errors[3 * to + c] = residuals[3 * from + c]!;
      to++;
    }
  }
  return calibrate({ dimensions: 3, residuals: errors, sigma: chosen });
}

/** Joints that have an error: all but the one that every pose is aligned at. */
function free(totals: PoseTotals, roots: readonly number[]): number[] {
  const exact = roots.length === 1 ? roots[0] : -1;
  return totals.joints.mpjpe.flatMap((_, joint) => joint === exact ? [] : [joint]);
}

function figures(found: Calibration): { [key: string]: Json } {
  const { points, left, table, eceAxis, eceRadial, meanSigma, sharpness, rmsError, spearman } = found;
  return {
    points,
    pointsLeft: left,
    eceAxis: known(eceAxis),
    eceRadial: known(eceRadial),
    meanSigma: known(meanSigma),
    sharpness: known(sharpness),
    rmsErrorPerAxis: known(rmsError),
    spearman: known(spearman),
    reliability: table.map(({ level, axis, radial }) => ({ level, axis: known(axis), radial: known(radial) })),
  };
}

/** Whether any track had deviations. */
function has(totals: PoseTotals): boolean {
  return totals.sigma.some((part) => part.some(Number.isFinite));
}

/**
 * Calibration over all joints and for each joint; null when nobody has deviations.
 *
 * @param totals The sums.
 * @param names Names of the joints.
 * @param roots The joints of the alignment.
 */
export function calibrationFigures(
  totals: PoseTotals,
  names: readonly string[],
  roots: readonly number[],
): { readonly [key: string]: Json } | null {
  if (!has(totals)) return null;
  const joints = free(totals, roots);
  const points = pointsOf(totals);
  return {
    ...figures(calibrationOf(points, joints)),
    byJoint: Object.fromEntries(joints.map((joint) => {
      const { eceAxis, eceRadial, meanSigma, rmsError, spearman } = calibrationOf(points, [joint]);
      return [names[joint]!, {
        eceAxis: known(eceAxis),
        eceRadial: known(eceRadial),
        meanSigma: known(meanSigma),
        rmsErrorPerAxis: known(rmsError),
        spearman: known(spearman),
      }];
    })),
  };
}

/** The reliability table and its summary; none when nobody has deviations. */
export function calibrationTables(totals: PoseTotals, roots: readonly number[]): readonly FigureTable[] {
  if (!has(totals)) return [];
  const found = calibrationOf(pointsOf(totals), free(totals, roots));
  return [{
    title: "Reliability of sigma: errors within the range that is promised, percent",
    columns: ["promised", "one axis", "distance"],
    rows: [
      ...found.table.map((
        { level, axis, radial },
      ) => [`${Math.round(100 * level)} %`, known(100 * axis), known(100 * radial)]),
      ["mean |difference|", known(100 * found.eceAxis), known(100 * found.eceRadial)],
    ],
    digits: 1,
  }, {
    title: "Sigma, mm, one axis",
    columns: ["mean sigma", "rms sigma", "rms error", "rank correlation"],
    rows: [[
      known(found.meanSigma)?.toFixed(2) ?? null,
      known(found.sharpness),
      known(found.rmsError),
      known(found.spearman),
    ]],
    digits: 2,
  }];
}
