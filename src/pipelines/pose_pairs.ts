/**
 * Which prediction belongs to which truth: tracks by data-set name or by identity, rows by frame, joints by name.
 *
 * @module
 */
import { InputError } from "../core/errors.ts";
import { keyLabel, type PoseRows, type PoseSet, type PoseTrack, type TrackKey } from "../formats/truth/pose_set.ts";
import type { Skeleton } from "../skeleton/mod.ts";

/** A track beside its truth. */
export interface TrackPair {
  /** For messages and tables. */
  readonly label: string;
  /** Ground truth. */
  readonly truth: PoseTrack;
  /** Predictions. */
  readonly pred: PoseTrack;
}

/** What the user says about the predictions. */
export interface PairOptions {
  /** Name in the data set of a prediction that does not say it. Parts that are not given are taken from the file. */
  readonly key?: Partial<TrackKey>;
  /** The only person of the predictions that is evaluated. */
  readonly person?: number;
  /** The only person of the ground truth that is evaluated. */
  readonly truthPerson?: number;
}

/** Tracks beside each other. */
export interface TrackPairs {
  /** At least one. */
  readonly pairs: readonly TrackPair[];
  /** Labels of tracks of the ground truth that no prediction names. */
  readonly absent: readonly string[];
}

/** Actions are spelt `Directions 1` in some files and `Directions_1` in others. */
function spelling(key: TrackKey): string {
  return JSON.stringify([key.subject, key.action.replaceAll("_", " "), key.camera]);
}

function listed(tracks: readonly PoseTrack[]): string {
  const shown = tracks.slice(0, 6).map(({ label }) => label).join("; ");
  return tracks.length > 6 ? `${shown}; ... (${tracks.length})` : shown;
}

/** One track of a file that should have one, or the one with an identity. */
function onlyTrack(set: PoseSet, person: number | undefined, flag: string): PoseTrack {
  const tracks = person === undefined ? set.tracks : set.tracks.filter((track) => track.person === person);
  if (tracks.length === 1) return tracks[0]!;
  const rule = person === undefined
    ? `must hold one person, or say which one with ${flag}`
    : `must hold the person that ${flag} names (${person})`;
  throw new InputError(set.name, rule, listed(set.tracks));
}

function pairByKey(truth: PoseSet, preds: readonly PoseTrack[], name: string): TrackPairs {
  const known = new Map(truth.tracks.map((track) => [spelling(track.key!), track]));
  const used = new Set<PoseTrack>();
  const pairs = preds.map((pred): TrackPair => {
    const found = known.get(spelling(pred.key!));
    if (found === undefined) {
      throw new InputError(`${name}, ${pred.label}`, `must be a clip of ${truth.name}`, listed(truth.tracks));
    }
    if (used.has(found)) throw new InputError(name, "must hold every clip once", pred.label);
    used.add(found);
    return { label: found.label, truth: found, pred };
  });
  // World axes and camera axes are two views of a clip: only the view that was predicted can be absent.
  const world = pairs.every(({ truth: { key } }) => key!.camera === null);
  const absent = truth.tracks.filter((track) => !used.has(track) && (track.key!.camera === null) === world);
  return { pairs, absent: absent.map(({ label }) => label) };
}

function pairByPerson(truth: PoseSet, pred: PoseSet, options: PairOptions): TrackPairs {
  const { person, truthPerson } = options;
  const single = (set: PoseSet): boolean => set.tracks.length === 1;
  if (person !== undefined || truthPerson !== undefined || (single(truth) && single(pred))) {
    const pair = { truth: onlyTrack(truth, truthPerson, "--gt-person"), pred: onlyTrack(pred, person, "--person") };
    return { pairs: [{ label: pair.pred.label, ...pair }], absent: [] };
  }
  const known = new Map(truth.tracks.map((track) => [track.person, track]));
  const pairs = pred.tracks.map((track): TrackPair => {
    const found = known.get(track.person);
    if (found === undefined) {
      const rule = `must have the identities of ${truth.name}, or say who is who with --person and --gt-person`;
      throw new InputError(`${pred.name}, ${track.label}`, rule, `${truth.name} has ${listed(truth.tracks)}`);
    }
    return { label: track.label, truth: found, pred: track };
  });
  const absent = truth.tracks.filter((track) => !pairs.some((pair) => pair.truth === track));
  return { pairs, absent: absent.map(({ label }) => label) };
}

