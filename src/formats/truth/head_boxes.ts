/**
 * Head boxes of annotated people, in a file of COCO's form.
 *
 * @module
 */

import { asArray, asBox, asObject, at, isAbsent, type Place, refuse } from "../fields.ts";
import type { TruthBox } from "./truth_fields.ts";

/**
 * Reads the `head_bbox` of each annotation, or PoseTrack's `bbox_head`: left, top, width, height, px.
 *
 * @param value The JSON: `{ annotations: [{ head_bbox, … }] }`.
 * @param place The file.
 * @returns One an annotation, in the order of the file; null where it has none.
 * @throws {InputError} If one is no box, or has no size.
 */
export function readHeadBoxes(value: unknown, place: Place): (TruthBox | null)[] {
  const list = at(place, "annotations");
  return asArray(asObject(value, place).annotations, list).map((one, i) => {
    const fields = asObject(one, at(list, i));
    const key = isAbsent(fields.head_bbox) ? "bbox_head" : "head_bbox";
    if (isAbsent(fields[key])) return null;
    const here = at(at(list, i), key);
    const box = asBox(fields[key], here);
    if (box[2] === 0 && box[3] === 0) refuse(here, "must have a size: distances are measured by it", fields[key]);
    return box;
  });
}
