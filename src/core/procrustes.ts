/**
 * Similarity alignment of point sets in 3D: rotation, scale and shift that bring one as near as possible to another,
 * never a reflection.
 *
 * @module
 */

import { checkShape, ShapeError } from "./errors.ts";
import { largestEigenvector } from "./symmetric_eigen.ts";

/** `target ~ scale * rotation * source + translation`. */
export interface Similarity {
  /** Rotation, `[3, 3]`, row-major, determinant 1. */
  readonly rotation: Float64Array;
  /** Scale, at least 0. */
  readonly scale: number;
  /** Shift, `[3]`, unit of the target. */
  readonly translation: Float64Array;
}

/** Options of {@link alignSimilarity}. */
export interface AlignOptions {
  /**
   * Whether the scale may differ from 1.
   * @default {true}
   */
  readonly scale?: boolean;
}

function centroid(points: ArrayLike<number>): [number, number, number] {
  const sum: [number, number, number] = [0, 0, 0];
  for (let i = 0; i < points.length; i += 3) for (let c = 0; c < 3; c++) sum[c]! += points[i + c]!;
  const count = points.length / 3;
  return [sum[0] / count, sum[1] / count, sum[2] / count];
}

/** Rotation matrix of a unit quaternion (w, x, y, z). */
function rotationOf([w, x, y, z]: readonly [number, number, number, number]): Float64Array {
  return Float64Array.of(
    1 - 2 * (y * y + z * z),
    2 * (x * y - w * z),
    2 * (x * z + w * y),
    2 * (x * y + w * z),
    1 - 2 * (x * x + z * z),
    2 * (y * z - w * x),
    2 * (x * z - w * y),
    2 * (y * z + w * x),
    1 - 2 * (x * x + y * y),
  );
}

/** Horn's matrix: its largest eigenvector is the quaternion of the best rotation, for any shape of the point sets. */
function hornMatrix(s: Float64Array): Float64Array {
  const [xx, xy, xz, yx, yy, yz, zx, zy, zz] = s as unknown as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  // deno-fmt-ignore
  return Float64Array.of(
    xx + yy + zz, yz - zy,      zx - xz,       xy - yx,
    yz - zy,      xx - yy - zz, xy + yx,       zx + xz,
    zx - xz,      xy + yx,      -xx + yy - zz, yz + zy,
    xy - yx,      zx + xz,      yz + zy,       -xx - yy + zz,
  );
}

/**
 * Aligns a point set to another in the least-squares sense (Horn, "Closed-form solution of absolute orientation using
 * unit quaternions", 1987). It gives the same answer as the singular value decomposition with its sign corrected, which
 * P-MPJPE uses (paper section 11), and stays defined for flat and straight point sets.
 *
 * @param source `[points, 3]`.
 * @param target `[points, 3]`, the same points.
 * @param options Whether the scale may change.
 * @returns The similarity from source to target. A source without extent gives scale 1 and no rotation.
 * @throws {ShapeError} If the sets are empty, not whole points, or differ in size.
 */
export function alignSimilarity(
  source: ArrayLike<number>,
  target: ArrayLike<number>,
  options: AlignOptions = {},
): Similarity {
  const { scale: free = true } = options;
  if (source.length === 0 || source.length % 3 !== 0) {
    throw new ShapeError("align points", [Math.max(Math.ceil(source.length / 3), 1), 3], source.length);
  }
  checkShape("align points", [source.length / 3, 3], target.length);
  const from = centroid(source);
  const to = centroid(target);
  const products = new Float64Array(9);
  let extent = 0;
  for (let i = 0; i < source.length; i += 3) {
    for (let a = 0; a < 3; a++) {
      const offset = source[i + a]! - from[a]!;
      extent += offset * offset;
      for (let b = 0; b < 3; b++) products[a * 3 + b]! += offset * (target[i + b]! - to[b]!);
    }
  }
  const { value, vector } = largestEigenvector(hornMatrix(products), 4);
  const rotation = rotationOf(vector as unknown as [number, number, number, number]);
  // The largest eigenvalue is the trace of rotation * products: what the best scale divides by the source's extent.
  const scale = free && extent > 0 ? value / extent : 1;
  const translation = Float64Array.from(to, (shift, row) => {
    const turned = [0, 1, 2].reduce((sum, c) => sum + rotation[row * 3 + c]! * from[c]!, 0);
    return shift - scale * turned;
  });
  return { rotation, scale, translation };
}

/** Options of {@link applySimilarity}. */
export interface ApplySimilarityOptions {
  /** Where to write, as long as the input; may be the input itself. Default: a new array. */
  readonly out?: Float32Array;
}

/**
 * Moves points: `scale * rotation * point + translation`.
 *
 * @param similarity The movement.
 * @param points `[points, 3]`.
 * @param options An optional `out`.
 * @returns `[points, 3]`.
 * @throws {ShapeError} If `points` is not whole points, or `out` has another size.
 */
export function applySimilarity(
  similarity: Similarity,
  points: Float32Array,
  options: ApplySimilarityOptions = {},
): Float32Array {
  const { out = new Float32Array(points.length) } = options;
  checkShape("move points", [Math.ceil(points.length / 3), 3], points.length);
  checkShape("move points", [points.length / 3, 3], out.length);
  const { rotation: r, scale, translation } = similarity;
  for (let i = 0; i < points.length; i += 3) {
    const [x, y, z] = [points[i]!, points[i + 1]!, points[i + 2]!];
    for (let c = 0; c < 3; c++) {
      out[i + c] = scale * (r[c * 3]! * x + r[c * 3 + 1]! * y + r[c * 3 + 2]! * z) + translation[c]!;
    }
  }
  return out;
}
