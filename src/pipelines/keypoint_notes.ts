/**
 * What a reader of keypoint figures must know about the data behind them.
 *
 * @module
 */

import type { CocoTruth } from "../formats/truth/coco_truth.ts";
import type { KeypointResult } from "../formats/truth/keypoint_results.ts";
import type { ScoredPerson, TruthPerson } from "../metrics/keypoint_ranking.ts";
import type { KeypointRules } from "./keypoint_rules.ts";

/** What is compared. */
export interface Compared {
  /** The ground-truth file. */
  readonly truth: CocoTruth;
  /** Its people. */
  readonly people: readonly TruthPerson[];
  /** The predictions of the file. */
  readonly results: readonly KeypointResult[];
  /** Those that count. */
  readonly found: readonly ScoredPerson[];
}

/** How many predictions lie beyond the limit of their picture and category. */
function beyondLimit(found: readonly ScoredPerson[], limit: number): number {
  const counts = new Map<string, number>();
  for (const { image, category } of found) {
    const key = `${image} ${category}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return [...counts.values()].reduce((sum, count) => sum + Math.max(0, count - limit), 0);
}

/**
 * Sentences on what is ignored, left out or missing.
 *
 * @param compared What is compared.
 * @param rules How the data set is scored.
 */
export function keypointNotes(compared: Compared, rules: KeypointRules): string[] {
  const { truth, people, results, found } = compared;
  const notes: string[] = [];
  const say = (count: number, what: string): void => void (count > 0 && notes.push(`${what}: ${count}`));
  const known = new Set(truth.categories);
  const strangers = found.filter(({ category }) => !known.has(category));
  const seen = new Set(found.map(({ image }) => image));
  if (results.length === 0) {
    notes.push("the predictions are empty: AP and AR are 0 (pycocotools refuses an empty list)");
  }
  say(
    people.filter(({ ignored }) => ignored).length,
    "annotated people that are ignored, as they are crowds or have no joints",
  );
  say(results.length - found.length, "predictions left out, as none of their joints has a score above 0");
  say(strangers.length, "predictions left out, as their category is not in the ground truth");
  say(
    beyondLimit(found, rules.maxDetections),
    `predictions that do not count, as they are beyond the best ${rules.maxDetections} of their picture`,
  );
  say(
    found.length === 0 ? 0 : truth.images.filter(({ id }) => !seen.has(id)).length,
    `images without predictions, of ${truth.images.length} (people in them count as missed)`,
  );
  if (rules.losesIdZero && truth.annotations.some(({ id }) => id === 0)) {
    notes.push("an annotation has id 0: found, it counts as any other (pycocotools takes it for not found)");
  }
  return notes;
}
