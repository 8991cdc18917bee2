/**
 * `eval mpjpe`: errors of 3D poses against ground truth, by action and by joint, with what hypotheses and deviations are
 * worth.
 *
 * @module
 */
import { InputError } from "../core/errors.ts";
import { actionOf } from "../formats/truth/h36m_truth.ts";
import type { PoseSet } from "../formats/truth/pose_set.ts";
import { COVERAGE_LEVELS, meanOfGroups } from "../metrics/mod.ts";
import type { Evaluation, FigureTable, Json } from "./evaluation.ts";
import { calibratePoses, calibrationFigures, calibrationTables } from "./pose_calibration.ts";
import { type PairOptions, pairRows, pairTracks, type SharedJoint, sharedJoints } from "./pose_pairs.ts";
import { type ComparedRows, compareRows, rootJoints, type RootRule } from "./pose_rows.ts";
import { actionTable, errorFigures, hypothesisFigures, hypothesisTable, jointTable } from "./pose_tables.ts";
import { addTrack, emptyTotals, ERRORS, type PoseTotals } from "./pose_totals.ts";

/** Options of {@link evaluate3d}. */
export interface Evaluate3dOptions extends PairOptions {
  /** What is subtracted before positions are compared. @default "root" */
  readonly align?: RootRule;
  /** Frames a second, where neither file says. */
  readonly fps?: number;
}

/** Frames of all tracks. */
export interface FrameCounts {
  /** Compared. */
  frames: number;
  /** In the truth only. */
  missing: number;
  /** In the predictions only. */
  extra: number;
}

/** A track that was compared. */
export interface ComparedTrack {
  /** Name of the track. */
  readonly label: string;
  /** Subject in a data set; null for a person of a clip. */
  readonly subject: string | null;
  /** Action; null where there is none. */
  readonly action: string | null;
  /** The poses. */
  readonly rows: ComparedRows;
  /** Frame of each row. */
  readonly indices: Int32Array;
}

/** How two files are compared. */
export interface Comparison {
  /** Joints that are compared. */
  readonly joints: readonly SharedJoint[];
  /** Indices of the roots among them. */
  readonly roots: readonly number[];
  /** Tracks of the truth without prediction. */
  readonly absent: readonly string[];
  /** Grows while the tracks are read. */
  readonly counts: FrameCounts;
  /** The tracks, one at a time. */
  tracks(): Generator<ComparedTrack>;
}

/**
 * Puts two files beside each other.
 *
 * @throws {InputError} If they do not belong together, here or while the tracks are read.
 */
export function comparePoses(truth: PoseSet, pred: PoseSet, options: Evaluate3dOptions): Comparison {
  const joints = sharedJoints(truth.skeleton, pred.skeleton, pred.name);
  const roots = rootJoints(joints, options.align ?? "root", pred.name);
  const { pairs, absent } = pairTracks(truth, pred, options);
  const widths = { truth: truth.skeleton.joints.length, pred: pred.skeleton.joints.length };
  const counts: FrameCounts = { frames: 0, missing: 0, extra: 0 };
  return {
    joints,
    roots,
    absent,
    counts,
    *tracks() {
      let hypotheses: number | null = null;
      for (const pair of pairs) {
        const name = `${pred.name}, ${pair.label}`;
        const [trueRows, predRows] = [pair.truth.load(), pair.pred.load()];
        hypotheses ??= predRows.hypotheses;
        if (predRows.hypotheses !== hypotheses) {
          throw new InputError(
            name,
            `must have as many hypotheses as the other clips (${hypotheses})`,
            `${predRows.hypotheses}`,
          );
        }
        const rows = pairRows(trueRows, predRows, name);
        counts.frames += rows.indices.length;
        counts.missing += rows.missing;
        counts.extra += rows.extra;
        const key = pair.truth.key;
        yield {
          label: pair.label,
          subject: key?.subject ?? null,
          action: key === null || key.action === "" ? null : actionOf(key.action),
          rows: compareRows(trueRows, predRows, rows, joints, widths, roots),
          indices: rows.indices,
        };
      }
    },
  };
}

/** Sentences on what is not in the figures. */
export function comparisonNotes(comparison: Comparison, truth: PoseSet, pred: PoseSet, left: number): string[] {
  const { joints, absent, counts } = comparison;
  const names = joints.map(({ name }) => name);
  const without = (set: PoseSet): string => set.skeleton.joints.filter((joint) => !names.includes(joint)).join(", ");
  const notes: string[] = [];
  if (truth.skeleton.name !== pred.skeleton.name) {
    notes.push(
      `Layouts differ: ${joints.length} joints that both have are compared. ` +
        `Only ${truth.skeleton.name} has: ${without(truth) || "none"}. Only ${pred.skeleton.name} has: ${
          without(pred) || "none"
        }.`,
    );
  }
  if (absent.length > 0) {
    const shown = absent.slice(0, 4).join("; ");
    notes.push(
      `${absent.length} clips of the ground truth have no prediction and are left out: ${shown}${
        absent.length > 4 ? "; ..." : ""
      }.`,
    );
  }
  if (counts.missing > 0) {
    notes.push(`${counts.missing} frames of the ground truth have no prediction and are left out.`);
  }
  if (counts.extra > 0) notes.push(`${counts.extra} frames of the predictions have no ground truth and are left out.`);
  if (left > 0) notes.push(`${left} points are missing (NaN or score 0) on one side and are left out.`);
  return notes;
}

