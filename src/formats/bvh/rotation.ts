/**
 * Rotations as 3x3 matrices, row after row in nine numbers. They turn column vectors.
 *
 * @module
 */

/** Nine numbers, row after row. Plain arrays: a frame makes a hundred of them, and typed ones are ten times as dear to make. */
export type Rotation = readonly number[];

/** Three numbers. */
export type Vector = readonly [x: number, y: number, z: number];

/** Below this two unit vectors are taken for opposite: the axis between them is undetermined. */
const OPPOSITE = 1e-12;
/** Vectors shorter than this have no direction: a thousandth of a micrometre for points in metres. */
const NO_LENGTH = 1e-9;

/** A new rotation that turns nothing. */
export function identity(): Rotation {
  return [1, 0, 0, 0, 1, 0, 0, 0, 1];
}

/** `a` after `b`: the matrix product a·b. */
export function product(a: Rotation, b: Rotation): Rotation {
  const [a0, a1, a2, a3, a4, a5, a6, a7, a8] = [a[0]!, a[1]!, a[2]!, a[3]!, a[4]!, a[5]!, a[6]!, a[7]!, a[8]!];
  const [b0, b1, b2, b3, b4, b5, b6, b7, b8] = [b[0]!, b[1]!, b[2]!, b[3]!, b[4]!, b[5]!, b[6]!, b[7]!, b[8]!];
  return [
    a0 * b0 + a1 * b3 + a2 * b6,
    a0 * b1 + a1 * b4 + a2 * b7,
    a0 * b2 + a1 * b5 + a2 * b8,
    a3 * b0 + a4 * b3 + a5 * b6,
    a3 * b1 + a4 * b4 + a5 * b7,
    a3 * b2 + a4 * b5 + a5 * b8,
    a6 * b0 + a7 * b3 + a8 * b6,
    a6 * b1 + a7 * b4 + a8 * b7,
    a6 * b2 + a7 * b5 + a8 * b8,
  ];
}

/** The rotation back: the transpose. */
export function inverse(a: Rotation): Rotation {
  return [a[0]!, a[3]!, a[6]!, a[1]!, a[4]!, a[7]!, a[2]!, a[5]!, a[8]!];
}

/** The vector, turned. */
export function turned(a: Rotation, [x, y, z]: Vector): Vector {
  return [
    a[0]! * x + a[1]! * y + a[2]! * z,
    a[3]! * x + a[4]! * y + a[5]! * z,
    a[6]! * x + a[7]! * y + a[8]! * z,
  ];
}

/** The vector at length 1; null where it has no direction. */
export function unit([x, y, z]: Vector): Vector | null {
  const length = Math.hypot(x, y, z);
  return length > NO_LENGTH ? [x / length, y / length, z / length] : null;
}

/** Perpendicular to both. */
export function cross(a: Vector, b: Vector): Vector {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

/** Sum of the products. */
export function dot(a: Vector, b: Vector): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

/**
 * The smallest rotation that turns one direction into another (Rodrigues' formula with cosine and cross product). Opposite
 * directions are joined by half a turn about an axis perpendicular to `from`, the same one every time.
 *
 * @param from A unit vector.
 * @param to A unit vector.
 */
export function shortestArc(from: Vector, to: Vector): Rotation {
  const cosine = dot(from, to);
  // Half of the square of the sum is 1 + cosine, without the digits that cancel between nearly opposite directions.
  const sum: Vector = [from[0] + to[0], from[1] + to[1], from[2] + to[2]];
  const onePlus = cosine < 0 ? dot(sum, sum) / 2 : 1 + cosine;
  if (onePlus < OPPOSITE) {
    const [ax, ay, az] = unit(Math.abs(from[0]) < 0.9 ? cross(from, [1, 0, 0]) : cross(from, [0, 1, 0]))!;
    return [
      2 * ax * ax - 1,
      2 * ax * ay,
      2 * ax * az,
      2 * ax * ay,
      2 * ay * ay - 1,
      2 * ay * az,
      2 * ax * az,
      2 * ay * az,
      2 * az * az - 1,
    ];
  }
  const [x, y, z] = cross(from, to);
  const k = 1 / onePlus;
  return [
    cosine + k * x * x,
    k * x * y - z,
    k * x * z + y,
    k * x * y + z,
    cosine + k * y * y,
    k * y * z - x,
    k * x * z - y,
    k * y * z + x,
    cosine + k * z * z,
  ];
}

/**
 * The rotation whose x axis is `across` and whose y axis lies as near to `up` as that allows.
 *
 * @returns Null where the two vectors have no length or lie on a line.
 */
export function basis(across: Vector, up: Vector): Rotation | null {
  const x = unit(across);
  const y0 = unit(up);
  if (x === null || y0 === null) return null;
  const z = unit(cross(x, y0));
  if (z === null) return null;
  const y = cross(z, x);
  return [x[0], y[0], z[0], x[1], y[1], z[1], x[2], y[2], z[2]];
}
