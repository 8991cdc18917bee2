/**
 * Precision and recall of predicted people over similarity thresholds, categories and sizes: COCO's keypoint evaluation.
 *
 * @module
 */

import { matchPeople, UNMATCHED } from "./match_people.ts";
import { objectKeypointSimilarity, type OksTruth, oksVariances } from "./oks.ts";
import { byFallingScore, Outcome, precisionCurve } from "./precision_curve.ts";

/** An annotated person. */
export interface TruthPerson extends OksTruth {
  /** Id of the picture. */
  readonly image: number;
  /** Id of the category. */
  readonly category: number;
  /** A crowd answers to any number of predictions. */
  readonly crowd: boolean;
  /** Nobody has to find this one, and whoever finds it is not counted. */
  readonly ignored: boolean;
}

/** A predicted person. */
export interface ScoredPerson {
  /** Id of the picture. */
  readonly image: number;
  /** Id of the category. */
  readonly category: number;
  /** `[J, 3]`: x, y (px), score. */
  readonly keypoints: ArrayLike<number>;
  /** Finite; ranks the predictions. */
  readonly score: number;
  /** px^2: whether a prediction that nobody answers to belongs to a range of sizes. */
  readonly area: number;
}

/** People of some sizes. */
export interface AreaRange {
  /** Short name. */
  readonly name: string;
  /** Smallest area, px^2, included. */
  readonly low: number;
  /** Largest area, px^2, included. */
  readonly high: number;
}

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

/** One picture and category. */
interface Scene {
  readonly truth: TruthPerson[];
  readonly found: ScoredPerson[];
}

/** Scenes of a category by rising id of the picture; pictures with nobody in them are left out. */
function scenesOf(
  category: number,
  images: readonly number[],
  truth: readonly TruthPerson[],
  found: readonly ScoredPerson[],
): Scene[] {
  const scenes = new Map<number, Scene>();
  for (const image of [...images].sort((a, b) => a - b)) scenes.set(image, { truth: [], found: [] });
  for (const person of truth) if (person.category === category) scenes.get(person.image)?.truth.push(person);
  for (const person of found) if (person.category === category) scenes.get(person.image)?.found.push(person);
  return [...scenes.values()].filter((scene) => scene.truth.length > 0 || scene.found.length > 0);
}

function isWithin(area: number, range: AreaRange): boolean {
  return !(area < range.low || area > range.high);
}

/** `[D, G]`. */
function similarities(scene: Scene, variances: Float64Array): Float64Array {
  const { truth, found } = scene;
  const table = new Float64Array(found.length * truth.length);
  let at = 0;
  for (const { keypoints } of found) {
    for (const person of truth) table[at++] = objectKeypointSimilarity(person, keypoints, variances);
  }
  return table;
}

/** Predictions of one category, in the order of the pictures. */
interface Ranked {
  readonly scores: Float64Array;
  /** `[A, T]`, then one {@link Outcome} a prediction. */
  readonly outcomes: readonly (readonly Uint8Array[])[];
  /** `[A]`: people to find. */
  readonly people: Uint32Array;
}

function rank(
  scenes: readonly Scene[],
  variances: Float64Array,
  thresholds: readonly number[],
  areas: readonly AreaRange[],
): Ranked {
  const total = scenes.reduce((sum, { found }) => sum + found.length, 0);
  const scores = new Float64Array(total);
  const outcomes = areas.map(() => thresholds.map(() => new Uint8Array(total)));
  const people = new Uint32Array(areas.length);
  const matches = new Int32Array(scenes.reduce((most, { found }) => Math.max(most, found.length), 0));
  let from = 0;
  for (const scene of scenes) {
    const { truth, found } = scene;
    const table = similarities(scene, variances);
    const crowd = Uint8Array.from(truth, (person) => person.crowd ? 1 : 0);
    found.forEach((person, row) => scores[from + row] = person.score);
    areas.forEach((range, a) => {
      const counts = truth.map((person) => !person.ignored && isWithin(person.area, range));
      const columns = [...truth.keys()];
      const order = [...columns.filter((g) => counts[g]), ...columns.filter((g) => !counts[g])];
      const counted = counts.reduce((sum, one) => sum + (one ? 1 : 0), 0);
      people[a] = people[a]! + counted;
      thresholds.forEach((threshold, t) => {
        matchPeople(table, found.length, { order, counted, crowd }, threshold, matches);
        const here = outcomes[a]![t]!;
        found.forEach((person, row) => {
          const match = matches[row]!;
          if (match !== UNMATCHED) here[from + row] = match < counted ? Outcome.right : Outcome.ignored;
          else here[from + row] = isWithin(person.area, range) ? Outcome.wrong : Outcome.ignored;
        });
      });
    });
    from += found.length;
  }
  return { scores, outcomes, people };
}

/** The best predictions of each scene, best first. */
function bestFirst(scenes: readonly Scene[], most: number): Scene[] {
  return scenes.map(({ truth, found }) => {
    const order = byFallingScore(found.map(({ score }) => score)).subarray(0, most);
    return { truth, found: Array.from(order, (index) => found[index]!) };
  });
}

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
    const scenes = bestFirst(scenesOf(category, options.images, truth, found), maxDetections);
    const ranked = rank(scenes, variances, thresholds, areas);
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
