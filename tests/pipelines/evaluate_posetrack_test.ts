import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { InputError } from "../../src/core/errors.ts";
import type { FileSource, FolderSource } from "../../src/formats/source.ts";
import { evaluatePosetrack } from "../../src/pipelines/evaluate_posetrack.ts";
import type { MotRules } from "../../src/metrics/posetrack_mot.ts";
import { streamOf } from "../formats/streams.ts";

const FIXTURE = join(import.meta.dirname!, "../../fixtures/metrics/posetrack");
/** Sums of about a hundred products below 100, in another order than numpy's. */
const SUM_TOLERANCE = 1e-9;
const NAMES = ["000101_bench_test.json", "000102_park_test.json"];

type Tree = Record<string, string>;

function file(name: string, text: string): FileSource {
  return { kind: "file", name, open: () => Promise.resolve(streamOf(text)) };
}

function folder(name: string, files: Tree): FolderSource {
  return {
    kind: "folder",
    name,
    list: () => Promise.resolve(Object.keys(files)),
    file: (one) => file(`${name}/${one}`, files[one]!),
  };
}

function tree(side: "gt" | "pred"): Tree {
  return Object.fromEntries(NAMES.map((name) => [name, readFileSync(join(FIXTURE, side, name), "utf8")]));
}

const GT = tree("gt");
const PRED = tree("pred");

interface MotExpected {
  readonly mota: readonly number[];
  readonly motp: readonly number[];
  readonly precision: readonly number[];
  readonly recall: readonly number[];
  readonly objects: readonly number[];
  readonly detections: readonly number[];
  readonly misses: readonly number[];
  readonly falsePositives: readonly number[];
  readonly switches: readonly number[];
}
interface Expected {
  readonly ap: {
    readonly ap: readonly number[];
    readonly precision: readonly number[];
    readonly recall: readonly number[];
  };
  readonly mot_poseval: MotExpected;
  readonly mot_clear: MotExpected;
  readonly groups: Readonly<Record<"ap" | "mota" | "motp", Readonly<Record<string, number>>>>;
}
const EXPECTED: Expected = JSON.parse(readFileSync(join(FIXTURE, "expected.json"), "utf8"));

// deno-lint-ignore no-explicit-any
type Figures = any;

async function figuresOf(gt: Tree, pred: Tree, motRules?: MotRules): Promise<Figures> {
  const evaluation = await evaluatePosetrack(folder("gt", gt), folder("pred", pred), motRules ? { motRules } : {});
  return evaluation.figures;
}

function closeAll(values: readonly number[], expected: readonly number[], what: string): void {
  assert.equal(values.length, expected.length);
  expected.forEach((value, j) => {
    assert.ok(Math.abs(values[j]! - value) < SUM_TOLERANCE, `${what}, joint ${j}: ${values[j]} instead of ${value}`);
  });
}

Deno.test("evaluatePosetrack() gives the figures of an independent implementation, both layouts in one set", async () => {
  const figures = await figuresOf(GT, PRED);
  closeAll(Object.values(figures.ap.joints), EXPECTED.ap.ap, "AP");
  closeAll(Object.values(figures.precision.joints), EXPECTED.ap.precision, "precision");
  closeAll(Object.values(figures.recall.joints), EXPECTED.ap.recall, "recall");
  for (const metric of ["ap", "mota", "motp"] as const) {
    for (const [group, value] of Object.entries(EXPECTED.groups[metric])) {
      assert.ok(Math.abs(figures[metric][group] - value) < SUM_TOLERANCE, `${metric} ${group}`);
    }
  }
});

for (const rules of ["poseval", "clear"] as const) {
  Deno.test(`evaluatePosetrack() counts the events of motmetrics, rules of ${rules}`, async () => {
    const figures = await figuresOf(GT, PRED, rules);
    const expected = EXPECTED[`mot_${rules}`];
    const counts: Figures[] = Object.values(figures.mot_counts);
    for (const name of ["objects", "detections", "misses", "falsePositives", "switches"] as const) {
      assert.deepEqual(counts.map((count) => count[name]), expected[name], name);
    }
    closeAll(Object.values(figures.mota.joints), expected.mota, "MOTA");
    closeAll(Object.values(figures.motp.joints), expected.motp, "MOTP");
    closeAll(Object.values(figures.mot_precision.joints), expected.precision, "precision");
    closeAll(Object.values(figures.mot_recall.joints), expected.recall, "recall");
  });
}

Deno.test("evaluatePosetrack() prints the groups of the official table", async () => {
  const { tables, notes, metric } = await evaluatePosetrack(folder("gt", GT), folder("pred", PRED));
  assert.equal(metric, "posetrack");
  assert.deepEqual(tables[0]!.columns, ["", "Head", "Shou", "Elb", "Wri", "Hip", "Knee", "Ankl", "Total"]);
  assert.deepEqual(tables.map(({ rows }) => rows.map(([name]) => name)), [
    ["AP", "precision", "recall"],
    ["MOTA", "MOTP", "precision", "recall"],
    ["joints"],
  ]);
  assert.deepEqual(notes, []);
});

