/**
 * Sums of 3D errors over tracks: what the tables and figures of `eval mpjpe` are made of.
 *
 * @module
 */
import {
  addTallies,
  alignedErrors,
  bestOf,
  EMPTY_TALLY,
  type ErrorField,
  type GroupPart,
  hypothesisErrors,
  meanOfErrors,
  type PosePair,
  positionErrors,
  scaledErrors,
  type Tally,
  tallyErrors,
  tallyJoints,
  velocityErrors,
} from "../metrics/mod.ts";
import type { ComparedRows } from "./pose_rows.ts";

/** The errors, by their names in figures. */
export const ERRORS = ["mpjpe", "pMpjpe", "nMpjpe", "mpjve"] as const;
/** One of them. */
export type ErrorName = typeof ERRORS[number];

/** One set of hypotheses in a track. */
interface HypothesisPart {
  readonly group: string;
  /** Frames where something counts. */
  readonly frames: number;
  readonly meanOfErrors: number;
  /** `[N]`. */
  readonly bestOf: Float64Array;
  /** `[N]`, after alignment. */
  readonly alignedBestOf: Float64Array;
}

/** Sums that grow track by track. */
export interface PoseTotals {
  /** For each error a part a track. */
  readonly parts: Readonly<Record<ErrorName, GroupPart[]>>;
  /** For each error a tally a joint. */
  readonly joints: Record<ErrorName, Tally[]>;
  /** One a track, when there are hypotheses. */
  readonly hypotheses: HypothesisPart[];
  /** Prediction minus truth, mm, track after track, `[frames, joints, 3]`; only where there are deviations. */
  readonly residuals: Float64Array[];
  /** `[frames, joints]`, mm. */
  readonly sigma: Float64Array[];
  /** Where the deviations are from. */
  readonly sigmaFrom: Set<string>;
  /** Points that count. */
  counted: number;
  /** Points that do not: NaN or missing. */
  left: number;
}

/** Nothing counted yet. */
export function emptyTotals(joints: number): PoseTotals {
  const tallies = (): Tally[] => Array.from({ length: joints }, () => EMPTY_TALLY);
  return {
    parts: { mpjpe: [], pMpjpe: [], nMpjpe: [], mpjve: [] },
    joints: { mpjpe: tallies(), pMpjpe: tallies(), nMpjpe: tallies(), mpjve: tallies() },
    hypotheses: [],
    residuals: [],
    sigma: [],
    sigmaFrom: new Set(),
    counted: 0,
    left: 0,
  };
}

/**
 * A clip's velocity weighs as its frames do, not as its one difference less: VideoPose3D multiplies the mean of a clip by the
 * number of its frames.
 */
function velocityTally(field: ErrorField, frames: number): Tally {
  const { sum, count } = tallyErrors(field);
  return count === 0 ? EMPTY_TALLY : { sum: (sum / count) * frames, count: frames };
}

function addHypotheses(totals: PoseTotals, group: string, rows: ComparedRows): void {
  const { joints, hypotheses, truth, all: pred } = rows;
  if (hypotheses === 1) return;
  const plain = hypothesisErrors({ joints, hypotheses, pred, truth });
  const aligned = hypothesisErrors({ joints, hypotheses, pred, truth }, "similarity");
  const frames = Array.from({ length: rows.frames }, (_, f) => f)
    .filter((f) => Array.from({ length: hypotheses }, (_, h) => plain[h * rows.frames + f]!).some(Number.isFinite))
    .length;
  totals.hypotheses.push({
    group,
    frames,
    meanOfErrors: meanOfErrors(plain),
    bestOf: bestOf(plain, hypotheses),
    alignedBestOf: bestOf(aligned, hypotheses),
  });
}

/**
 * Adds a track.
 *
 * @param totals Grows.
 * @param group Its action.
 * @param rows Its poses.
 * @param indices Frame of each row.
 */
export function addTrack(totals: PoseTotals, group: string, rows: ComparedRows, indices: Int32Array): void {
  const { joints, pred, truth, sigma } = rows;
  const pair: PosePair = { joints, pred, truth };
  const fields: Readonly<Record<ErrorName, ErrorField>> = {
    mpjpe: positionErrors(pair),
    pMpjpe: alignedErrors(pair),
    nMpjpe: scaledErrors(pair),
    mpjve: velocityErrors(pair, { indices }),
  };
  for (const name of ERRORS) {
    const tally = name === "mpjve" ? velocityTally(fields[name], rows.frames) : tallyErrors(fields[name]);
    totals.parts[name].push({ group, ...tally });
    totals.joints[name] = tallyJoints(fields[name]).map((own, joint) => addTallies(totals.joints[name][joint]!, own));
  }
  totals.counted += fields.mpjpe.counted;
  totals.left += fields.mpjpe.left;
  addHypotheses(totals, group, rows);
  if (sigma === null) return;
  totals.residuals.push(pred.map((value, i) => value - truth[i]!));
  totals.sigma.push(sigma);
  totals.sigmaFrom.add(rows.sigmaFrom!);
}

/** Arrays one after the other. */
export function concat(parts: readonly Float64Array[]): Float64Array {
  const whole = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  parts.reduce((offset, part) => {
    whole.set(part, offset);
    return offset + part.length;
  }, 0);
  return whole;
}
