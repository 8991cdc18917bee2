/**
 * COCO-17 points to Human3.6M-17 points in the image.
 *
 * @module
 */

import { ShapeError } from "../core/errors.ts";
import { type CocoToH36mConstants, cocoToH36mConstants } from "./coco_to_h36m_constants.ts";
import type { Conversion, ConversionOptions } from "./conversion.ts";
import { coco17, h36m17 } from "./layouts.ts";
import { jointIndex } from "./skeleton.ts";

const SOURCE_JOINTS = 17;
const CHANNELS = 3;
const STRIDE = SOURCE_JOINTS * CHANNELS;

const coco = (joint: string): number => jointIndex(coco17, joint);
const h36m = (joint: string): number => jointIndex(h36m17, joint);

const COPIED = h36m17.joints.flatMap((joint, to) => coco17.joints.includes(joint) ? [{ to, from: coco(joint) }] : []);
const HIPS = [coco("left_hip"), coco("right_hip")];
const SHOULDERS = [coco("left_shoulder"), coco("right_shoulder")];
const EARS = [coco("left_ear"), coco("right_ear")];
const FACE = (["nose", "left_eye", "right_eye", "left_ear", "right_ear"] as const).map((name) => ({
  name,
  index: coco(name),
}));
const FACE_JOINTS = FACE.map(({ index }) => index);
const [PELVIS, SPINE, THORAX, NECK, HEAD] = ["pelvis", "spine", "thorax", "neck", "head"].map(h36m) as [
  number,
  number,
  number,
  number,
  number,
];

/** A point and how sure it is; score 0 means that there is none. */
interface Point {
  x: number;
  y: number;
  score: number;
}

function readPoint(points: Float32Array, start: number): Point {
  const x = points[start]!;
  const y = points[start + 1]!;
  const score = points[start + 2]!;
  // A point with a broken coordinate is no point, whatever its score says; the comparison is false for NaN.
  return score > 0 && Number.isFinite(x) && Number.isFinite(y) ? { x, y, score } : { x: 0, y: 0, score: 0 };
}

/** Middle of two points; with one of them missing, the other one. */
function middle(a: Point, b: Point): Point {
  if (a.score === 0) return { ...b };
  if (b.score === 0) return { ...a };
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2, score: Math.min(a.score, b.score) };
}

/** Mean with weights `score * factor + epsilon`; missing points take no part. The score is the best of them. */
function weightedMean(points: readonly Point[], factors: readonly number[], epsilon: number): Point {
  let x = 0;
  let y = 0;
  let total = 0;
  let score = 0;
  points.forEach((point, i) => {
    if (point.score === 0) return;
    const weight = point.score * factors[i]! + epsilon;
    x += weight * point.x;
    y += weight * point.y;
    total += weight;
    score = Math.max(score, point.score);
  });
  return total === 0 ? { x: 0, y: 0, score: 0 } : { x: x / total, y: y / total, score };
}

function convertFrame(points: Float32Array, from: number, out: Float32Array, to: number): void {
  const { neck, head, derived_score, epsilon }: CocoToH36mConstants = cocoToH36mConstants;
  const read = (joint: number): Point => readPoint(points, from + joint * CHANNELS);
  const write = (joint: number, { x, y, score }: Point, factor: number): void => {
    out[to + joint * CHANNELS] = x;
    out[to + joint * CHANNELS + 1] = y;
    out[to + joint * CHANNELS + 2] = score * factor;
  };
  for (const joint of COPIED) write(joint.to, read(joint.from), 1);
  const pelvis = middle(read(HIPS[0]!), read(HIPS[1]!));
  const thorax = middle(read(SHOULDERS[0]!), read(SHOULDERS[1]!));
  const ears = weightedMean(EARS.map(read), [1, 1], epsilon);
  const skull = thorax.score === 0 || ears.score === 0 ? middle(thorax, ears) : {
    x: thorax.x + neck * (ears.x - thorax.x),
    y: thorax.y + neck * (ears.y - thorax.y),
    score: Math.min(thorax.score, ears.score),
  };
  write(PELVIS, pelvis, derived_score);
  write(THORAX, thorax, derived_score);
  write(SPINE, middle(pelvis, thorax), derived_score);
  write(NECK, skull, derived_score);
  write(
    HEAD,
    weightedMean(FACE.map(({ index }) => read(index)), FACE.map(({ name }) => head[name]), epsilon),
    derived_score,
  );
}

function apply(points: Float32Array, options: ConversionOptions = {}): Float32Array {
  const frames = points.length / STRIDE;
  if (!Number.isInteger(frames)) {
    throw new ShapeError("convert coco17 to h36m17", [Math.ceil(frames), SOURCE_JOINTS, CHANNELS], points.length);
  }
  const { out = new Float32Array(points.length) } = options;
  if (out.length !== points.length) {
    throw new ShapeError("convert coco17 to h36m17", [frames, SOURCE_JOINTS, CHANNELS], out.length);
  }
  for (let frame = 0; frame < frames; frame++) convertFrame(points, frame * STRIDE, out, frame * STRIDE);
  return out;
}

/**
 * COCO-17 to Human3.6M-17 in the image plane. Limb joints are copied. Pelvis and thorax are the middles of hips and
 * shoulders, spine the middle of these two, neck (base of the skull) a fixed share of the way from thorax to the ears,
 * head a weighted mean of ears, eyes and nose; see {@link cocoToH36mConstants}.
 *
 * A point with score 0, a NaN score or a coordinate that is not finite is missing. A derived joint then falls back to
 * what remains of its sources; where nothing remains it is `(0, 0, 0)`, as is a copied joint whose source is missing.
 */
export const cocoToH36m: Conversion = Object.freeze({
  name: "coco17->h36m17",
  from: coco17,
  to: h36m17,
  copied: COPIED,
  derived: [
    { to: PELVIS, from: HIPS },
    { to: SPINE, from: [...HIPS, ...SHOULDERS] },
    { to: THORAX, from: SHOULDERS },
    { to: NECK, from: [...SHOULDERS, ...EARS] },
    { to: HEAD, from: FACE_JOINTS },
  ],
  apply,
});
