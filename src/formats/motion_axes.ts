/**
 * Axes of motion files. Points in space have camera axes here (x right, y down, z forward); TRC and BVH have y up. Half a
 * turn about x leads from the one to the other and back: (x, y, z) becomes (x, -y, -z). Both are right-handed, and somebody
 * who faces the camera faces +z in the file.
 *
 * @module
 */

/**
 * Camera axes to y-up axes, or back: the turn is its own inverse.
 *
 * @param from `[n, 3]`, any unit.
 * @param to Where to write, `[n, 3]`; may be `from`.
 * @param scale Units of the result in a unit of `from`. @default 1
 * @returns `to`.
 */
export function turnUp(from: Float64Array, to: Float64Array, scale = 1): Float64Array {
  for (let i = 0; i < from.length; i += 3) {
    to[i] = from[i]! * scale;
    to[i + 1] = 0 - from[i + 1]! * scale; // 0 - x, not -x: no negative zero in the file
    to[i + 2] = 0 - from[i + 2]! * scale;
  }
  return to;
}

const ZERO = "0".charCodeAt(0);

/**
 * A number as short text with at most `digits` decimals, never `-0` and never with an exponent below 1e21.
 *
 * @param value A finite number.
 * @param digits 1 to 20.
 */
export function decimalText(value: number, digits: number): string {
  const text = value.toFixed(digits);
  if (text.charCodeAt(text.length - 1) !== ZERO) return text;
  const short = text.replace(/\.?0+$/, "");
  return short === "-0" ? "0" : short;
}
