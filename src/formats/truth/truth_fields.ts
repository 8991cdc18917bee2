/**
 * Checked fields of annotations and predictions that are to be scored: nothing is mended, clamped or left out on the way.
 *
 * @module
 */

import { fileNames, layouts } from "../../skeleton/layouts.ts";
import { asArray, asNumber, asString, at, type Place, refuse } from "../fields.ts";

/** Left, top, width, height, px. */
export type TruthBox = readonly [number, number, number, number];

/**
 * The values themselves, `[J, 3]`, once all are known to be finite numbers.
 *
 * @param value Out of JSON.
 * @param place Where it stands.
 * @param joints J.
 * @throws {InputError} If there are more or fewer, or one is no finite number.
 */
export function asTruthTriples(value: unknown, place: Place, joints: number): readonly number[] {
  const flat = asArray(value, place);
  if (flat.length !== joints * 3) {
    const had = flat.length % 3 === 0 ? `${flat.length} numbers (${flat.length / 3} joints)` : `${flat.length} numbers`;
    refuse(place, `must be ${joints * 3} numbers, x, y and a third for each of ${joints} joints`, had);
  }
  for (let i = 0; i < flat.length; i++) if (!Number.isFinite(flat[i])) asNumber(flat[i], at(place, i));
  return flat as readonly number[];
}

/** Left and right joints have the same name everywhere; head and neck are spelt in many ways, and are not compared. */
function isSided(name: string): boolean {
  return /^(left|right)_/.test(name);
}

/** Every name that a joint has in a layout or in its files. */
const KNOWN: ReadonlySet<string> = new Set([
  ...Object.values(layouts).flatMap(({ joints }) => joints),
  ...Object.values(fileNames).flat(),
]);

/**
 * Refuses a category with other joints than the layout's, or in another order: 17 joints may be those of PoseTrack, and
 * all figures would be wrong without a sign of it. Names that no layout has say nothing and are taken.
 *
 * @param value The category's `keypoints`, a list of names; case and the kind of blanks do not count.
 * @param place Where it stands.
 * @param joints Names of the layout.
 * @throws {InputError} If there are more or fewer, or one is the name of another joint.
 */
export function checkTruthJoints(value: unknown, place: Place, joints: readonly string[]): void {
  const names = asArray(value, place);
  if (names.length !== joints.length) refuse(place, `must name ${joints.length} joints`, `${names.length} joints`);
  joints.forEach((joint, j) => {
    const name = asString(names[j], at(place, j)).toLowerCase().replace(/[\s-]+/g, "_");
    if (name === joint || !KNOWN.has(name) || (!isSided(name) && !isSided(joint))) return;
    refuse(at(place, j), `must be "${joint}", as this metric counts the joints in that order`, names[j]);
  });
}
