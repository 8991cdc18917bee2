/**
 * Predicted people against annotated people by OKS: COCO, CrowdPose and AI Challenger.
 *
 * @module
 */

import type { CocoTruth, TruthImage } from "../formats/truth/coco_truth.ts";
import { at, type Place, placeText, refuse } from "../formats/fields.ts";
import type { KeypointResult } from "../formats/truth/keypoint_results.ts";
import {
  COCO_AREAS,
  COCO_RECALLS,
  COCO_THRESHOLDS,
  type KeypointCurves,
  keypointCurves,
} from "../metrics/keypoint_curves.ts";
import { averagePrecision, averageRecall } from "../metrics/keypoint_means.ts";
import type { Evaluation, FigureTable, Json } from "./evaluation.ts";
import { type Compared, keypointNotes } from "./keypoint_notes.ts";
import { scoredPeople, truthPeople } from "./keypoint_people.ts";
import { BOX_FILL, type KeypointRules } from "./keypoint_rules.ts";

/** A figure of the summary and what it is a mean of. */
interface SummaryRow {
  readonly name: string;
  readonly value: number;
  /** Similarity thresholds, as text. */
  readonly oks: string;
  /** Which people or pictures. */
  readonly part: string;
}

/** Ends of names like `APM`. */
const AREA_LETTERS: Readonly<Record<string, string>> = { medium: "M", large: "L" };

/** Thresholds are sums of floating-point steps; people know them with two decimals. */
function rounded(threshold: number): number {
  return Number(threshold.toFixed(2));
}

function summarise(curves: KeypointCurves, areas: readonly string[]): SummaryRow[] {
  const means = [["AP", averagePrecision], ["AR", averageRecall]] as const;
  return means.flatMap(([name, mean]) => [
    { name, value: mean(curves), oks: "0.50:0.95", part: "all" },
    { name: `${name}50`, value: mean(curves, { threshold: 0.5 }), oks: "0.50", part: "all" },
    { name: `${name}75`, value: mean(curves, { threshold: 0.75 }), oks: "0.75", part: "all" },
    ...areas.map((area) => {
      return { name: name + AREA_LETTERS[area]!, value: mean(curves, { area }), oks: "0.50:0.95", part: area };
    }),
  ]);
}

/** Pictures by how crowded they are. */
function crowdGroups(
  images: readonly TruthImage[],
  bounds: NonNullable<KeypointRules["crowdBounds"]>,
  place: Place,
): Readonly<Record<"easy" | "medium" | "hard", number[]>> {
  const groups = { easy: [] as number[], medium: [] as number[], hard: [] as number[] };
  images.forEach(({ id, crowdIndex }, i) => {
    if (crowdIndex === null) refuse(at(at(at(place, "images"), i), "crowdIndex"), "must be a number", crowdIndex);
    groups[crowdIndex < bounds.easy ? "easy" : crowdIndex < bounds.hard ? "medium" : "hard"].push(id);
  });
  return groups;
}

function settingsOf(truth: CocoTruth, rules: KeypointRules): Record<string, Json> {
  const { skeleton, area, jointCount, dropUnscored, crowdBounds, maxDetections } = rules;
  const areas = rules.crowdBounds === null ? COCO_AREAS : COCO_AREAS.slice(0, 1);
  return {
    skeleton: skeleton.name,
    sigmas: skeleton.sigmas!,
    thresholds: COCO_THRESHOLDS.map(rounded),
    recalls: COCO_RECALLS.length,
    maxDetections,
    areas: areas.map(({ name, low, high }) => ({ name, low, high })),
    area: area === "box" ? `${BOX_FILL} * width * height of the box` : "area of the annotation",
    ignored: `iscrowd, or no joint by ${jointCount}`,
    dropUnscored,
    categories: truth.categories,
    ...(crowdBounds === null ? {} : { crowdIndex: { easyBelow: crowdBounds.easy, hardFrom: crowdBounds.hard } }),
  };
}

function tablesOf(rows: readonly SummaryRow[], curves: KeypointCurves, title: string): FigureTable[] {
  const shown = (value: number): number | null => value < 0 ? null : value;
  const thresholds = curves.thresholds.map((threshold) => [
    rounded(threshold).toFixed(2),
    shown(averagePrecision(curves, { threshold })),
    shown(averageRecall(curves, { threshold })),
  ]);
  return [
    {
      title,
      columns: ["figure", "OKS", "people", "value"],
      rows: rows.map(({ name, oks, part, value }) => [name, oks, part, shown(value)]),
      digits: 3,
    },
    { title: "By OKS threshold, all people", columns: ["OKS", "AP", "AR"], rows: thresholds, digits: 3 },
  ];
}

/**
 * Scores predicted people.
 *
 * @param truth Annotated people.
 * @param results Predicted people; any reader may have made them, a picture's id and a category's id are the file's.
 * @param rules How the data set is scored.
 * @param place The ground-truth file, for messages.
 * @returns Figures `AP`, `AP50`, `AP75`, `AR`, `AR50`, `AR75` with `APM`, `APL`, `ARM`, `ARL` (sizes) or `APeasy`,
 * `APmedium`, `APhard` (crowds), 0..1, and -1 where there is nobody to find.
 * @throws {InputError} If an annotation has no area or a picture no crowd index, and the rules want it.
 */
export function evaluateCoco(
  truth: CocoTruth,
  results: readonly KeypointResult[],
  rules: KeypointRules,
  place: Place,
): Evaluation {
  const { skeleton, crowdBounds, maxDetections, metric, evaluator } = rules;
  const compared: Compared = {
    truth,
    people: truthPeople(truth, rules, place),
    results,
    found: scoredPeople(results, rules),
  };
  const { people, found } = compared;
  const options = { categories: truth.categories, sigmas: skeleton.sigmas!, maxDetections };
  const areas = crowdBounds === null ? COCO_AREAS : COCO_AREAS.slice(0, 1);
  const curves = keypointCurves(people, found, { ...options, areas, images: truth.images.map(({ id }) => id) });
  const rows = summarise(curves, areas.slice(1).map(({ name }) => name));
  const groups: Readonly<Record<string, number[]>> = crowdBounds === null
    ? {}
    : crowdGroups(truth.images, crowdBounds, place);
  for (const [group, images] of Object.entries(groups)) {
    const value = averagePrecision(keypointCurves(people, found, { ...options, areas, images }));
    rows.push({ name: `AP${group}`, value, oks: "0.50:0.95", part: `${group}, ${images.length} images` });
  }
  const counted = people.filter(({ ignored }) => !ignored).length;
  const counts = { images: truth.images.length, people: counted, predictions: results.length };
  const thresholds = curves.thresholds;
  return {
    metric,
    evaluator,
    settings: settingsOf(truth, rules),
    figures: {
      ...Object.fromEntries(rows.map(({ name, value }) => [name, value])),
      thresholds: thresholds.map(rounded),
      APByThreshold: thresholds.map((threshold) => averagePrecision(curves, { threshold })),
      ARByThreshold: thresholds.map((threshold) => averageRecall(curves, { threshold })),
      ...counts,
      peopleIgnored: people.length - counted,
    },
    tables: tablesOf(
      rows,
      curves,
      `${placeText(place)}: ${counts.images} images, ${counted} people to find, ${results.length} predictions`,
    ),
    notes: keypointNotes(compared, rules),
  };
}
