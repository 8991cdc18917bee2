import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { diffpose, inTemp, ROOT } from "./harness.ts";

// deno-lint-ignore no-explicit-any
type Value = any;

/** COCO joints 5, 6 (shoulders) and 0 (nose) of two people with heads of 30 x 40 px: head size 30, half of it 15. */
function truth(): Value {
  const keypoints = (x: number) =>
    Array.from({ length: 17 }, (_, j) => [0, 5, 6].includes(j) ? [x, 100 + j, 2] : [0, 0, 0]).flat();
  const person = (id: number, x: number) => ({
    id,
    image_id: 7,
    category_id: 1,
    iscrowd: 0,
    bbox: [x, 90, 40, 60],
    head_bbox: [x, 90, 30, 40],
    keypoints: keypoints(x),
    num_keypoints: 3,
  });
  return { images: [{ id: 7 }], annotations: [person(1, 50), person(2, 300)] };
}

/** The people of the truth moved to the right by so many px, last first. */
function results(file: Value, ...moves: number[]): Value[] {
  return file.annotations.map(({ image_id, keypoints }: Value, i: number) => ({
    image_id,
    category_id: 1,
    score: 0.9,
    keypoints: keypoints.map((value: number, k: number) =>
      keypoints[k - k % 3 + 2] === 0 ? 0 : k % 3 === 0 ? value + moves[i]! : k % 3 === 2 ? 0.8 : value
    ),
  })).reverse();
}

async function evaluate(gt: Value, pred: Value, ...words: string[]) {
  let outcome: Value;
  await inTemp(async (folder) => {
    const paths = [join(folder, "gt.json"), join(folder, "pred.json")];
    writeFileSync(paths[0]!, JSON.stringify(gt));
    writeFileSync(paths[1]!, JSON.stringify(pred));
    outcome = await diffpose(["eval", "pckh", "--gt", paths[0]!, "--pred", paths[1]!, ...words]);
  });
  return outcome;
}

Deno.test("eval pckh pairs people by their joints and prints MPII's columns", async () => {
  // 15 px is half a head and right, 16 px is not: one of two shoulders.
  const { code, out, err } = await evaluate(truth(), results(truth(), 15, 16));
  assert.equal(code, 0, err);
  assert.match(out, /Head +Shoulder +Elbow +Wrist +Hip +Knee +Ankle +Mean +AUC/);
  assert.match(out, /PCKh +- +50\.0 +- +- +- +- +- +50\.0/);
  assert.match(err, /no joint of Head, Elbow, Wrist, Hip, Knee, Ankle is annotated/);
  assert.match(err, /1 of 2 people have no prediction/);
});

Deno.test("eval pckh --json, with another threshold and people paired by order", async () => {
  const words = ["--threshold", "0.6", "--pairing", "order", "--json"];
  const { out } = await evaluate(truth(), results(truth(), 15, 16).reverse(), ...words);
  const { settings, figures } = JSON.parse(out);
  assert.deepEqual([settings.threshold, settings.pairing, settings.skeleton], [0.6, "order", "coco17"]);
  assert.deepEqual([figures.people, figures.unpaired, figures.mean, figures.joints.nose], [2, 0, 100, 100]);
  // The results are listed the other way round, which is another pairing.
  const turned = await evaluate(truth(), results(truth(), 15, 16), ...words);
  assert.equal(JSON.parse(turned.out).figures.mean, 0);
});

Deno.test("eval pckh names what it refuses", async () => {
  const headless = truth();
  delete headless.annotations[1].head_bbox;
  const none = await evaluate(headless, []);
  assert.equal(none.code, 1);
  assert.match(none.err, /gt\.json, annotations\[1\]\.head_bbox: must be given/);
  const flat = truth();
  flat.annotations[0].head_bbox = [1, 1, 0, 0];
  assert.match((await evaluate(flat, [])).err, /annotations\[0\]\.head_bbox: must have a size/);
  const short = results(truth(), 0, 0);
  short[1].keypoints.pop();
  assert.match((await evaluate(truth(), short)).err, /pred\.json, \[1\]\.keypoints: must be 51 numbers/);
  const fewer = await evaluate(truth(), results(truth(), 0, 0).slice(1), "--pairing", "order");
  assert.match(fewer.err, /as many people as predictions in picture 7, .*: 2 people, 1 predictions/);
  const named = { ...truth(), categories: [{ id: 1, keypoints: ["nose"] }] };
  assert.match((await evaluate(named, [])).err, /categories\[0\]\.keypoints: must be the joints of a known layout/);
});

const SYNTH = join(ROOT, "../shared/data/synth_test/test_2026_00036/annotations.json");

Deno.test({
  name: "eval pckh of a rendered clip: the truth itself is 100 (skipped without ../shared/data)",
  ignore: !existsSync(SYNTH),
  fn: async () => {
    const gt = JSON.parse(readFileSync(SYNTH, "utf8"));
    const moves = gt.annotations.map(() => 0);
    const { out, code, err } = await evaluate(gt, results(gt, ...moves), "--json");
    assert.equal(code, 0, err);
    const { figures } = JSON.parse(out);
    assert.deepEqual([figures.mean, figures.unpaired, figures.groups.Head], [100, 0, null]);
  },
});
