/**
 * Precision and recall of predicted people over similarity thresholds, categories and sizes: COCO's keypoint evaluation.
 *
 * @module
 */

import { type AreaRange, rankPredictions, type ScoredPerson, type TruthPerson } from "./keypoint_ranking.ts";
import { oksVariances } from "./oks.ts";
import { byFallingScore, precisionCurve } from "./precision_curve.ts";

/** What is measured, and how. */
export interface KeypointCurveOptions {
  /** Ids of the pictures that count. Others are passed over, and so are their people. */
  readonly images: readonly number[];
  /** Ids of the categories that count. */
  readonly categories: readonly number[];
  /** `[J]`, see {@link oksVariances}. */
  readonly sigmas: readonly number[];
  /**
   * Similarity thresholds.
   * @default {COCO_THRESHOLDS}
   */
  readonly thresholds?: readonly number[];
  /**
   * Ranges of sizes.
   * @default {COCO_AREAS}
   */
  readonly areas?: readonly AreaRange[];
  /**
   * At most so many predictions of a picture and category count, the best ones.
   * @default {20}
   */
  readonly maxDetections?: number;
}

/** Curves over T thresholds, R recalls, K categories (ids rising) and A ranges of sizes. */
export interface KeypointCurves {
  /** `[T]`. */
  readonly thresholds: readonly number[];
  /** `[A]`. */
  readonly areas: readonly AreaRange[];
  /** `[K]`. */
  readonly categories: readonly number[];
  /** `[T, K, A, R]`, 0..1; -1 where there is nobody to find. */
  readonly precision: Float64Array;
  /** `[T, K, A]`, 0..1; -1 where there is nobody to find. */
  readonly recall: Float64Array;
  /** `[K, A]`: people to find. */
  readonly people: Uint32Array;
}

function spaced(first: number, last: number, count: number): readonly number[] {
  const step = (last - first) / (count - 1);
  return Object.freeze(Array.from({ length: count }, (_, i) => i === count - 1 ? last : i * step + first));
}

/** 0.50, 0.55 … 0.95. */
export const COCO_THRESHOLDS: readonly number[] = spaced(0.5, 0.95, 10);
/** 0, 0.01 … 1. */
export const COCO_RECALLS: readonly number[] = spaced(0, 1, 101);
/** Everybody; people of 32^2 to 96^2 px^2; larger ones. People that are smaller are in the first range only. */
export const COCO_AREAS: readonly AreaRange[] = Object.freeze([
  { name: "all", low: 0, high: 1e10 },
  { name: "medium", low: 32 ** 2, high: 96 ** 2 },
  { name: "large", low: 96 ** 2, high: 1e10 },
]);
/** COCO's limit of people in a picture. */
export const COCO_MAX_DETECTIONS = 20;

/**
 * Evaluates predicted people as pycocotools `COCOeval` does for keypoints: greedy matching by OKS in each picture, one
 * ranking of all predictions, interpolated precision at 101 recalls.
 *
 * @param truth Annotated people, in the order of their file.
 * @param found Predicted people, in the order of their file: of equal scores the earlier one is tried first.
 * @param options What counts.
 * @returns The curves.
 * @throws {ShapeError} If somebody has another number of joints than there are sigmas.
 * @throws {RangeError} If a score is not finite.
 */
export function keypointCurves(
  truth: readonly TruthPerson[],
  found: readonly ScoredPerson[],
  options: KeypointCurveOptions,
): KeypointCurves {
  const { thresholds = COCO_THRESHOLDS, areas = COCO_AREAS, maxDetections = COCO_MAX_DETECTIONS } = options;
  const wrong = found.findIndex(({ score }) => !Number.isFinite(score));
  if (wrong >= 0) {
    throw new RangeError(
      `Cannot rank prediction ${wrong} as scores must be finite: current value is ${found[wrong]!.score}`,
    );
  }
  const categories = [...new Set(options.categories)].sort((a, b) => a - b);
  const recalls = Float64Array.from(COCO_RECALLS);
  const variances = oksVariances(options.sigmas);
  const [T, K, A, R] = [thresholds.length, categories.length, areas.length, recalls.length];
  const precision = new Float64Array(T * K * A * R).fill(-1);
  const recall = new Float64Array(T * K * A).fill(-1);
  const people = new Uint32Array(K * A);
  categories.forEach((category, k) => {
    const { images } = options;
    const ranked = rankPredictions(truth, found, { category, images, variances, thresholds, areas, maxDetections });
    const order = byFallingScore(ranked.scores);
    people.set(ranked.people, k * A);
    for (let a = 0; a < A; a++) {
      if (ranked.people[a] === 0) continue;
      for (let t = 0; t < T; t++) {
        const cell = (t * K + k) * A + a;
        const curve = precision.subarray(cell * R, (cell + 1) * R);
        recall[cell] = precisionCurve(ranked.outcomes[a]![t]!, order, ranked.people[a]!, recalls, curve);
      }
    }
  });
  return { thresholds, areas, categories, precision, recall, people };
}
