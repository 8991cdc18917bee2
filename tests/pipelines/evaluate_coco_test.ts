/** Figures of the keypoint metrics against pycocotools and xtcocotools; see fixtures/metrics/make_keypoint_ap.py. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { InputError } from "../../src/core/errors.ts";
import { type CocoTruth, readCocoTruth } from "../../src/formats/truth/coco_truth.ts";
import { rootPlace } from "../../src/formats/fields.ts";
import { type KeypointResult, readKeypointResults } from "../../src/formats/truth/keypoint_results.ts";
import { COCO_AREAS, keypointCurves } from "../../src/metrics/mod.ts";
import type { Evaluation } from "../../src/pipelines/evaluation.ts";
import { evaluateCoco } from "../../src/pipelines/evaluate_coco.ts";
import { scoredPeople, truthPeople } from "../../src/pipelines/keypoint_people.ts";
import { aicRules, cocoRules, crowdposeRules, type KeypointRules } from "../../src/pipelines/keypoint_rules.ts";

const ROOT = join(import.meta.dirname!, "../..");
const REAL = join(ROOT, "../shared/data/clips/coco_cc/person_keypoints.json");

/** The project's promise; the fixtures' curves are rounded to seven digits. */
const TOLERANCE = 1e-6;

const COCO_FIGURES = ["AP", "AP50", "AP75", "APM", "APL", "AR", "AR50", "AR75", "ARM", "ARL"];
const CROWD_FIGURES = ["AP", "AP50", "AP75", "AR", "AR50", "AR75"];

interface Expected {
  readonly stats: readonly number[];
  readonly shape: readonly number[];
  readonly precision: readonly number[];
  readonly recall: readonly number[];
  readonly groups?: Readonly<Record<string, number>>;
}

function json(name: string): unknown {
  return JSON.parse(readFileSync(join(ROOT, "fixtures/metrics", name), "utf8"));
}

interface Case {
  readonly truth: CocoTruth;
  readonly results: readonly KeypointResult[];
  readonly rules: KeypointRules;
  readonly expected: Expected;
}

function caseOf(name: string, rules: KeypointRules): Case {
  const { joints } = rules.skeleton;
  const truth = readCocoTruth(json(`${name}.truth.json`), rootPlace("gt"), joints);
  const images = new Set(truth.images.map(({ id }) => id));
  const results = readKeypointResults(json(`${name}.results.json`), rootPlace("pred"), joints.length, images);
  return { truth, results, rules, expected: json(`${name}.expected.json`) as Expected };
}

function evaluate({ truth, results, rules }: Omit<Case, "expected">): Evaluation {
  return evaluateCoco(truth, results, rules, rootPlace("gt.json"));
}

function near(actual: unknown, expected: number, what: string): void {
  assert.ok(
    typeof actual === "number" && Math.abs(actual - expected) <= TOLERANCE,
    `${what}: ${actual}, not ${expected}`,
  );
}

/** Every threshold, category, range and recall, not only the means. */
function checkCurves({ truth, results, rules, expected }: Case): void {
  const curves = keypointCurves(truthPeople(truth, rules, rootPlace("gt")), scoredPeople(results, rules), {
    images: truth.images.map(({ id }) => id),
    categories: truth.categories,
    sigmas: rules.skeleton.sigmas!,
  });
  assert.deepEqual(expected.shape, [10, truth.categories.length, COCO_AREAS.length, 101]);
  assert.equal(curves.precision.length, expected.precision.length);
  expected.precision.forEach((value, i) => near(curves.precision[i], value, `precision ${i}`));
  assert.equal(curves.recall.length, expected.recall.length);
  expected.recall.forEach((value, i) => near(curves.recall[i], value, `recall ${i}`));
}

function checkFigures(figures: Evaluation["figures"], names: readonly string[], stats: readonly number[]): void {
  names.forEach((name, i) => near(figures[name], stats[i]!, name));
}

for (
  const [name, rules] of [["coco_boxes", cocoRules], ["coco_categories", cocoRules], ["aic", aicRules]] as const
) {
  Deno.test(`evaluateCoco() gives the figures and curves of ${rules.evaluator} for ${name}`, () => {
    const one = caseOf(name, rules);
    checkFigures(evaluate(one).figures, COCO_FIGURES, one.expected.stats);
    checkCurves(one);
  });
}

Deno.test(`evaluateCoco() gives the figures and curves of ${crowdposeRules.evaluator}, and its three groups`, () => {
  const one = caseOf("crowdpose", crowdposeRules);
  const { figures, settings } = evaluate(one);
  checkFigures(figures, CROWD_FIGURES, one.expected.stats);
  checkCurves(one);
  for (const [i, group] of ["easy", "medium", "hard"].entries()) {
    near(figures[`AP${group}`], one.expected.groups![group]!, group);
    // The evaluator rounds these three to four digits.
    assert.equal(Number(figures[`AP${group}`]).toFixed(4), one.expected.stats[6 + i]!.toFixed(4));
  }
  assert.deepEqual(settings.crowdIndex, { easyBelow: 0.2, hardFrom: 0.8 });
});

Deno.test("evaluateCoco() of a group of pictures without people is -1, a dash in the table", () => {
  const { truth, ...rest } = caseOf("crowdpose", crowdposeRules);
  const images = truth.images.map((image) => ({ ...image, crowdIndex: 0.5 }));
  const { figures, tables } = evaluate({ truth: { ...truth, images }, ...rest });
  assert.deepEqual([figures.APeasy, figures.APmedium, figures.APhard], [-1, figures.AP, -1]);
  assert.deepEqual(tables[0]!.rows.at(-1), ["APhard", "0.50:0.95", "hard, 0 images", null]);
});