/**
 * Puts every track of the predictions beside its truth.
 *
 * @param truth Ground truth.
 * @param pred Predictions.
 * @param options What the files do not say.
 * @throws {InputError} If a track has no truth, or it is not clear which.
 */
export function pairTracks(truth: PoseSet, pred: PoseSet, options: PairOptions = {}): TrackPairs {
  const { key } = options;
  if (truth.tracks.every((track) => track.key === null)) {
    if (pred.tracks.length > 1 && pred.tracks.some((track) => track.key !== null)) {
      throw new InputError(truth.name, "must name its clips as the predictions do (a data set)", listed(pred.tracks));
    }
    return pairByPerson(truth, pred, options);
  }
  const named = (track: PoseTrack): PoseTrack => {
    const { subject = key?.subject, action = key?.action ?? "" } = track.key ?? {};
    const camera = track.key?.camera ?? key?.camera ?? null;
    if (subject === undefined) {
      const rule = "must say which clip of the data set it is: by its file name, or --subject, --action and --camera";
      throw new InputError(pred.name, rule, track.label);
    }
    const full = { subject, action, camera };
    return { ...track, key: full, label: keyLabel(full) };
  };
  const keyed = pred.tracks.every((track) => track.key !== null);
  const preds = keyed ? pred.tracks : [onlyTrack(pred, options.person, "--person")];
  return pairByKey(truth, preds.map(named), pred.name);
}

/** Rows that are compared. */
export interface RowPairs {
  /** Rows of the truth. */
  readonly truth: Int32Array;
  /** Rows of the predictions, as many. */
  readonly pred: Int32Array;
  /** Frame index of each. */
  readonly indices: Int32Array;
  /** Frames of the truth that have no prediction. */
  readonly missing: number;
  /** Frames of the predictions that have no truth. */
  readonly extra: number;
}

/**
 * Puts frames beside each other: by index where the predictions have indices, else one by one.
 *
 * @param truth Ground truth.
 * @param pred Predictions.
 * @param name The predictions' file and track, for messages.
 * @throws {InputError} If the numbers of frames differ where there are no indices, or no frame is shared.
 */
export function pairRows(truth: PoseRows, pred: PoseRows, name: string): RowPairs {
  const count = (length: number): Int32Array => Int32Array.from({ length }, (_, i) => i);
  if (pred.indices === null) {
    if (truth.frames !== pred.frames) {
      throw new InputError(name, `must have as many frames as the ground truth (${truth.frames})`, `${pred.frames}`);
    }
    const rows = count(truth.frames);
    return { truth: rows, pred: rows, indices: truth.indices ?? rows, missing: 0, extra: 0 };
  }
  const truthIndices = truth.indices ?? count(truth.frames);
  const rowOf = new Map(Array.from(truthIndices, (index, row) => [index, row]));
  const shared = count(pred.frames).filter((row) => rowOf.has(pred.indices![row]!));
  if (shared.length === 0) {
    const range = (list: Int32Array): string => `${list[0]} to ${list.at(-1)}`;
    throw new InputError(name, `must have frames of the truth (${range(truthIndices)})`, range(pred.indices));
  }
  return {
    truth: shared.map((row) => rowOf.get(pred.indices![row]!)!),
    pred: shared,
    indices: shared.map((row) => pred.indices![row]!),
    missing: truth.frames - shared.length,
    extra: pred.frames - shared.length,
  };
}

/** A joint that both layouts have. */
export interface SharedJoint {
  /** Its name. */
  readonly name: string;
  /** Index in the truth. */
  readonly truth: number;
  /** Index in the predictions. */
  readonly pred: number;
}

/**
 * The joints that both layouts really have, in the order of the truth. Joints of one name are one point of the body; nothing
 * is derived, as a derived joint would be scored instead of a predicted one.
 *
 * @throws {InputError} If there is none.
 */
export function sharedJoints(truth: Skeleton, pred: Skeleton, name: string): readonly SharedJoint[] {
  const shared = truth.joints.flatMap((joint, index): SharedJoint[] => {
    const other = pred.joints.indexOf(joint);
    return other < 0 ? [] : [{ name: joint, truth: index, pred: other }];
  });
  if (shared.length > 0) return shared;
  throw new InputError(name, `must have joints of the ground truth's layout (${truth.name})`, pred.name);
}
