/**
 * Eigenvectors of small symmetric matrices by Jacobi's rotations: short, and as exact as doubles allow.
 *
 * @module
 */

/** A value and its direction. */
export interface Eigenpair {
  /** The eigenvalue. */
  readonly value: number;
  /** The eigenvector, of length 1. */
  readonly vector: Float64Array;
}

/** Convergence is quadratic; matrices of size 4 take 5 or 6 sweeps. */
const SWEEPS = 30;

/** Turns rows and columns p, q so that entry (p, q) becomes 0; the columns of `vectors` turn along. */
function rotate(a: Float64Array, vectors: Float64Array, size: number, p: number, q: number): void {
  const apq = a[p * size + q]!;
  if (apq === 0) return;
  const theta = (a[q * size + q]! - a[p * size + p]!) / (2 * apq);
  const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.hypot(theta, 1));
  const c = 1 / Math.hypot(t, 1);
  const s = t * c;
  for (let k = 0; k < size; k++) {
    const kp = a[k * size + p]!;
    const kq = a[k * size + q]!;
    a[k * size + p] = c * kp - s * kq;
    a[k * size + q] = s * kp + c * kq;
  }
  for (let k = 0; k < size; k++) {
    const pk = a[p * size + k]!;
    const qk = a[q * size + k]!;
    a[p * size + k] = c * pk - s * qk;
    a[q * size + k] = s * pk + c * qk;
    const vp = vectors[k * size + p]!;
    const vq = vectors[k * size + q]!;
    vectors[k * size + p] = c * vp - s * vq;
    vectors[k * size + q] = s * vp + c * vq;
  }
}

/**
 * All eigenvalues and eigenvectors of a symmetric matrix.
 *
 * @param matrix `[size, size]`, symmetric, finite; not changed.
 * @param size Rows of the matrix.
 * @returns Pairs, largest value first. The zero matrix gives the axes.
 */
export function symmetricEigen(matrix: Float64Array, size: number): Eigenpair[] {
  const a = matrix.slice();
  const vectors = Float64Array.from({ length: size * size }, (_, i) => i % (size + 1) === 0 ? 1 : 0);
  const norm = Math.hypot(...a);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    let off = 0;
    for (let p = 0; p < size; p++) for (let q = p + 1; q < size; q++) off = Math.max(off, Math.abs(a[p * size + q]!));
    if (off <= norm * Number.EPSILON * Number.EPSILON) break;
    for (let p = 0; p < size; p++) for (let q = p + 1; q < size; q++) rotate(a, vectors, size, p, q);
  }
  return Array.from({ length: size }, (_, i) => ({
    value: a[i * size + i]!,
    vector: Float64Array.from({ length: size }, (_, k) => vectors[k * size + i]!),
  })).sort((one, other) => other.value - one.value);
}

/**
 * The largest eigenvalue of a symmetric matrix and its direction.
 *
 * @param matrix `[size, size]`, symmetric, finite; not changed.
 * @param size Rows of the matrix.
 * @returns The pair.
 */
export function largestEigenvector(matrix: Float64Array, size: number): Eigenpair {
  return symmetricEigen(matrix, size)[0]!;
}
