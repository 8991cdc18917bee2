/** Archives, arrays and pose sets in memory. */
import { type Place, refuse, rootPlace } from "../../src/formats/fields.ts";
import type { NpyArray } from "../../src/formats/numpy/npy_type.ts";
import type { Npz } from "../../src/formats/numpy/npz.ts";
import type { PickleValue } from "../../src/formats/numpy/pickle_value.ts";
import type { PoseRows, PoseSet, PoseTrack, TrackKey } from "../../src/formats/truth/pose_set.ts";
import { h36m17, type Skeleton } from "../../src/skeleton/mod.ts";

/** An array of float64. Without values each number is its own index over 100, so that none repeats. */
export function floats(shape: readonly number[], values?: readonly number[]): NpyArray {
  const count = shape.reduce((product, size) => product * size, 1);
  const numbers = values ?? Array.from({ length: count }, (_, i) => i / 100);
  return { type: { kind: "f", bytes: 8, little: true }, shape, values: Float64Array.from(numbers) };
}

/** A dictionary. */
export function dictionary(entries: Readonly<Record<string, PickleValue>>): ReadonlyMap<string, PickleValue> {
  return new Map(Object.entries(entries));
}

/** An object array that holds one value, as `np.savez` makes it of a dictionary. */
export function boxed(value: PickleValue): NpyArray {
  return { type: { kind: "O", bytes: 0, little: true }, shape: [], values: [value] };
}

/** An opened archive of the arrays. */
export function archive(arrays: Readonly<Record<string, NpyArray>>, name = "a.npz"): Npz {
  const place = (array: string): Place => ({ parent: rootPlace(name), key: array });
  const unused = (): never => {
    throw new Error("not used by readers of whole arrays");
  };
  return {
    name,
    names: Object.keys(arrays),
    place,
    header: unused,
    rows: unused,
    array: (wanted) =>
      Promise.resolve(arrays[wanted] ?? refuse(rootPlace(name), `must have an array ${wanted}`, "none")),
  };
}

/** Rows of one hypothesis without indices and deviations, unless given. */
export function rows(values: ArrayLike<number>, joints: number, more: Partial<PoseRows> = {}): PoseRows {
  const { hypotheses = 1 } = more;
  return {
    frames: values.length / (joints * 3 * hypotheses),
    hypotheses,
    values: Float64Array.from(values),
    indices: null,
    sigma: null,
    ...more,
  };
}

/** A track of a data set, or a person. */
export function track(name: TrackKey | number | null, own: PoseRows): PoseTrack {
  const key = typeof name === "object" ? name : null;
  const label = key === null ? `person ${name}` : `${key.subject}, ${key.action}, ${key.camera}`;
  return { label, key, person: typeof name === "number" ? name : null, load: () => own };
}

/** A file of tracks. */
export function poseSet(tracks: readonly PoseTrack[], name = "poses.npz", skeleton: Skeleton = h36m17): PoseSet {
  return { name, layout: "test", skeleton, fps: null, tracks };
}
