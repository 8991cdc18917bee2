/**
 * Bytes and a header to an array in C order.
 *
 * @module
 */

import { type Place, refuseAs } from "../fields.ts";
import { countOf, type NpyHeader } from "./npy_header.ts";
import { decodeValues, type NpyArray, type NpyValues } from "./npy_type.ts";

/** Values whose first index runs fastest, in C order. */
function toRowMajor<V extends NpyValues>(values: V, shape: readonly number[]): V {
  const moved = values.slice() as unknown as (number | string)[];
  const index = shape.map(() => 0);
  for (let to = 0; to < values.length; to++) {
    let from = 0;
    for (let axis = shape.length - 1; axis >= 0; axis--) from = from * shape[axis]! + index[axis]!;
    moved[to] = values[from] as number | string;
    for (let axis = shape.length - 1; axis >= 0 && ++index[axis]! === shape[axis]; axis--) index[axis] = 0;
  }
  return moved as unknown as V;
}

/**
 * The values of an array from its bytes.
 *
 * @param bytes Its elements, and nothing else.
 * @param header What its header says; `offset` is not looked at.
 * @param place The array, for messages.
 * @throws {InputError} If there are more or fewer bytes than the shape asks for.
 */
export function npyArray(
  bytes: Uint8Array,
  header: Pick<NpyHeader, "type" | "shape" | "fortran">,
  place: Place,
): NpyArray {
  const { type, shape, fortran } = header;
  const count = countOf(shape);
  if (bytes.length !== count * type.bytes) {
    const rule = `must hold ${count * type.bytes} bytes for its shape (${shape.join(", ")})`;
    refuseAs(place, rule, `${bytes.length} bytes`);
  }
  const values = decodeValues(bytes, type, count, place);
  return { type, shape, values: fortran && shape.length > 1 ? toRowMajor(values, shape) : values };
}
