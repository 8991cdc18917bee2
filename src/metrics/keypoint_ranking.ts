/**
 * What became of each prediction of a category, for every range of sizes and every similarity threshold.
 *
 * @module
 */

import { matchPeople, UNMATCHED } from "./match_people.ts";
import { objectKeypointSimilarity, type OksTruth } from "./oks.ts";
import { byFallingScore, Outcome } from "./precision_curve.ts";

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

/** One picture and category. */
interface Scene {
  readonly truth: TruthPerson[];
  readonly found: ScoredPerson[];
}

/** The best predictions, best first. */
function bestFirst(found: readonly ScoredPerson[], most: number): ScoredPerson[] {
  const order = byFallingScore(found.map(({ score }) => score)).subarray(0, most);
  return Array.from(order, (index) => found[index]!);
}

/** What counts. */
export interface RankingOptions {
  /** Id of the category. */
  readonly category: number;
  /** Ids of the pictures. */
  readonly images: readonly number[];
  /** `[J]`, of `oksVariances`. */
  readonly variances: Float64Array;
  /** T similarity thresholds. */
  readonly thresholds: readonly number[];
  /** A ranges of sizes. */
  readonly areas: readonly AreaRange[];
  /** At most so many predictions of a picture, the best ones. */
  readonly maxDetections: number;
}

/** D predictions of one category, by rising id of the picture, best first in each. */
export interface RankedPredictions {
  /** `[D]`. */
  readonly scores: Float64Array;
  /** `[A][T]`, each `[D]`: an {@link Outcome} a prediction. */
  readonly outcomes: readonly (readonly Uint8Array[])[];
  /** `[A]`: people to find. */
  readonly people: Uint32Array;
}

/** Scenes by rising id of the picture; pictures with nobody in them are left out. */
function scenesOf(truth: readonly TruthPerson[], found: readonly ScoredPerson[], options: RankingOptions): Scene[] {
  const { category, images, maxDetections } = options;
  const scenes = new Map<number, Scene>();
  for (const image of [...images].sort((a, b) => a - b)) scenes.set(image, { truth: [], found: [] });
  for (const person of truth) if (person.category === category) scenes.get(person.image)?.truth.push(person);
  for (const person of found) if (person.category === category) scenes.get(person.image)?.found.push(person);
  return [...scenes.values()].filter((scene) => scene.truth.length > 0 || scene.found.length > 0)
    .map((scene) => ({ truth: scene.truth, found: bestFirst(scene.found, maxDetections) }));
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

/**
 * Matches the predictions of one category, picture by picture.
 *
 * @param truth Annotated people of all categories, in the order of their file.
 * @param found Predicted people of all categories, in the order of their file.
 * @param options What counts.
 * @throws {ShapeError} If somebody has another number of joints than there are variances.
 */
export function rankPredictions(
  truth: readonly TruthPerson[],
  found: readonly ScoredPerson[],
  options: RankingOptions,
): RankedPredictions {
  const { variances, thresholds, areas } = options;
  const scenes = scenesOf(truth, found, options);
  const total = scenes.reduce((sum, { found }) => sum + found.length, 0);
  const scores = new Float64Array(total);
  const outcomes = areas.map(() => thresholds.map(() => new Uint8Array(total)));
  const people = new Uint32Array(areas.length);
  const matches = new Int32Array(scenes.reduce((most, { found }) => Math.max(most, found.length), 0));
  let from = 0;
  for (const scene of scenes) {
    const table = similarities(scene, variances);
    const crowd = Uint8Array.from(scene.truth, (person) => person.crowd ? 1 : 0);
    const columns = [...scene.truth.keys()];
    scene.found.forEach((person, row) => scores[from + row] = person.score);
    areas.forEach((range, a) => {
      const counts = scene.truth.map((person) => !person.ignored && isWithin(person.area, range));
      const order = [...columns.filter((g) => counts[g]), ...columns.filter((g) => !counts[g])];
      const counted = counts.reduce((sum, one) => sum + (one ? 1 : 0), 0);
      people[a] = people[a]! + counted;
      thresholds.forEach((threshold, t) => {
        matchPeople(table, scene.found.length, { order, counted, crowd }, threshold, matches);
        const here = outcomes[a]![t]!;
        scene.found.forEach((person, row) => {
          const match = matches[row]!;
          if (match !== UNMATCHED) here[from + row] = match < counted ? Outcome.right : Outcome.ignored;
          else here[from + row] = isWithin(person.area, range) ? Outcome.wrong : Outcome.ignored;
        });
      });
    });
    from += scene.found.length;
  }
  return { scores, outcomes, people };
}
