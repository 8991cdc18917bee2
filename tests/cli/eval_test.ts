/** `diffpose eval` as a user calls it: tables, JSON, help, wrong words and broken files. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { EVALUATIONS } from "../../src/cli/evaluations/mod.ts";
import type { Evaluation } from "../../src/pipelines/evaluation.ts";
import { diffpose, inTemp, type Outcome, ROOT } from "./harness.ts";

const FOLDER = join(ROOT, "fixtures/metrics");
const TRUTH = join(FOLDER, "coco_boxes.truth.json");
const RESULTS = join(FOLDER, "coco_boxes.results.json");
/** Two sums of the same numbers. */
const TOLERANCE = 1e-6;

function evalCoco(gt: string, pred: string, ...more: string[]): Promise<Outcome> {
  return diffpose(["eval", "coco", "--gt", gt, "--pred", pred, ...more]);
}

/** Writes a text and evaluates it as predictions. */
async function predicted(text: string): Promise<Outcome> {
  let outcome: Outcome | undefined;
  await inTemp(async (folder) => {
    const path = join(folder, "pred.json");
    await Deno.writeTextFile(path, text);
    outcome = await evalCoco(TRUTH, path);
  });
  return outcome!;
}

Deno.test("eval coco: --json has every figure and its settings in one value", async () => {
  const { code, out, err } = await evalCoco(TRUTH, RESULTS, "--json");
  assert.equal(code, 0, err);
  const evaluation = JSON.parse(out) as Evaluation;
  const { stats } = JSON.parse(readFileSync(join(FOLDER, "coco_boxes.expected.json"), "utf8"));
  ["AP", "AP50", "AP75", "APM", "APL", "AR", "AR50", "AR75", "ARM", "ARL"].forEach((name, i) => {
    assert.ok(Math.abs(Number(evaluation.figures[name]) - stats[i]) <= TOLERANCE, name);
  });
  assert.deepEqual([evaluation.settings.gt, evaluation.settings.pred], [TRUTH, RESULTS]);
  assert.equal(err, "");
});

Deno.test("eval coco: prints an aligned table, and notes apart from it", async () => {
  const { code, out, err } = await evalCoco(TRUTH, RESULTS);
  assert.equal(code, 0, err);
  assert.match(out, /^figure {2}OKS {8}people {2}value$/m);
  assert.match(out, /^APM {5}0\.50:0\.95 {2}medium {2}0\.\d{3}$/m);
  assert.match(err, /^note: images without predictions/m);
});

Deno.test("eval crowdpose and aic: run on their own joints", async () => {
  for (const name of ["crowdpose", "aic"]) {
    const files = ["--gt", join(FOLDER, `${name}.truth.json`), "--pred", join(FOLDER, `${name}.results.json`)];
    const { code, out, err } = await diffpose(["eval", name, ...files, "--json"]);
    assert.equal(code, 0, err);
    const { metric, settings } = JSON.parse(out) as Evaluation;
    assert.deepEqual([metric, settings.skeleton], [name, `${name}14`]);
    const wrong = await diffpose(["eval", "coco", ...files]);
    assert.equal(wrong.code, 1);
    assert.match(wrong.err, /annotations\[0\]\.keypoints: must be 51 numbers.*17 joints: "42 numbers \(14 joints\)"/);
  }
});

Deno.test("eval: --area and --max-people change settings and figures", async () => {
  const read = async (...more: string[]): Promise<Evaluation> =>
    JSON.parse((await evalCoco(TRUTH, RESULTS, "--json", ...more)).out);
  const [standard, box, few] = [await read(), await read("--area", "box"), await read("--max-people", "1")];
  assert.match(String(box.settings.area), /0\.53/);
  assert.equal(few.settings.maxDetections, 1);
  assert.ok(box.figures.AP !== standard.figures.AP && Number(few.figures.AR) < Number(standard.figures.AR));
});

Deno.test("eval: the help lists every metric, and whose each flag is", async () => {
  const { code, out } = await diffpose(["eval", "--help"]);
  assert.equal(code, 0);
  for (const { name, summary, flags } of EVALUATIONS) {
    assert.ok(out.includes(`  ${name} `) && out.includes(summary), name);
    for (const flag of Object.keys(flags)) {
      const line = out.split("\n").find((text) => text.includes(`--${flag}`));
      assert.match(line ?? "", new RegExp(`\\b${name}\\b[^:]*: `), `--${flag} of ${name}`);
    }
  }
});

