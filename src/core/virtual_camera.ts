/**
 * A virtual camera for one person and one window of frames: the real camera turned so that the person stands in the
 * middle, and zoomed so that the person fills the picture. The lifter sees every person like that, wherever the person
 * stands in the image. `training/diffpose_training/diffpose_3d/lifting_input.py` does the same at training; a golden
 * file holds both to the same numbers.
 *
 * @module
 */

import { ShapeError } from "./errors.ts";

/** Joints at least this sure take part in the person's box. */
const BOX_SCORE = 0.2;
/** A frame needs this many of them. */
const BOX_JOINTS = 3;
/** Smallest person size, px: a smaller one would blow up its own noise. */
const MIN_SIZE = 8;
/** Normalised coordinates are clamped to this, so that one wild point cannot leave the range of the training data. */
const LIMIT = 4;
/** Rays at right angles to the axis have no finite image. */
const MIN_DEPTH = 1e-6;
/** Focal length in units of the longer image side, where it is unknown. */
const DEFAULT_FOCAL = 1.1;

/** Focal length that is assumed where none is given: 1.1 times the longer side (a field of view of 49 degrees), px. */
export function assumedFocal(width: number, height: number): number {
  return DEFAULT_FOCAL * Math.max(width, height);
}

/** The picture that points lie in. */
export interface Picture {
  /** Pixels a row. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  /**
   * Focal length, px.
   * @default {1.1 * Math.max(width, height)}
   */
  readonly focal?: number;
}

/** Where a person stands in a window. */
export interface PersonExtent {
  /** Mean over frames of the box centre, px; the middle of the picture where no frame has a box. */
  readonly centre: readonly [x: number, y: number];
  /** Largest box side over frames, px, at least 8. */
  readonly size: number;
}

/** A camera turned towards a person. */
export interface VirtualCamera extends PersonExtent {
  /** Rotation from camera axes to virtual axes, `[3, 3]`, row-major. */
  readonly rotation: Float64Array;
  /** Focal length, px. */
  readonly focal: number;
  /** Principal point, px: the middle of the picture. */
  readonly middle: readonly [x: number, y: number];
}

/** Options of functions that map points. */
export interface MapPointsOptions {
  /** Where to write, as long as the input; may be the input itself. Default: a new array. */
  readonly out?: Float32Array;
}

function checkPoints(action: string, points: Float32Array, channels: number, out: Float32Array = points): void {
  if (points.length % channels !== 0) {
    throw new ShapeError(action, [Math.ceil(points.length / channels), channels], points.length);
  }
  if (out.length !== points.length) throw new ShapeError(action, [points.length / channels, channels], out.length);
}

/**
 * Where a person stands: boxes around the joints with score at least 0.2 of each frame that has 3 or more of them.
 *
 * @param points `[frames, joints, 3]`: x, y (px), score.
 * @param joints Joints a frame.
 * @param picture The picture that the points lie in.
 * @returns Mean box centre and largest box side.
 * @throws {ShapeError} If `points` is not whole frames.
 */
export function personExtent(points: Float32Array, joints: number, picture: Picture): PersonExtent {
  const frames = points.length / (joints * 3);
  if (!Number.isInteger(frames)) throw new ShapeError("find a person", [Math.ceil(frames), joints, 3], points.length);
  let x = 0;
  let y = 0;
  let boxes = 0;
  let size = MIN_SIZE;
  for (let frame = 0; frame < frames; frame++) {
    let left = Infinity;
    let top = Infinity;
    let right = -Infinity;
    let bottom = -Infinity;
    let sure = 0;
    for (let i = frame * joints * 3; i < (frame + 1) * joints * 3; i += 3) {
      if (!(points[i + 2]! >= BOX_SCORE)) continue;
      sure++;
      left = Math.min(left, points[i]!);
      right = Math.max(right, points[i]!);
      top = Math.min(top, points[i + 1]!);
      bottom = Math.max(bottom, points[i + 1]!);
    }
    if (sure < BOX_JOINTS) continue;
    boxes++;
    x += (left + right) / 2;
    y += (top + bottom) / 2;
    size = Math.max(size, right - left, bottom - top);
  }
  if (boxes === 0) return { centre: [picture.width / 2, picture.height / 2], size };
  return { centre: [x / boxes, y / boxes], size };
}

/**
 * The smallest rotation that takes a ray to the optical axis (+z).
 *
 * @param ray Direction with positive z; any length.
 * @returns `[3, 3]`, row-major, float64.
 */
