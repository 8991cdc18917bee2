/**
 * Arrays of 3D poses out of numpy files, checked.
 *
 * @module
 */

import { type Place, refuse } from "../fields.ts";
import { asNumbers, type NpyArray } from "../numpy/npy_type.ts";
import { asNpyArray, pickleText, type PickleValue } from "../numpy/pickle_value.ts";

/** An array of poses. */
export interface PoseArray {
  /** 1 for `[frames, joints, 3]`. */
  readonly hypotheses: number;
  /** How many frames. */
  readonly frames: number;
  /** How many joints. */
  readonly joints: number;
  /** `[hypotheses, frames, joints, 3]`, unit of the file. */
  readonly values: Float64Array;
}

/**
 * Checks that an array holds poses: `(frames, joints, 3)`, or `(hypotheses, frames, joints, 3)`.
 *
 * @param value An array out of a numpy file.
 * @param place Where it stands.
 * @param joints The numbers of joints that are allowed.
 * @param rule `"finite"` refuses NaN and infinite values, `"holes"` lets NaN pass as missing.
 * @throws {InputError} If the shape is another, it has no frames, or a value is not finite.
 */
export function asPoses(
  value: PickleValue | undefined,
  place: Place,
  joints: readonly number[],
  rule: "finite" | "holes",
): PoseArray {
  const array: NpyArray = asNpyArray(value, place);
  const { shape } = array;
  const many = shape.length === 4;
  const [frames, count, axes] = many ? shape.slice(1) : shape;
  if (!many && shape.length !== 3 || axes !== 3 || !joints.includes(count!)) {
    const wanted = joints.map((number) => `(frames, ${number}, 3)`).join(" or ");
    refuse(place, `must be of shape ${wanted}, or have hypotheses before the frames`, pickleText(array));
  }
  if (frames === 0 || shape[0] === 0) refuse(place, "must hold at least one frame", pickleText(array));
  const values = asNumbers(array, place);
  const wrong = values.findIndex((number) => !(Number.isFinite(number) || (rule === "holes" && Number.isNaN(number))));
  if (wrong >= 0) {
    const point = Math.floor(wrong / 3);
    const frame = Math.floor(point / count!) % frames!;
    refuse(place, `must hold finite numbers (frame ${frame}, joint ${point % count!})`, values[wrong]!);
  }
  return { hypotheses: many ? shape[0]! : 1, frames: frames!, joints: count!, values };
}

/**
 * Standard deviations `(frames, joints)`, finite and at least 0; NaN passes as missing.
 *
 * @throws {InputError} If shape or values break the rule.
 */
export function asSigma(value: PickleValue | undefined, place: Place, frames: number, joints: number): Float64Array {
  const array = asNpyArray(value, place);
  if (array.shape.length !== 2 || array.shape[0] !== frames || array.shape[1] !== joints) {
    refuse(place, `must be of shape (${frames}, ${joints}), as the poses are`, pickleText(array));
  }
  const values = asNumbers(array, place);
  const wrong = values.find((number) => number < 0 || number === Infinity);
  if (wrong !== undefined) refuse(place, "must hold finite numbers of at least 0", wrong);
  return values;
}
