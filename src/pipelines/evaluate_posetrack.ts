/**
 * PoseTrack's figures of a set of sequences: average precision, and tracking where people have identities.
 *
 * @module
 */

import { InputError } from "../core/errors.ts";
import { placeText } from "../formats/fields.ts";
import type { PoseTrackFile, PoseTrackFileFrame } from "../formats/truth/posetrack_file.ts";
import { pairPoseTrackFiles } from "../formats/truth/posetrack_pairs.ts";
import { pictureName, readPoseTrackFile } from "../formats/truth/posetrack_truth.ts";
import type { Source } from "../formats/source.ts";
import { addMotCounts, type MotCounts, NO_MOT_COUNTS } from "../metrics/clear_mot.ts";
import { type PoseTrackAp, posetrackAp } from "../metrics/posetrack_ap.ts";
import {
  HEAD_SIZE_FACTOR,
  headSize,
  MATCH_DISTANCE,
  type PoseTrackFrame,
  type PoseTrackSequence,
} from "../metrics/posetrack_frames.ts";
import { POSETRACK_COLUMNS, posetrackGroups } from "../metrics/posetrack_groups.ts";
import { type MotRules, type PoseTrackMot, posetrackMot } from "../metrics/posetrack_mot.ts";
import { posetrack15 } from "../skeleton/mod.ts";
import type { Evaluation, FigureTable, Json } from "./evaluation.ts";

/** Confidence of a point that has none (`MIN_SCORE` in poseval): such points rank last. */
const MISSING_SCORE = -9999;

/** Options of {@link evaluatePosetrack}. */
export interface EvaluatePosetrackOptions {
  /** Which frames the tracking figures count. @default "poseval" */
  readonly motRules?: MotRules;
}

/** What was met while files were joined. */
interface Tally {
  unscored: number;
  headless: number;
  untracked: { readonly truth: string[]; readonly predictions: string[] };
  tracked: number;
}

/** The frames of both files, matched by the names of their pictures. */
function joinFrames(truth: PoseTrackFile, predictions: PoseTrackFile, tally: Tally): PoseTrackFrame[] {
  const given = new Map(predictions.frames.map((frame) => [pictureName(frame.name), frame]));
  const known = new Set(truth.frames.map((frame) => pictureName(frame.name)));
  const unknown = [...given.keys()].find((name) => !known.has(name));
  if (unknown !== undefined) {
    throw new InputError(predictions.name, `must have no frame that is not in ${truth.name}`, unknown);
  }
  return truth.frames.map((frame) => {
    const found = given.get(pictureName(frame.name));
    // A frame that nobody annotated is not scored, so nobody has to predict it.
    if (found === undefined && frame.annotated) {
      throw new InputError(
        predictions.name,
        `must have every annotated frame of ${truth.name}`,
        `no ${pictureName(frame.name)}`,
      );
    }
    return joinFrame(frame, found?.people ?? [], tally);
  });
}

function joinFrame(truth: PoseTrackFileFrame, people: PoseTrackFileFrame["people"], tally: Tally): PoseTrackFrame {
  return {
    annotated: truth.annotated,
    ignore: truth.ignore,
    truth: truth.people.map(({ id, head, points, present, place }) => {
      const size = head === null ? 0 : headSize(...head);
      if (size === 0 && present.includes(1)) tally.headless++;
      if (id === null) tally.untracked.truth.push(placeText(place));
      return { id, points, present, headSize: size };
    }),
    predicted: people.map(({ id, points, present, scores, place }) => {
      if (id === null) tally.untracked.predictions.push(placeText(place));
      else tally.tracked++;
      const filled = Float64Array.from(present, (has, j) => {
        const score = scores?.[j] ?? NaN;
        if (has && Number.isNaN(score)) tally.unscored++;
        return Number.isNaN(score) ? MISSING_SCORE : score;
      });
      return { id, points, present, scores: filled };
    }),
  };
}

function groupsAndJoints(values: readonly (number | null)[]): Json {
  return {
    ...posetrackGroups(values),
    joints: Object.fromEntries(posetrack15.joints.map((name, j) => [name, values[j]!])),
  };
}

function groupTable(
  title: string,
  rows: readonly (readonly [name: string, values: readonly (number | null)[]])[],
): FigureTable {
  return {
    title,
    columns: ["", ...POSETRACK_COLUMNS],
    rows: rows.map(([name, values]) => {
      const groups = posetrackGroups(values);
      return [name, ...POSETRACK_COLUMNS.map((column) => groups[column])];
    }),
    digits: 1,
  };
}