export function rotationToAxis(ray: readonly [x: number, y: number, z: number]): Float64Array {
  const length = Math.hypot(...ray);
  const [x, y, z] = ray.map((value) => value / length) as [number, number, number];
  const k = 1 / (1 + z);
  return Float64Array.of(1 - k * x * x, -k * x * y, -x, -k * x * y, 1 - k * y * y, -y, x, y, z);
}

/**
 * Turns a camera towards a person.
 *
 * @param extent Where the person stands, from {@link personExtent}.
 * @param picture Size and focal length of the picture.
 * @returns The virtual camera.
 * @throws {RangeError} If `focal` is not a positive number.
 */
export function createVirtualCamera(extent: PersonExtent, picture: Picture): VirtualCamera {
  const { width, height, focal = assumedFocal(width, height) } = picture;
  if (!(focal > 0 && focal < Infinity)) {
    throw new RangeError(`Cannot turn a camera as the focal length must be above 0 px: ${focal}`);
  }
  const middle = [width / 2, height / 2] as const;
  const [x, y] = extent.centre;
  const rotation = rotationToAxis([(x - middle[0]) / focal, (y - middle[1]) / focal, 1]);
  return { ...extent, rotation, focal, middle };
}

/**
 * Points of the picture as the virtual camera sees them: the person spans about -1..1, values are clamped to -4..4.
 *
 * @param camera The virtual camera.
 * @param points `[points, 3]`: x, y (px), score.
 * @param options An optional `out`.
 * @returns `[points, 3]`: x, y (normalised), score as it came.
 * @throws {ShapeError} If `points` is not whole points, or `out` has another size.
 */
export function toVirtual(camera: VirtualCamera, points: Float32Array, options: MapPointsOptions = {}): Float32Array {
  const { out = new Float32Array(points.length) } = options;
  checkPoints("normalise points", points, 3, out);
  const { rotation: r, focal, middle, size } = camera;
  const scale = (2 * focal) / size;
  for (let i = 0; i < points.length; i += 3) {
    const x = (points[i]! - middle[0]) / focal;
    const y = (points[i + 1]! - middle[1]) / focal;
    const depth = r[6]! * x + r[7]! * y + r[8]!;
    const divisor = Math.abs(depth) < MIN_DEPTH ? MIN_DEPTH : depth;
    const u = ((r[0]! * x + r[1]! * y + r[2]!) / divisor) * scale;
    const v = ((r[3]! * x + r[4]! * y + r[5]!) / divisor) * scale;
    out[i] = Math.min(Math.max(u, -LIMIT), LIMIT);
    out[i + 1] = Math.min(Math.max(v, -LIMIT), LIMIT);
    out[i + 2] = points[i + 2]!;
  }
  return out;
}

/**
 * The inverse of {@link toVirtual} for points that were not clamped.
 *
 * @param camera The virtual camera.
 * @param points `[points, 3]`: x, y (normalised), score.
 * @param options An optional `out`.
 * @returns `[points, 3]`: x, y (px), score as it came.
 * @throws {ShapeError} If `points` is not whole points, or `out` has another size.
 */
export function fromVirtual(camera: VirtualCamera, points: Float32Array, options: MapPointsOptions = {}): Float32Array {
  const { out = new Float32Array(points.length) } = options;
  checkPoints("place points", points, 3, out);
  const { rotation: r, focal, middle, size } = camera;
  const scale = size / (2 * focal);
  for (let i = 0; i < points.length; i += 3) {
    const x = points[i]! * scale;
    const y = points[i + 1]! * scale;
    const depth = r[2]! * x + r[5]! * y + r[8]!;
    out[i] = ((r[0]! * x + r[3]! * y + r[6]!) / depth) * focal + middle[0];
    out[i + 1] = ((r[1]! * x + r[4]! * y + r[7]!) / depth) * focal + middle[1];
    out[i + 2] = points[i + 2]!;
  }
  return out;
}

/**
 * Turns 3D points from virtual axes to the axes of the real camera: `R^T X`.
 *
 * @param camera The virtual camera.
 * @param points `[points, 3]`: x, y, z, any unit.
 * @param options An optional `out`.
 * @returns `[points, 3]` in camera axes, the same unit.
 * @throws {ShapeError} If `points` is not whole points, or `out` has another size.
 */
export function toCameraAxes(
  camera: VirtualCamera,
  points: Float32Array,
  options: MapPointsOptions = {},
): Float32Array {
  const { out = new Float32Array(points.length) } = options;
  checkPoints("turn points", points, 3, out);
  const r = camera.rotation;
  for (let i = 0; i < points.length; i += 3) {
    const [x, y, z] = [points[i]!, points[i + 1]!, points[i + 2]!];
    for (let c = 0; c < 3; c++) out[i + c] = r[c]! * x + r[3 + c]! * y + r[6 + c]! * z;
  }
  return out;
}