Deno.test("evaluatePosetrack() does not depend on the order of frames in the predictions", async () => {
  const name = NAMES[0]!;
  const value = JSON.parse(PRED[name]!);
  value.images.reverse();
  const turned = { ...PRED, [name]: JSON.stringify(value) };
  assert.deepEqual(await figuresOf(GT, turned), await figuresOf(GT, PRED));
});

Deno.test("evaluatePosetrack() gives 100 for the truth itself", async () => {
  const scored = Object.fromEntries(NAMES.map((name) => [name, GT[name]!]));
  const { figures, notes } = await evaluatePosetrack(folder("gt", GT), folder("pred", scored), { motRules: "clear" });
  const { ap, mota, motp } = figures as Figures;
  // A sum of up to 30 equal steps of recall is 1 within rounding.
  for (const value of [ap.Total, mota.Total, motp.Total]) assert.ok(Math.abs(value - 100) < SUM_TOLERANCE);
  assert.match(notes.join(), /points have no score: they rank last/);
});

/** One of the prediction files after a change. */
function changed(name: string, change: (value: Figures) => void): Tree {
  const value = JSON.parse(PRED[name]!);
  change(value);
  return { ...PRED, [name]: JSON.stringify(value) };
}

async function refusal(gt: Tree, pred: Tree): Promise<string> {
  try {
    await figuresOf(gt, pred);
  } catch (error) {
    assert.ok(error instanceof InputError, String(error));
    return error.message;
  }
  return assert.fail("was accepted");
}

Deno.test("evaluatePosetrack() refuses sequences and frames that do not match, by name", async () => {
  const { [NAMES[1]!]: _, ...onlyOne } = PRED;
  assert.match(await refusal(GT, onlyOne), /^pred: must hold the predictions for 000102_park_test\.json: 000101/);
  assert.match(await refusal(GT, {}), /^pred: must hold \.json files, one a sequence: none/);
  const fewer = changed(NAMES[1]!, (value) => value.annolist.splice(3, 1));
  assert.match(
    await refusal(GT, fewer),
    /^pred\/000102_park_test\.json: must have every annotated frame of gt\/000102_park_test\.json: no 00000003\.jpg/,
  );
  const other = changed(NAMES[0]!, (value) => value.images[6].file_name = "images/val/x/000077.jpg");
  assert.match(await refusal(GT, other), /^pred\/000101_bench_test\.json: must have no frame .*: 000077\.jpg/);
});

Deno.test("evaluatePosetrack() lets frames be missing that nobody annotated", async () => {
  const fewer = changed(NAMES[1]!, (value) => value.annolist.splice(0, 1));
  assert.deepEqual(await figuresOf(GT, fewer), await figuresOf(GT, PRED));
});

Deno.test("evaluatePosetrack() takes no tracking figures without tracks, and refuses half of them", async () => {
  const none = Object.fromEntries(NAMES.map((name) => [name, PRED[name]!.replaceAll('"track_id"', '"number"')]));
  const { figures, tables, notes } = await evaluatePosetrack(folder("gt", GT), folder("pred", none));
  assert.equal("mota" in figures, false);
  assert.equal(tables.length, 1);
  assert.match(notes.join(), /no tracking figures, as there are people without track_id \(pred\)/);
  const half = changed(NAMES[0]!, (value) => delete value.annotations[2].track_id);
  assert.match(await refusal(GT, half), /^pred\/000101_bench_test\.json, annotations\[2\]: must have a track_id/);
});

Deno.test("evaluatePosetrack() says what was passed over", async () => {
  const more = { ...PRED, "extra.json": "{}" };
  const { notes } = await evaluatePosetrack(folder("gt", GT), folder("pred", more));
  assert.deepEqual(notes, ["1 files with predictions have no ground truth (extra.json)"]);
});

Deno.test("evaluatePosetrack() pairs two files whatever their names", async () => {
  const name = NAMES[0]!;
  const evaluation = await evaluatePosetrack(file("truth.json", GT[name]!), file("mine.json", PRED[name]!));
  const one = await figuresOf({ [name]: GT[name]! }, { [name]: PRED[name]! });
  assert.deepEqual(evaluation.figures, one);
});

Deno.test("evaluatePosetrack() refuses ground truth in which nobody is annotated", async () => {
  const name = NAMES[1]!;
  const empty = JSON.stringify({ annolist: JSON.parse(GT[name]!).annolist.slice(0, 1) });
  const predicted = JSON.stringify({ annolist: JSON.parse(PRED[name]!).annolist.slice(0, 1) });
  assert.match(await refusal({ [name]: empty }, { [name]: predicted }), /^gt: must have a frame in which somebody is/);
});
