/**
 * Human3.6M poses in the layout of VideoPose3D: an object array `positions_3d` that is a dictionary
 * `{subject: {action: poses}}`. As ground truth (`data_3d_h36m.npz`) the poses are `(frames, 32, 3)`, metres, world axes.
 * As predictions they are `(frames, 17, 3)` or `(hypotheses, frames, 17, 3)`, or a list with one such array for each camera.
 *
 * @module
 */

import { h36m17 } from "../../skeleton/mod.ts";
import { at, type Place, refuse } from "../fields.ts";
import { type CameraTable, toCamera } from "./h36m_cameras.ts";
import type { Npz } from "../numpy/npz.ts";
import { asDictionary, asItem, isNpyArray, pickleText, type PickleValue } from "../numpy/pickle_value.ts";
import { asPoses, asSigma, type PoseArray } from "./pose_arrays.ts";
import { keyLabel, type PoseRows, type PoseSet, type PoseTrack, type TrackKey } from "./pose_set.ts";

/** Name of the array of poses. */
export const POSITIONS = "positions_3d";
/** Name of the optional array of standard deviations, `{subject: {action: (frames, 17)}}` or a list of those, metres. */
export const SIGMAS = "sigma_3d";
/** The subjects that results are given for. */
export const H36M_TEST_SUBJECTS: readonly string[] = Object.freeze(["S9", "S11"]);
/** Frames a second of the data set after VideoPose3D's preparation. */
export const H36M_FPS = 50;

/** Joints of the 32 that are left out: doubles of others, fingers, toes, ends. The other 17 are in the order of h36m17. */
const REMOVED: readonly number[] = [4, 5, 9, 10, 11, 16, 20, 21, 22, 23, 24, 28, 29, 30, 31];
/** The 17 that stay. */
export const H36M_KEPT: readonly number[] = Object.freeze(
  Array.from({ length: 32 }, (_, joint) => joint).filter((joint) => !REMOVED.includes(joint)),
);

/** The action of a clip: `Directions 1` and `Directions` (its first and second take) are both `Directions`. */
export function actionOf(clip: string): string {
  return clip.split(/[ _]/)[0]!;
}

/** The values of the 17 joints, `[frames, 17, 3]`. */
function seventeen({ values, frames, joints }: PoseArray): Float64Array {
  if (joints === 17) return values;
  const kept = new Float64Array(frames * 51);
  for (let frame = 0; frame < frames; frame++) {
    H36M_KEPT.forEach((from, to) => {
      for (let c = 0; c < 3; c++) kept[(frame * 17 + to) * 3 + c] = values[(frame * 32 + from) * 3 + c]!;
    });
  }
  return kept;
}

function trackOf(key: TrackKey, load: () => PoseRows): PoseTrack {
  return { label: keyLabel(key), key, person: null, load };
}

/** Every clip of a dictionary of dictionaries. */
function* clipsOf(root: PickleValue, place: Place): Generator<[string, string, PickleValue, Place]> {
  const subjects = asDictionary(root, place);
  if (subjects.size === 0) refuse(place, "must hold at least one subject", "none");
  for (const [subject, actions] of subjects) {
    const where = at(place, String(subject));
    const entries = asDictionary(actions, where);
    if (entries.size === 0) refuse(where, "must hold at least one action", "none");
    for (const [action, value] of entries) yield [String(subject), String(action), value, at(where, String(action))];
  }
}

/** What the ground truth is read for. */
export interface H36mTruthOptions {
  /** Where the cameras stand. */
  readonly cameras: CameraTable;
  /** Subjects that are kept. @default S9 and S11 where the file has one of them, else all */
  readonly subjects?: readonly string[];
}

/**
 * Reads `data_3d_h36m.npz`.
 *
 * @param npz The opened archive.
 * @param options Cameras and subjects.
 * @returns A track for each clip in world axes and one for each camera, 17 joints.
 * @throws {InputError} If it has not that layout, lacks a subject, or a value is not finite.
 */
