/**
 * What the detectors found in a frame, before identities, and its one-line text form. A run keeps these lines beside its
 * output, so that a run that was cut continues without detecting anybody again. Numbers are rounded before their first
 * use, so that a continued run computes with the very same ones.
 *
 * @module
 */
import { InputError } from "../core/errors.ts";
import type { Square } from "../systems/heatmap_poses/mod.ts";

/** One person as the detectors saw it. */
export interface DetectedPerson {
  /** x, y, width, height, px. */
  readonly box: readonly [x: number, y: number, width: number, height: number];
  /** Confidence of the person, 0..1. */
  readonly score: number;
  /** COCO-17, `[17, 3]`: x and y (px), score (0..1). */
  readonly keypoints: Float32Array;
  /** Standard deviation of each point along one axis, `[17]` px. */
  readonly sigma: Float32Array;
  /** `[17, M, 5]`: weight, mean x and y relative to the point, standard deviation x and y, px; absent without heatmaps. */
  readonly heatmaps?: Float32Array;
  /** The square that the detector looked through, px, in hundredths of a pixel; absent where it chose one for this frame. */
  readonly crop?: Square;
}

/** One frame. */
export interface DetectedFrame {
  /** Index in the source. */
  readonly index: number;
  /** Seconds from the first frame of the source. */
  readonly time: number;
  /** File name, for pictures. */
  readonly name?: string;
  /** Everybody who was found, in no order. */
  readonly people: readonly DetectedPerson[];
  /**
   * True for a second look with the frames around: the people of the first look in the same order, then those who are
   * followed and were not found in it.
   */
  readonly window?: true;
}

const JOINTS = 17;
/** Numbers of a kernel. */
const KERNEL = 5;

function round(values: ArrayLike<number>, digitsOf: (index: number) => number): number[] {
  return Array.from(values, (value, index) => {
    const scale = 10 ** digitsOf(index);
    return Math.round(value * scale) / scale + 0; // + 0 makes -0 into 0.
  });
}

const pixels = (): number => 2;
/** Every third number is a score. */
const points = (index: number): number => index % 3 === 2 ? 4 : 2;
/** Every fifth number is a weight. */
const kernels = (index: number): number => index % KERNEL === 0 ? 4 : 2;

/**
 * One line of text without its newline. Kernels of weight 0 are left out.
 *
 * @param frame The frame.
 */
export function encodeDetected(frame: DetectedFrame): string {
  const { index, time, name, people, window } = frame;
  return JSON.stringify({
    i: index,
    t: time,
    ...(name === undefined ? {} : { n: name }),
    ...(window === undefined ? {} : { w: 1 }),
    p: people.map(({ box, score, keypoints, sigma, heatmaps, crop }) => ({
      b: round(box, pixels),
      s: round([score], () => 4)[0],
      k: round(keypoints, points),
      d: round(sigma, pixels),
      ...(heatmaps === undefined ? {} : { m: sparse(heatmaps) }),
      ...(crop === undefined ? {} : { c: round(crop, pixels) }),
    })),
  });
}

/** Kernels a joint, those with weight only: `[M, [kernel, …] a joint]`. */
function sparse(heatmaps: Float32Array): [number, number[][]] {
  const size = heatmaps.length / JOINTS;
  const joints = Array.from({ length: JOINTS }, (_, joint) => {
    const all = round(heatmaps.subarray(joint * size, (joint + 1) * size), kernels);
    return all.filter((_, index) => all[index - index % KERNEL]! > 0);
  });
  return [size / KERNEL, joints];
}

function dense(text: [number, number[][]]): Float32Array {
  const [count, joints] = text;
  const out = new Float32Array(JOINTS * count * KERNEL);
  joints.forEach((values, joint) => out.set(values, joint * count * KERNEL));
  return out;
}

/**
 * Reads a line of {@link encodeDetected}.
 *
 * @param line The text.
 * @param where What to call it in messages.
 * @throws {InputError} If it is not such a line.
 */
export function decodeDetected(line: string, where: string): DetectedFrame {
  try {
    const { i, t, n, p, w } = JSON.parse(line);
    const people = (p as Record<string, unknown>[]).map(({ b, s, k, d, m, c }): DetectedPerson => {
      const person = {
        box: b as [number, number, number, number],
        score: s as number,
        keypoints: Float32Array.from(k as number[]),
        sigma: Float32Array.from(d as number[]),
        ...(m === undefined ? {} : { heatmaps: dense(m as [number, number[][]]) }),
        ...(c === undefined ? {} : { crop: c as [number, number, number] }),
      };
      if (person.keypoints.length !== JOINTS * 3 || person.sigma.length !== JOINTS) {
        throw new Error("17 joints are needed");
      }
      return person;
    });
    return {
      index: i as number,
      time: t as number,
      ...(n === undefined ? {} : { name: n as string }),
      people,
      ...(w === undefined ? {} : { window: true }),
    };
  } catch (cause) {
    throw new InputError(where, "must be a line that an earlier run left", (cause as Error).message, { cause });
  }
}

/** The frame as a later reader of its line will see it. */
export function roundDetected(frame: DetectedFrame): DetectedFrame {
  return decodeDetected(encodeDetected(frame), `frame ${frame.index}`);
}
