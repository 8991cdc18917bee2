/**
 * The test set of MPI-INF-3DHP in the npz that lifters share (`data_test_3dhp.npz`, made from `annot_data.mat`): an object
 * array `data` that is a dictionary `{TS1: {data_2d: (T, 17, 2) px, data_3d: (T, 17, 3) mm, valid: (T,)}, ...}`.
 *
 * @module
 */

import { defineSkeleton, type Skeleton } from "../../skeleton/mod.ts";
import { at, type Place, refuse } from "../fields.ts";
import { asNumbers } from "../numpy/npy_type.ts";
import type { Npz } from "../numpy/npz.ts";
import { asDictionary, asItem, asNpyArray, pickleText, type PickleValue } from "../numpy/pickle_value.ts";
import { asPoses, asSigma } from "./pose_arrays.ts";
import type { PoseRows, PoseSet, PoseTrack } from "./pose_set.ts";

/** Name of the array. */
export const THREEDHP_DATA = "data";

/**
 * The 17 "relevant" joints of the data set's evaluation code, in its order. `throat` and `head_centre` are called neck and
 * head there; they are other points than those of the same names in the layouts of this project.
 */
export const threedhp17: Skeleton = defineSkeleton({
  name: "threedhp17",
  joints: [
    "head_top",
    "throat",
    "right_shoulder",
    "right_elbow",
    "right_wrist",
    "left_shoulder",
    "left_elbow",
    "left_wrist",
    "right_hip",
    "right_knee",
    "right_ankle",
    "left_hip",
    "left_knee",
    "left_ankle",
    "pelvis",
    "spine",
    "head_centre",
  ],
  parents: [16, 15, 1, 2, 3, 1, 5, 6, 14, 8, 9, 14, 11, 12, -1, 14, 1],
  pairs: [[5, 2], [6, 3], [7, 4], [11, 8], [12, 9], [13, 10]],
  childrenFirst: "the order is that of the evaluation code, which begins at the head",
});

/** A sequence of the test set. */
export interface ThreedhpSequence {
  /** `TS1` to `TS6`. */
  readonly name: string;
  /** How many frames. */
  readonly frames: number;
  /** Rising indices of the frames that count. */
  readonly valid: Int32Array;
  /** `[frames, 17, 3]`, mm. */
  readonly values: Float64Array;
}

/**
 * Reads the ground truth.
 *
 * @param npz The opened archive.
 * @throws {InputError} If it has not that layout, a sequence has no valid frame, or a valid frame is not finite.
 */
export async function readThreedhpTruth(npz: Npz): Promise<readonly ThreedhpSequence[]> {
  const place = npz.place(THREEDHP_DATA);
  const root = asDictionary(asItem(await npz.array(THREEDHP_DATA), place), place);
  if (root.size === 0) refuse(place, "must hold at least one sequence", "none");
  return [...root].map(([key, entry]): ThreedhpSequence => {
    const where = at(place, String(key));
    const fields = asDictionary(entry, where);
    const { values, frames, hypotheses } = asPoses(fields.get("data_3d"), at(where, "data_3d"), [17], "holes");
    if (hypotheses > 1) refuse(at(where, "data_3d"), "must hold one pose a frame", `${hypotheses}`);
    const flags = asFlags(fields.get("valid"), at(where, "valid"), frames);
    const valid = Int32Array.from(flags.keys()).filter((frame) => flags[frame] !== 0);
    if (valid.length === 0) refuse(at(where, "valid"), "must mark at least one frame", "none");
    const broken = valid.find((frame) => values.subarray(frame * 51, frame * 51 + 51).some(Number.isNaN));
    if (broken !== undefined) refuse(at(where, "data_3d"), `must be finite in valid frames (frame ${broken})`, NaN);
    return { name: String(key), frames, valid, values };
  });
}

/** One 0 or 1 for each frame; `(T, 1)` and `(1, T)` pass as the files of MATLAB have them. */
function asFlags(value: PickleValue | undefined, place: Place, frames: number): Float64Array {
  const array = asNpyArray(value, place);
  const flags = asNumbers(array, place);
  if (flags.length !== frames || array.shape.filter((size) => size !== 1).length > 1) {
    refuse(place, `must hold one value for each of ${frames} frames`, pickleText(array));
  }
  const wrong = flags.find((flag) => flag !== 0 && flag !== 1);
  if (wrong !== undefined) refuse(place, "must hold 0 and 1", wrong);
  return flags;
}

/**
 * Reads predictions: an array for each sequence, `(frames, 17, 3)` or with hypotheses before the frames, as plain arrays
 * named `TS1`, `TS2`, ... (`sigma_TS1` beside it where there are deviations), or in a dictionary `data` like the ground
 * truth's, or `{TS1: poses}`. The frames are all of the sequence, or the valid ones only.
 *
 * @param npz The opened archive.
 * @param unit Unit of its numbers, metres.
 * @throws {InputError} If it has not that layout. NaN passes as missing.
 */
export async function readThreedhpPredictions(npz: Npz, unit: number): Promise<PoseSet> {
  const tracks: PoseTrack[] = [];
  const add = (name: string, poses: PickleValue | undefined, where: Place, sigma: PickleValue | undefined) => {
    const { frames, hypotheses, values } = asPoses(poses, where, [17], "holes");
    const own = sigma === undefined ? null : asSigma(sigma, at(where, "sigma"), frames, 17);
    const rows: PoseRows = {
      frames,
      hypotheses,
      values: values.map((value) => value * unit),
      indices: null,
      sigma: own === null ? null : own.map((value) => value * unit),
    };
    tracks.push({ label: name, key: { subject: name, action: "", camera: null }, person: null, load: () => rows });
  };
  if (npz.names.includes(THREEDHP_DATA)) {
    const place = npz.place(THREEDHP_DATA);
    for (const [key, value] of asDictionary(asItem(await npz.array(THREEDHP_DATA), place), place)) {
      const where = at(place, String(key));
      if (value instanceof Map) add(String(key), value.get("data_3d"), at(where, "data_3d"), value.get("sigma_3d"));
      else add(String(key), value, where, undefined);
    }
  } else {
    for (const name of npz.names.filter((entry) => !entry.startsWith("sigma_"))) {
      const sigma = npz.names.includes(`sigma_${name}`) ? await npz.array(`sigma_${name}`) : undefined;
      add(name, await npz.array(name), npz.place(name), sigma);
    }
  }
  if (tracks.length === 0) refuse(npz.place(THREEDHP_DATA), "must hold at least one sequence", "none");
  return { name: npz.name, layout: "3dhp npz", skeleton: threedhp17, fps: null, tracks };
}
