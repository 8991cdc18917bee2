/**
 * Figures and tables of 3D errors out of their sums.
 *
 * @module
 */
import { type GroupPart, meanOfGroups, tallyMean } from "../metrics/mod.ts";
import type { FigureTable, Json } from "./evaluation.ts";
import { type ErrorName, ERRORS, type PoseTotals } from "./pose_totals.ts";

const HEADS: Readonly<Record<ErrorName, string>> = {
  mpjpe: "MPJPE",
  pMpjpe: "P-MPJPE",
  nMpjpe: "N-MPJPE",
  mpjve: "MPJVE",
};

/** A number of JSON; null where it is not defined. */
export function known(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

/** All parts as one group. */
function pooled(parts: readonly GroupPart[]): number {
  return meanOfGroups(parts.map((part) => ({ ...part, group: "" }))).mean;
}

/** Groups in the order of their first track. */
function groupsOf(totals: PoseTotals): readonly string[] {
  return [...new Set(totals.parts.mpjpe.map(({ group }) => group))];
}

function groupMean(totals: PoseTotals, name: ErrorName, group: string): number {
  return pooled(totals.parts[name].filter((part) => part.group === group));
}

/** An object with one entry for each error. */
function eachError(value: (name: ErrorName) => Json): { [key: string]: Json } {
  return Object.fromEntries(ERRORS.map((name) => [name, value(name)]));
}

/**
 * All errors: mean of actions under their own names, over all frames with `Pooled`, by action and by joint.
 *
 * @param totals The sums.
 * @param joints Names of the joints.
 * @param fps Frames a second; null where unknown.
 */
export function errorFigures(totals: PoseTotals, joints: readonly string[], fps: number | null): Record<string, Json> {
  const velocity = meanOfGroups(totals.parts.mpjve).mean;
  return {
    ...eachError((name) => known(meanOfGroups(totals.parts[name]).mean)),
    ...Object.fromEntries(ERRORS.map((name) => [`${name}Pooled`, known(pooled(totals.parts[name]))])),
    mpjveMmPerSecond: fps === null ? null : known(velocity * fps),
    actions: Object.fromEntries(
      groupsOf(totals).map((group) => [group, eachError((name) => known(groupMean(totals, name, group)))]),
    ),
    byJoint: Object.fromEntries(
      joints.map((joint, j) => [joint, eachError((name) => known(tallyMean(totals.joints[name][j]!)))]),
    ),
  };
}

/** Errors by action; null where there is only one. */
export function actionTable(totals: PoseTotals): FigureTable | null {
  const groups = groupsOf(totals);
  if (groups.length < 2) return null;
  return {
    title: "By action, mm",
    columns: ["action", ...ERRORS.map((name) => HEADS[name])],
    rows: groups.map((group) => [group, ...ERRORS.map((name) => known(groupMean(totals, name, group)))]),
    digits: 2,
  };
}

/** Errors by joint. */
export function jointTable(totals: PoseTotals, joints: readonly string[]): FigureTable {
  return {
    title: "By joint, mm, over all frames",
    columns: ["joint", ...ERRORS.map((name) => HEADS[name])],
    rows: joints.map((joint, j) => [joint, ...ERRORS.map((name) => known(tallyMean(totals.joints[name][j]!)))]),
    digits: 2,
  };
}

/** Best of the first n, actions first; and the error of a hypothesis that is picked blindly. */
function hypothesisMeans(totals: PoseTotals): { best: number[]; alignedBest: number[]; meanOfErrors: number } | null {
  const count = totals.hypotheses[0]?.bestOf.length;
  if (count === undefined) return null;
  const mean = (of: (part: PoseTotals["hypotheses"][number]) => number): number =>
    meanOfGroups(
      totals.hypotheses.filter(({ frames }) => frames > 0)
        .map((part) => ({ group: part.group, sum: of(part) * part.frames, count: part.frames })),
    ).mean;
  const curve = (of: "bestOf" | "alignedBestOf"): number[] =>
    Array.from({ length: count }, (_, n) => mean((part) => part[of][n]!));
  return {
    best: curve("bestOf"),
    alignedBest: curve("alignedBestOf"),
    meanOfErrors: mean((part) => part.meanOfErrors),
  };
}

/** The same as figures; null without hypotheses. */
export function hypothesisFigures(totals: PoseTotals): { readonly [key: string]: Json } | null {
  const means = hypothesisMeans(totals);
  if (means === null) return null;
  return {
    count: means.best.length,
    meanOfErrors: known(means.meanOfErrors),
    bestOf: means.best.map(known),
    pBestOf: means.alignedBest.map(known),
  };
}

/** The same as a table; none without hypotheses. */
export function hypothesisTable(totals: PoseTotals): readonly FigureTable[] {
  const means = hypothesisMeans(totals);
  if (means === null) return [];
  return [{
    title: `Best of the first n hypotheses, mm (one picked blindly: ${means.meanOfErrors.toFixed(2)})`,
    columns: ["n", "MPJPE", "P-MPJPE"],
    rows: means.best.map((best, n) => [String(n + 1), known(best), known(means.alignedBest[n]!)]),
    digits: 2,
  }];
}
