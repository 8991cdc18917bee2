/**
 * Which layout a file has, by the names of its joints.
 *
 * @module
 */

import { fileNames, type LayoutName, layouts } from "../skeleton/layouts.ts";
import type { Skeleton } from "../skeleton/skeleton.ts";
import { asArray, asString, at, type Place, refuse } from "./fields.ts";

const NAMES = Object.keys(layouts) as LayoutName[];

/**
 * The layout whose joints have these names, in this order: those of the layout, or as its own files spell them.
 *
 * @param value The list of names.
 * @param place Where it stands.
 * @throws {InputError} If no layout has them: other joints under the same numbers would go unseen.
 */
export function layoutOfNames(value: unknown, place: Place): Skeleton {
  const names = asArray(value, place).map((name, joint) => asString(name, at(place, joint)));
  const matches = (list: readonly string[]) =>
    list.length === names.length && list.every((name, joint) => name === names[joint]);
  const found = NAMES.find((name) => matches(layouts[name].joints) || matches(fileNames[name]));
  return found === undefined
    ? refuse(place, `must be the joints of a known layout in its order (${NAMES.join(", ")})`, names)
    : layouts[found];
}

/** How the files of a layout's own data set spell its joints. */
export function namesInFiles(skeleton: Skeleton): readonly string[] {
  return fileNames[skeleton.name as LayoutName] ?? skeleton.joints;
}