function countTable(counts: readonly MotCounts[]): FigureTable {
  const { objects, detections, misses, falsePositives, switches } = counts.reduce(addMotCounts, NO_MOT_COUNTS);
  return {
    title: "Tracking, counted over the 15 joints",
    columns: ["", "objects", "matches", "misses", "false positives", "switches"],
    rows: [["joints", objects, detections, misses, falsePositives, switches]],
    digits: 0,
  };
}

/** Whether everybody can be tracked; says why not. */
function tracks(tally: Tally, predictions: string, notes: string[]): boolean {
  const [annotated] = tally.untracked.truth;
  const [predicted] = tally.untracked.predictions;
  if (predicted !== undefined && tally.tracked > 0) {
    throw new InputError(predicted, "must have a track_id, as other people in the predictions have", "none");
  }
  const missing = annotated ?? (predicted === undefined ? undefined : predictions);
  if (missing !== undefined) notes.push(`no tracking figures, as there are people without track_id (${missing})`);
  return missing === undefined;
}

function notesOf(tally: Tally, unused: readonly string[]): string[] {
  const notes: string[] = [];
  if (unused.length > 0) notes.push(`${unused.length} files with predictions have no ground truth (${unused[0]})`);
  if (tally.unscored > 0) {
    notes.push(`${tally.unscored} predicted points have no score: they rank last, as in poseval`);
  }
  if (tally.headless > 0) {
    notes.push(`${tally.headless} annotated people have a head box of no size: nothing can match them, as in poseval`);
  }
  return notes;
}

/**
 * Reads ground truth and predictions and takes PoseTrack's figures.
 *
 * @param gt A file of a sequence, or a folder of them.
 * @param pred The same, with files of equal names.
 * @throws {InputError} If a file breaks a rule of its layout, or the two do not have the same sequences and frames.
 */
export async function evaluatePosetrack(
  gt: Source,
  pred: Source,
  options: EvaluatePosetrackOptions = {},
): Promise<Evaluation> {
  const { motRules = "poseval" } = options;
  const { pairs, unused } = await pairPoseTrackFiles(gt, pred);
  const tally: Tally = { unscored: 0, headless: 0, untracked: { truth: [], predictions: [] }, tracked: 0 };
  const sequences: PoseTrackSequence[] = [];
  for (const { name, truth, predictions } of pairs) {
    const annotated = await readPoseTrackFile(truth, "truth");
    const predicted = await readPoseTrackFile(predictions, "predictions");
    sequences.push({ name, frames: joinFrames(annotated, predicted, tally) });
  }
  const notes = notesOf(tally, unused);
  const ap = posetrackAp(sequences);
  if (ap.frames === 0) throw new InputError(gt.name, "must have a frame in which somebody is annotated", "none");
  const mot = tracks(tally, pred.name, notes) ? posetrackMot(sequences, motRules) : null;
  return {
    metric: "posetrack",
    evaluator: "poseval (PoseTrack 2017, 2018, 2021)",
    settings: {
      gt: gt.name,
      pred: pred.name,
      match_distance: MATCH_DISTANCE,
      head_size: `${HEAD_SIZE_FACTOR} of the diagonal of the head box`,
      mot_rules: motRules,
    },
    figures: figures(ap, mot, sequences.length),
    tables: [
      groupTable("Average precision, %", [["AP", ap.ap], ["precision", ap.precision], ["recall", ap.recall]]),
      ...(mot === null ? [] : [
        groupTable("Tracking, %", [
          ["MOTA", mot.mota],
          ["MOTP", mot.motp],
          ["precision", mot.precision],
          ["recall", mot.recall],
        ]),
        countTable(mot.counts),
      ]),
    ],
    notes,
  };
}

function figures(ap: PoseTrackAp, mot: PoseTrackMot | null, sequences: number): Readonly<Record<string, Json>> {
  return {
    sequences,
    frames: ap.frames,
    ap: groupsAndJoints(ap.ap),
    precision: groupsAndJoints(ap.precision),
    recall: groupsAndJoints(ap.recall),
    annotated: [...ap.annotated],
    predicted: [...ap.predicted],
    ...(mot === null ? {} : {
      mota: groupsAndJoints(mot.mota),
      motp: groupsAndJoints(mot.motp),
      mot_precision: groupsAndJoints(mot.precision),
      mot_recall: groupsAndJoints(mot.recall),
      mot_counts: Object.fromEntries(posetrack15.joints.map((name, j) => [name, { ...mot.counts[j]! }])),
    }),
  };
}