/** Settings that both 3D evaluations have. */
export function comparisonSettings(comparison: Comparison, truth: PoseSet, pred: PoseSet): Record<string, Json> {
  const { joints, roots } = comparison;
  return {
    gt: truth.name,
    gtLayout: truth.layout,
    gtSkeleton: truth.skeleton.name,
    pred: pred.name,
    predLayout: pred.layout,
    predSkeleton: pred.skeleton.name,
    unit: "mm",
    joints: joints.map(({ name }) => name),
    align: roots.length === 0 ? "none" : "root",
    root: roots.map((root) => joints[root]!.name),
  };
}

function settingsOf(comparison: Comparison, truth: PoseSet, pred: PoseSet, fps: number | null): Record<string, Json> {
  return {
    ...comparisonSettings(comparison, truth, pred),
    means: "each action over its points first, then the mean of the actions",
    pMpjpe: "per frame: rotation, scale and shift, no reflection; frames with fewer than 3 points left out",
    nMpjpe: "per frame: scale sum(pred * truth) / sum(pred^2)",
    mpjve: "mm per frame, first differences of neighbouring frames, each clip weighted by its frames",
    fps,
  };
}

/** The errors over all actions. */
function summaryTable(totals: PoseTotals): FigureTable {
  const means = ERRORS.map((name) => meanOfGroups(totals.parts[name]));
  const pooled = ERRORS.map((name) => meanOfGroups(totals.parts[name].map((part) => ({ ...part, group: "" }))));
  const actions = means[0]!.groups.length;
  const known = (value: number): number | null => Number.isFinite(value) ? value : null;
  return {
    title: "Errors, mm (MPJVE: mm per frame)",
    columns: ["", "MPJPE", "P-MPJPE", "N-MPJPE", "MPJVE"],
    rows: [
      ...(actions > 1 ? [[`mean of ${actions} actions`, ...means.map(({ mean }) => known(mean))]] : []),
      ["all frames", ...pooled.map(({ mean }) => known(mean))],
    ],
    digits: 2,
  };
}

/**
 * Evaluates 3D poses.
 *
 * @param truth Ground truth.
 * @param pred Predictions.
 * @param options Alignment, frame rate, and what the files do not say.
 * @throws {InputError} If the two do not belong together, or nothing can be compared.
 */
export function evaluate3d(truth: PoseSet, pred: PoseSet, options: Evaluate3dOptions = {}): Evaluation {
  const comparison = comparePoses(truth, pred, options);
  const totals = emptyTotals(comparison.joints.length);
  for (const track of comparison.tracks()) addTrack(totals, track.action ?? "all", track.rows, track.indices);
  if (totals.counted === 0) {
    throw new InputError(pred.name, "must hold at least one point that the ground truth has too", "none");
  }
  const fps = options.fps ?? truth.fps ?? pred.fps;
  const names = comparison.joints.map(({ name }) => name);
  const calibration = calibratePoses(totals, names, comparison.roots);
  const hypotheses = hypothesisFigures(totals);
  const actions = actionTable(totals);
  return {
    metric: "mpjpe",
    evaluator: "VideoPose3D defines them (common/loss.py, run.py)",
    settings: {
      ...settingsOf(comparison, truth, pred, fps),
      ...(hypotheses === null
        ? {}
        : { hypotheses: "errors above are those of the mean pose; the best is chosen per frame" }),
      ...(calibration === null ? {} : {
        sigma:
          "each axis Gaussian with the stated sigma; root joints left out; distance against chi with 3 degrees of freedom",
        sigmaFrom: [...totals.sigmaFrom],
        levels: [...COVERAGE_LEVELS],
      }),
    },
    figures: {
      ...errorFigures(totals, names, fps),
      frames: comparison.counts.frames,
      missingFrames: comparison.counts.missing,
      extraFrames: comparison.counts.extra,
      points: totals.counted,
      pointsLeft: totals.left,
      ...(hypotheses === null ? {} : { hypotheses }),
      ...(calibration === null ? {} : { calibration: calibrationFigures(calibration) }),
    },
    tables: [
      summaryTable(totals),
      ...(actions === null ? [] : [actions]),
      jointTable(totals, names),
      ...hypothesisTable(totals),
      ...(calibration === null ? [] : calibrationTables(calibration)),
    ],
    notes: comparisonNotes(comparison, truth, pred, totals.left),
  };
}