Deno.test("eval: metrics that share a flag mean the same by it", () => {
  const specs = new Map<string, string>();
  for (const [name, spec] of EVALUATIONS.flatMap(({ flags }) => Object.entries(flags))) {
    assert.equal(JSON.stringify(spec), specs.get(name) ?? JSON.stringify(spec), name);
    specs.set(name, JSON.stringify(spec));
  }
});

Deno.test("eval: wrong words end with code 2 and name what would work", async () => {
  const files = ["--gt", TRUTH, "--pred", RESULTS];
  const cases: readonly (readonly [string[], RegExp])[] = [
    [["eval"], /eval needs METRIC/],
    [["eval", "coca", ...files], /METRIC is one of coco, .*"coca" \(did you mean coco\?\)/],
    [["eval", "coco", "--gt", TRUTH], /eval needs --pred FILE/],
    [["eval", "coco", "--pred", RESULTS], /eval needs --gt FILE/],
    [["eval", "coco", ...files, "--area", "skin"], /--area takes one of annotation, box/],
    [["eval", "coco", ...files, "--max-people", "0"], /--max-people takes a whole number of at least 1/],
  ];
  for (const [words, message] of cases) {
    const { code, err } = await diffpose(words);
    assert.equal(code, 2, err);
    assert.match(err, message);
  }
});

Deno.test("eval: a flag of another metric is refused, not passed over", async () => {
  const others = EVALUATIONS.filter(({ flags }) => !("area" in flags));
  assert.ok(others.length > 0);
  for (const { name } of others) {
    const { code, err } = await diffpose(["eval", name, "--gt", TRUTH, "--pred", RESULTS, "--area", "box"]);
    assert.equal(code, 2);
    assert.match(err, new RegExp(`--area belongs to coco, .*, not to ${name}`));
  }
});

Deno.test("eval coco: broken predictions end with code 1, and file, record and field", async () => {
  const good = JSON.parse(readFileSync(RESULTS, "utf8")) as Record<string, unknown>[];
  const changed = (change: (list: Record<string, unknown>[]) => void): string => {
    const list = structuredClone(good);
    change(list);
    return JSON.stringify(list);
  };
  const cases: readonly (readonly [string, RegExp])[] = [
    [JSON.stringify(good).slice(0, 5000), /pred\.json: must be whole/],
    [
      JSON.stringify(good).replace(/"score":[\d.]+/, '"score":NaN'),
      /pred\.json, \[0\]\.score: must be a finite number/,
    ],
    [
      changed((list) => list[2]!.image_id = 987654),
      /pred\.json, \[2\]\.image_id: must be the id of an image.*: 987654/,
    ],
    [changed((list) => (list[3]!.keypoints as number[]).splice(42)), /\[3\]\.keypoints: must be 51 numbers.*14 joints/],
    [changed((list) => delete list[1]!.bbox), /\[1\]\.bbox: must be a box, as the first result has one/],
    ["{}", /pred\.json: must be an array/],
    ["", /pred\.json: must be whole/],
  ];
  for (const [text, message] of cases) {
    const { code, out, err } = await predicted(text);
    assert.equal(code, 1, text.slice(0, 80));
    assert.match(err, message);
    assert.equal(out, "");
  }
});

Deno.test("eval coco: empty predictions are 0 with a note", async () => {
  const { code, out, err } = await predicted("[]");
  assert.equal(code, 0, err);
  assert.match(out, /^AP {6}0\.50:0\.95 {2}all {5}0\.000$/m);
  assert.match(err, /note: the predictions are empty/);
});

Deno.test("eval coco: files that are missing, and folders, are refused", async () => {
  await inTemp(async (folder) => {
    const missing = await evalCoco(join(folder, "none.json"), RESULTS);
    assert.equal(missing.code, 1);
    assert.match(missing.err, /none\.json: must be a file or folder that can be read/);
    const swapped = await evalCoco(RESULTS, TRUTH);
    assert.equal(swapped.code, 1);
    assert.match(swapped.err, /coco_boxes\.results\.json: must be an object/);
    const directory = await evalCoco(TRUTH, folder);
    assert.equal(directory.code, 1);
    assert.match(directory.err, /must hold files of poses: an empty folder/);
  });
});
