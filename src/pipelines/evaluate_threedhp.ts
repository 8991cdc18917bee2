/**
 * `eval 3dhp`: PCK, AUC and errors on the test set of MPI-INF-3DHP.
 *
 * @module
 */
import { InputError } from "../core/errors.ts";
import type { PoseRows, PoseSet, PoseTrack } from "../formats/truth/pose_set.ts";
import { threedhp17, type ThreedhpSequence } from "../formats/truth/threedhp_truth.ts";
import {
  addPckCounts,
  addTallies,
  alignedErrors,
  auc,
  AUC_THRESHOLDS_MM,
  EMPTY_TALLY,
  type ErrorField,
  pck,
  PCK_THRESHOLD_MM,
  type PckCounts,
  pckCounts,
  positionErrors,
  type Tally,
  tallyErrors,
  tallyMean,
  THREEDHP_GROUPS,
} from "../metrics/mod.ts";
import { comparePoses, comparisonNotes, comparisonSettings, type Evaluate3dOptions } from "./evaluate_3d.ts";
import type { Evaluation, FigureTable, Json } from "./evaluation.ts";
import type { SharedJoint } from "./pose_pairs.ts";
import { known } from "./pose_tables.ts";

/** Sums of one sequence, or of all. */
interface SequenceSums {
  readonly frames: number;
  readonly position: Tally;
  readonly aligned: Tally;
  /** One for each group of joints. */
  readonly groups: readonly PckCounts[];
}

/** Joints of a group that both layouts have. */
interface SharedGroup {
  readonly name: string;
  readonly joints: readonly number[];
}

const MM_IN_METRES = 0.001;

/** The valid frames of the ground truth as tracks in metres. */
function truthSet(sequences: readonly ThreedhpSequence[], name: string): PoseSet {
  const tracks = sequences.map(({ name: subject, valid, values }): PoseTrack => ({
    label: subject,
    key: { subject, action: "", camera: null },
    person: null,
    load: () => {
      const rows = new Float64Array(valid.length * 51);
      valid.forEach((frame, row) => {
        for (let k = 0; k < 51; k++) rows[row * 51 + k] = MM_IN_METRES * values[frame * 51 + k]!;
      });
      return { frames: valid.length, hypotheses: 1, values: rows, indices: valid, sigma: null };
    },
  }));
  return { name, layout: "3dhp npz (data)", skeleton: threedhp17, fps: null, tracks };
}

/** Predictions for all frames of a sequence keep their valid ones. */
function validRows(rows: PoseRows, joints: number, { valid, frames, name }: ThreedhpSequence, file: string): PoseRows {
  if (rows.indices !== null || rows.frames === valid.length) return rows;
  if (rows.frames !== frames) {
    const rule = `must have all ${frames} frames of the sequence or its ${valid.length} valid ones`;
    throw new InputError(`${file}, ${name}`, rule, `${rows.frames}`);
  }
  const size = joints * 3;
  const values = new Float64Array(rows.hypotheses * valid.length * size);
  for (let h = 0; h < rows.hypotheses; h++) {
    valid.forEach((frame, row) => {
      const from = (h * frames + frame) * size;
      values.set(rows.values.subarray(from, from + size), (h * valid.length + row) * size);
    });
  }
  const sigma = rows.sigma === null ? null : new Float64Array(valid.length * joints);
  valid.forEach((frame, row) => {
    sigma?.set(rows.sigma!.subarray(frame * joints, (frame + 1) * joints), row * joints);
  });
  return { frames: valid.length, hypotheses: rows.hypotheses, values, indices: null, sigma };
}

/** The same predictions with valid frames only, where the sequence is known. */
function validSet(pred: PoseSet, sequences: readonly ThreedhpSequence[], subject: string | undefined): PoseSet {
  const tracks = pred.tracks.map((track): PoseTrack => {
    const sequence = sequences.find(({ name }) => name === (track.key?.subject ?? subject));
    if (sequence === undefined) return track;
    return { ...track, load: () => validRows(track.load(), pred.skeleton.joints.length, sequence, pred.name) };
  });
  return { ...pred, tracks };
}

function sharedGroups(joints: readonly SharedJoint[]): SharedGroup[] {
  return THREEDHP_GROUPS.map(({ name, joints: official }) => ({
    name,
    joints: official.flatMap((joint) => {
      const found = joints.findIndex((own) => own.truth === joint);
      return found < 0 ? [] : [found];
    }),
  })).filter((group) => group.joints.length > 0);
}

function sumsOf(field: ErrorField, aligned: ErrorField, groups: readonly SharedGroup[]): SequenceSums {
  return {
    frames: field.frames,
    position: tallyErrors(field),
    aligned: tallyErrors(aligned),
    groups: groups.map(({ joints }) => pckCounts(field, { joints })),
  };
}

