/**
 * COCO-17 points to Human3.6M-17 points in the image.
 *
 * @module
 */

import { ShapeError } from "../core/errors.ts";
import { cocoToH36mConstants } from "./coco_to_h36m_constants.ts";
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
const FACE = ["nose", "left_eye", "right_eye", "left_ear", "right_ear"].map(coco); // The order of the constants.
const [PELVIS, SPINE, THORAX, NECK, HEAD] = ["pelvis", "spine", "thorax", "neck", "head"].map(h36m) as [
  number,
  number,
  number,
  number,
  number,
];

/** A point and how sure it is; score 0 means that there is none. */
interface Point {
  readonly x: number;
  readonly y: number;
  readonly score: number;
}

const MISSING: Point = { x: 0, y: 0, score: 0 };

function readPoint(points: Float32Array, start: number): Point {
  const x = points[start]!;
  const y = points[start + 1]!;
  const score = points[start + 2]!;
  // A point with a broken coordinate is no point, whatever its score says; the comparison is false for NaN.
  return score > 0 && Number.isFinite(x) && Number.isFinite(y) ? { x, y, score } : MISSING;
}

/** The point that lies `share` of the way from a to b, as sure as the less sure one; it needs both. */
function between(a: Point, b: Point, share: number): Point {
  const score = Math.min(a.score, b.score);
  return score === 0 ? MISSING : { x: a.x + share * (b.x - a.x), y: a.y + share * (b.y - a.y), score };
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
  return total === 0 ? MISSING : { x: x / total, y: y / total, score };
}

function convertFrame(points: Float32Array, from: number, out: Float32Array, to: number): void {
  const { neck, head, derivedScore, epsilon } = cocoToH36mConstants;
  const read = (joint: number): Point => readPoint(points, from + joint * CHANNELS);
  const write = (joint: number, { x, y, score }: Point, factor: number): void => {
    out[to + joint * CHANNELS] = x;
    out[to + joint * CHANNELS + 1] = y;
    out[to + joint * CHANNELS + 2] = score * factor;
  };
  for (const joint of COPIED) write(joint.to, read(joint.from), 1);
  const pelvis = between(read(HIPS[0]!), read(HIPS[1]!), 0.5);
  const thorax = between(read(SHOULDERS[0]!), read(SHOULDERS[1]!), 0.5);
  write(PELVIS, pelvis, derivedScore);
  write(THORAX, thorax, derivedScore);
  write(SPINE, between(pelvis, thorax, 0.5), derivedScore);
  write(NECK, between(thorax, weightedMean(EARS.map(read), [1, 1], epsilon), neck), derivedScore);
  write(HEAD, weightedMean(FACE.map(read), head, epsilon), derivedScore);
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
 * A point with score 0, a NaN score or a coordinate that is not finite is missing. Ears and face fall back to those of
 * their points that remain; a middle needs both of its ends, as its score is the smaller of theirs. A joint without what
 * it needs is `(0, 0, 0)`. Scores of derived joints carry a factor of 0.9.
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
    { to: HEAD, from: FACE },
  ],
  apply,
});