export async function readH36mTruth(npz: Npz, options: H36mTruthOptions): Promise<PoseSet> {
  const { cameras } = options;
  const place = npz.place(POSITIONS);
  const root = asItem(await npz.array(POSITIONS), place);
  const known = [...asDictionary(root, place).keys()].map(String);
  const test = known.filter((subject) => H36M_TEST_SUBJECTS.includes(subject));
  const subjects = options.subjects ?? (test.length > 0 ? test : known);
  const absent = subjects.find((subject) => !known.includes(subject));
  if (absent !== undefined) refuse(place, `must have subject ${absent}`, known.join(", "));
  const tracks: PoseTrack[] = [];
  for (const [subject, action, value, where] of clipsOf(root, place)) {
    if (!subjects.includes(subject)) continue;
    const poses = asPoses(value, where, [32, 17], "finite");
    if (poses.hypotheses > 1) refuse(where, "must hold one pose a frame", pickleText(value));
    const world = seventeen(poses);
    const rows = (values: Float64Array): PoseRows => ({
      frames: poses.frames,
      hypotheses: 1,
      values,
      indices: null,
      sigma: null,
    });
    tracks.push(trackOf({ subject, action, camera: null }, () => rows(world)));
    for (const camera of cameras[subject] ?? []) {
      tracks.push(trackOf({ subject, action, camera: camera.id }, () => rows(toCamera(world, camera))));
    }
  }
  return { name: npz.name, layout: "h36m npz (positions_3d)", skeleton: h36m17, fps: H36M_FPS, tracks };
}

/** The entries of a list with one value a camera; a value that is no list belongs to no camera. */
function byCamera(
  value: PickleValue,
  place: Place,
  ids: readonly string[],
): readonly [string | null, PickleValue, Place][] {
  const objects = typeof value === "object" && value !== null && isNpyArray(value) && value.type.kind === "O";
  const list = Array.isArray(value) ? value as readonly PickleValue[] : objects ? value.values as PickleValue[] : null;
  if (list === null) return [[null, value, place]];
  if (list.length !== ids.length) {
    refuse(place, `must hold poses for each of ${ids.length} cameras`, `${list.length} entries`);
  }
  return list.map((item, i) => [ids[i]!, item, at(place, i)]);
}

/**
 * Reads predictions for Human3.6M.
 *
 * @param npz The opened archive: `positions_3d`, and `sigma_3d` where there are deviations.
 * @param cameraIds Names of the cameras of a subject in the order of the lists.
 * @returns A track for each clip, or for each camera of it. NaN passes as missing.
 * @throws {InputError} If it has not that layout.
 */
export async function readH36mPredictions(
  npz: Npz,
  cameraIds: (subject: string) => readonly string[],
): Promise<PoseSet> {
  const place = npz.place(POSITIONS);
  const root = asItem(await npz.array(POSITIONS), place);
  const sigmaPlace = npz.place(SIGMAS);
  const sigmas = npz.names.includes(SIGMAS) ? asItem(await npz.array(SIGMAS), sigmaPlace) : null;
  const tracks: PoseTrack[] = [];
  for (const [subject, action, value, where] of clipsOf(root, place)) {
    const ids = cameraIds(subject);
    const sigmaWhere = at(at(sigmaPlace, subject), action);
    const deviations = sigmas === null ? null : byCamera(
      asDictionary(asDictionary(sigmas, sigmaPlace).get(subject), at(sigmaPlace, subject)).get(action) ?? null,
      sigmaWhere,
      ids,
    );
    byCamera(value, where, ids).forEach(([camera, item, itemPlace], i) => {
      const { frames, hypotheses, values } = asPoses(item, itemPlace, [17], "holes");
      const own = deviations === null
        ? null
        : asSigma(deviations[i]?.[1], deviations[i]?.[2] ?? sigmaWhere, frames, 17);
      const rows = { frames, hypotheses, values, indices: null, sigma: own };
      tracks.push(trackOf({ subject, action, camera }, () => rows));
    });
  }
  return { name: npz.name, layout: "h36m npz (positions_3d)", skeleton: h36m17, fps: null, tracks };
}