function together(a: SequenceSums, b: SequenceSums): SequenceSums {
  return {
    frames: a.frames + b.frames,
    position: addTallies(a.position, b.position),
    aligned: addTallies(a.aligned, b.aligned),
    groups: a.groups.map((counts, g) => addPckCounts(counts, b.groups[g]!)),
  };
}

/** All groups as one: every joint weighs the same. */
function allGroups({ groups }: SequenceSums): PckCounts {
  return groups.reduce(addPckCounts);
}

function figuresOf(sums: SequenceSums): { [key: string]: Json } {
  const all = allGroups(sums);
  return {
    frames: sums.frames,
    pck: known(pck(all)),
    auc: known(auc(all)),
    mpjpe: known(tallyMean(sums.position)),
    pMpjpe: known(tallyMean(sums.aligned)),
  };
}

function rowOf(name: string, sums: SequenceSums): (string | number | null)[] {
  const { frames, pck: percent, auc: area, mpjpe, pMpjpe } = figuresOf(sums) as Record<string, number | null>;
  return [name, percent!, area!, mpjpe!, pMpjpe!, String(frames)];
}

function groupTable(sums: SequenceSums, groups: readonly SharedGroup[]): FigureTable {
  return {
    title: "By joint, percent",
    columns: ["joint", "PCK", "AUC"],
    rows: groups.map(({ name }, g) => [name, known(pck(sums.groups[g]!)), known(auc(sums.groups[g]!))]),
    digits: 1,
  };
}

/**
 * Evaluates predictions on the test set.
 *
 * @param sequences Ground truth.
 * @param truthName Its file.
 * @param pred Predictions, whole sequences or valid frames only.
 * @param options As of `evaluate3d`; `key.subject` names the sequence of a file that does not.
 * @throws {InputError} If the two do not belong together, or nothing can be compared.
 */
export function evaluateThreedhp(
  sequences: readonly ThreedhpSequence[],
  truthName: string,
  pred: PoseSet,
  options: Evaluate3dOptions = {},
): Evaluation {
  const truth = truthSet(sequences, truthName);
  const comparison = comparePoses(truth, validSet(pred, sequences, options.key?.subject), options);
  const groups = sharedGroups(comparison.joints);
  if (groups.length === 0) {
    throw new InputError(
      pred.name,
      "must have a joint that PCK counts",
      comparison.joints.map(({ name }) => name).join(", "),
    );
  }
  const each = new Map<string, SequenceSums>();
  let left = 0;
  for (const { label, rows } of comparison.tracks()) {
    const { joints, pred: poses, truth: targets } = rows;
    const field = positionErrors({ joints, pred: poses, truth: targets });
    each.set(label, sumsOf(field, alignedErrors({ joints, pred: poses, truth: targets }), groups));
    left += field.left;
  }
  const nothing = { frames: 0, position: EMPTY_TALLY, aligned: EMPTY_TALLY };
  const none = { total: 0, below: 0, belowEach: AUC_THRESHOLDS_MM.map(() => 0) };
  const all = [...each.values()].reduce(together, { ...nothing, groups: groups.map(() => none) });
  if (all.position.count === 0) {
    throw new InputError(pred.name, "must hold at least one point in a valid frame", "none");
  }
  const scored = groups.flatMap(({ joints }) => joints);
  const notes = comparisonNotes(comparison, truth, pred, left);
  if (scored.length < 14) notes.push(`PCK and AUC count ${scored.length} of the 14 joints of the official evaluation.`);
  return {
    metric: "3dhp",
    evaluator: "MPI-INF-3DHP (mpii_evaluate_errors.m, mpii_compute_3d_pck.m)",
    settings: {
      ...comparisonSettings(comparison, truth, pred),
      frames: "valid frames of the ground truth; all sequences pooled by frames",
      pckThreshold: PCK_THRESHOLD_MM,
      pckRule: "error below the threshold",
      aucThresholds: [...AUC_THRESHOLDS_MM],
      pckJoints: scored.map((joint) => comparison.joints[joint]!.name),
    },
    figures: {
      ...figuresOf(all),
      missingFrames: comparison.counts.missing,
      pointsLeft: left,
      sequences: Object.fromEntries([...each].map(([name, sums]) => [name, figuresOf(sums)])),
      groups: Object.fromEntries(
        groups.map(({ name }, g) => [name, { pck: known(pck(all.groups[g]!)), auc: known(auc(all.groups[g]!)) }]),
      ),
    },
    tables: [
      {
        title: "By sequence: PCK and AUC in percent, MPJPE and P-MPJPE in mm",
        columns: ["sequence", "PCK", "AUC", "MPJPE", "P-MPJPE", "frames"],
        rows: [...[...each].map(([name, sums]) => rowOf(name, sums)), rowOf("all", all)],
        digits: 1,
      },
      groupTable(all, groups),
    ],
    notes,
  };
}