/** What fixtures/metrics/make_coco_real.py does, in the same words. */
function formulaResults(truth: CocoTruth): KeypointResult[] {
  return truth.annotations.flatMap(({ crowd, box, keypoints, image, category }, i) =>
    Array.from({ length: crowd ? 0 : 1 + i % 3 }, (_, k) => ({
      image,
      category,
      box: null,
      score: ((i * 37 + k * 11) % 20) / 20,
      keypoints: Array.from({ length: 17 }, (_, j) => {
        const labelled = keypoints[3 * j + 2]! > 0;
        const [x, y] = labelled ? keypoints.slice(3 * j) : [box[0] + box[2] / 2, box[1] + box[3] / 2];
        return [
          x! + ((i * 7919 + j * 104729 + k * 31) % 41 - 20) * (1 + i % 4) / 8,
          y! + ((i * 6101 + j * 15485 + k * 57) % 37 - 18) * (1 + i % 4) / 8,
          0.5,
        ];
      }).flat(),
    }))
  );
}

Deno.test({
  name: "evaluateCoco() gives the figures of pycocotools for real COCO annotations (needs the shared clips)",
  ignore: !existsSync(REAL),
  fn: () => {
    const expected = json("coco_real.expected.json") as { predictions: number; stats: number[] };
    const truth = readCocoTruth(JSON.parse(readFileSync(REAL, "utf8")), rootPlace(REAL), cocoRules.skeleton.joints);
    const results = formulaResults(truth);
    assert.equal(results.length, expected.predictions);
    checkFigures(evaluate({ truth, results, rules: cocoRules }).figures, COCO_FIGURES, expected.stats);
  },
});

Deno.test("evaluateCoco() states the settings that change the figures", () => {
  const { settings, figures } = evaluate(caseOf("coco_boxes", cocoRules));
  assert.equal(settings.skeleton, "coco17");
  assert.deepEqual(settings.sigmas, cocoRules.skeleton.sigmas);
  assert.equal(settings.maxDetections, 20);
  assert.equal(settings.area, "area of the annotation");
  assert.deepEqual(figures.thresholds, settings.thresholds);
  const mean = (figures.APByThreshold as number[]).reduce((sum, value) => sum + value, 0) / 10;
  near(mean, Number(figures.AP), "mean of the thresholds");
});

Deno.test("evaluateCoco() takes areas from boxes where asked, and refuses annotations without area else", () => {
  const { truth, results } = caseOf("coco_boxes", cocoRules);
  const bare = { ...truth, annotations: truth.annotations.map((one) => ({ ...one, area: null })) };
  const rules = { ...cocoRules, area: "box" as const };
  const boxed = evaluate({ truth: bare, results, rules });
  assert.equal(boxed.settings.area, "0.53 * width * height of the box");
  assert.ok(
    Number(boxed.figures.AP) > 0 && boxed.figures.AP !== evaluate({ truth, results, rules: cocoRules }).figures.AP,
  );
  assert.throws(
    () => evaluate({ truth: bare, results, rules: cocoRules }),
    (error) => error instanceof InputError && /^gt\.json, annotations\[0\]\.area: must be the area/.test(error.message),
  );
});

Deno.test("evaluateCoco() refuses pictures without a crowd index where they are grouped", () => {
  const { truth, ...rest } = caseOf("crowdpose", crowdposeRules);
  const images = truth.images.map((image, i) => i === 3 ? { ...image, crowdIndex: null } : image);
  assert.throws(
    () => evaluate({ truth: { ...truth, images }, ...rest }),
    /^InputError: gt\.json, images\[3\]\.crowdIndex/,
  );
});

Deno.test("evaluateCoco() of empty predictions is 0 with a note", () => {
  const { figures, notes } = evaluate({ ...caseOf("coco_boxes", cocoRules), results: [] });
  COCO_FIGURES.forEach((name) => assert.equal(figures[name], 0));
  assert.match(notes.join("\n"), /predictions are empty/);
});

Deno.test("evaluateCoco() of ground truth without people is -1", () => {
  const { truth, results } = caseOf("coco_boxes", cocoRules);
  const { figures, tables } = evaluate({ truth: { ...truth, annotations: [] }, results, rules: cocoRules });
  COCO_FIGURES.forEach((name) => assert.equal(figures[name], -1));
  assert.ok(tables[0]!.rows.every((row) => row[3] === null));
});

Deno.test("evaluateCoco() says what it ignores and leaves out", () => {
  const notesOf = (name: string, rules: KeypointRules): string => evaluate(caseOf(name, rules)).notes.join("\n");
  const boxes = notesOf("coco_boxes", cocoRules);
  assert.match(boxes, /people that are ignored, .*: \d+/);
  assert.match(boxes, /beyond the best 20 of their picture: \d+/);
  assert.match(boxes, /images without predictions, of 26 .*: \d+/);
  assert.match(notesOf("coco_categories", cocoRules), /category is not in the ground truth: 1$/m);
  assert.match(notesOf("crowdpose", crowdposeRules), /none of their joints has a score above 0: \d+/);
});

Deno.test("evaluateCoco() counts an annotation of id 0 as any other, and says so where the evaluator does not", () => {
  const { truth, results } = caseOf("coco_boxes", cocoRules);
  const annotations = truth.annotations.map((one) => ({ ...one, id: one.id - 1 }));
  const { figures, notes } = evaluate({ truth: { ...truth, annotations }, results, rules: cocoRules });
  assert.equal(figures.AP, evaluate({ truth, results, rules: cocoRules }).figures.AP);
  assert.match(notes.join("\n"), /id 0/);
});
