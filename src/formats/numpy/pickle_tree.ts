/**
 * Checks what came out of a pickle: a tree that may be walked.
 *
 * @module
 */

import { type Place, refuseAs } from "../fields.ts";
import { isFinished, type Item } from "./pickle_numpy.ts";
import { isNpyArray, type PickleValue } from "./pickle_value.ts";

/** How much a pickle may ask for. */
export interface PickleLimits {
  /** Most instructions. */
  readonly instructions: number;
  /** Most values that lie on the stack at a time. */
  readonly stack: number;
  /** Deepest nesting of lists and dictionaries. */
  readonly depth: number;
  /** Most values of the result, counted as often as they are referred to. */
  readonly values: number;
}

/**
 * Checks that a result is finished, and a tree that may be walked. A cycle is endlessly deep.
 *
 * @param root The result.
 * @param place The pickle, for messages.
 * @param limits `depth` and `values`.
 * @throws {InputError} If it is deeper, larger, or holds a part of an array on its own.
 */
export function checkTree(root: Item, place: Place, limits: PickleLimits): PickleValue {
  const known = new Map<object, { readonly depth: number; readonly size: number }>();
  const visit = (item: Item, level: number): { readonly depth: number; readonly size: number } => {
    if (!isFinished(item)) refuseAs(place, "must hold finished values", "a part of an array on its own");
    if (typeof item !== "object" || item === null || item instanceof Uint8Array) return { depth: 0, size: 1 };
    const seen = known.get(item);
    if (level + (seen?.depth ?? 0) > limits.depth) {
      refuseAs(place, `must be at most ${limits.depth} levels deep`, "deeper");
    }
    if (seen !== undefined) return seen;
    let depth = 0;
    let size = 1;
    const children: Iterable<Item> = isNpyArray(item)
      ? item.type.kind === "O" ? item.values as readonly PickleValue[] : []
      : item.values();
    for (const child of children) {
      const below = visit(child, level + 1);
      depth = Math.max(depth, below.depth + 1);
      size += below.size;
      if (size > limits.values) refuseAs(place, `must hold at most ${limits.values} values`, "more");
    }
    const found = { depth, size };
    known.set(item, found);
    return found;
  };
  visit(root, 0);
  return root as PickleValue;
}
