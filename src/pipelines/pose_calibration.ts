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

/** Calibration over all joints, and of each. */
export interface PoseCalibration {
  /** All joints but an exact root. */
  readonly all: Calibration;
  /** The same joint by joint. */
  readonly joints: readonly { readonly name: string; readonly found: Calibration }[];
}

/**
 * Compares the deviations of all tracks with their errors.
 *
 * @param totals The sums.
 * @param names Names of the joints.
 * @param roots The joints of the alignment.
 * @returns Null when nobody has deviations.
 */
export function calibratePoses(
  totals: PoseTotals,
  names: readonly string[],
  roots: readonly number[],
): PoseCalibration | null {
  if (!totals.sigma.some((part) => part.some(Number.isFinite))) return null;
  const chosen = free(totals, roots);
  const points = pointsOf(totals);
  return {
    all: calibrationOf(points, chosen),
    joints: chosen.map((joint) => ({ name: names[joint]!, found: calibrationOf(points, [joint]) })),
  };
}

/** The figures of a calibration. */
export function calibrationFigures({ all, joints }: PoseCalibration): { readonly [key: string]: Json } {
  return {
    ...figures(all),
    byJoint: Object.fromEntries(joints.map(({ name, found }) => {
      const { reliability: _table, ...rest } = figures(found);
      return [name, rest];
    })),
  };
}

/** The reliability table and its summary. */
export function calibrationTables({ all }: PoseCalibration): readonly FigureTable[] {
  const percent = (share: number): number | null => known(100 * share);
  return [{
    title: "Reliability of sigma: errors within the range that is promised, percent",
    columns: ["promised", "one axis", "distance"],
    rows: [
      ...all.table.map(({ level, axis, radial }) => [`${Math.round(100 * level)} %`, percent(axis), percent(radial)]),
      ["mean |difference|", percent(all.eceAxis), percent(all.eceRadial)],
    ],
    digits: 1,
  }, {
    title: "Sigma and error along one axis, mm; rank correlation of sigma with the distance",
    columns: ["", "value"],
    rows: [
      ["mean sigma", known(all.meanSigma)],
      ["rms sigma", known(all.sharpness)],
      ["rms error", known(all.rmsError)],
      ["rank correlation", known(all.spearman)],
    ],
    digits: 2,
  }];
}
