import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { diffpose, inTemp, ROOT } from "./harness.ts";

const FIXTURE = join(ROOT, "fixtures/metrics/posetrack");
const GT = join(FIXTURE, "gt");
const PRED = join(FIXTURE, "pred");
const NAME = "000101_bench_test.json";

Deno.test("eval posetrack prints the two official tables", async () => {
  const { code, out, err } = await diffpose(["eval", "posetrack", "--gt", GT, "--pred", PRED]);
  assert.equal(code, 0, err);
  assert.match(out, /^posetrack, as poseval/);
  assert.match(out, /Head +Shou +Elb +Wri +Hip +Knee +Ankl +Total/);
  // Figures of fixtures/metrics/posetrack/expected.json, groups; -6.25 is printed as -6.3.
  assert.match(out, /AP +34\.0 +27\.5 +30\.7 +34\.5 +32\.7 +28\.7 +47\.2 +33\.6/);
  assert.match(out, /MOTA +1\.8 +-18\.4 +-6\.3 +0\.9 +-0\.6 +-0\.2 +15\.7 +-0\.8/);
  assert.match(out, /MOTP +73\.3 +74\.6 +70\.3 +75\.4 +72\.0 +70\.8 +71\.2 +72\.6/);
  assert.equal(err, "");
});

Deno.test("eval posetrack --json has every figure and the settings that made it", async () => {
  const { code, out } = await diffpose(["eval", "posetrack", "--gt", GT, "--pred", PRED, "--json"]);
  assert.equal(code, 0);
  const { metric, settings, figures } = JSON.parse(out);
  const expected = JSON.parse(readFileSync(join(FIXTURE, "expected.json"), "utf8"));
  assert.equal(metric, "posetrack");
  assert.deepEqual([settings.mot_rules, settings.match_distance, figures.sequences], ["poseval", 0.5, 2]);
  // Sums in another order than numpy's.
  assert.ok(Math.abs(figures.ap.Total - expected.groups.ap.Total) < 1e-9);
  assert.equal(Object.keys(figures.ap.joints).length, 15);
});

Deno.test("eval posetrack --mot-rules clear counts every annotated frame", async () => {
  const words = ["eval", "posetrack", "--gt", GT, "--pred", PRED, "--json"];
  const official = JSON.parse((await diffpose(words)).out);
  const clear = JSON.parse((await diffpose([...words, "--mot-rules", "clear"])).out);
  assert.equal(clear.settings.mot_rules, "clear");
  assert.ok(clear.figures.mot_counts.nose.objects > official.figures.mot_counts.nose.objects);
  assert.deepEqual(clear.figures.ap, official.figures.ap);
});

Deno.test("eval posetrack takes one file each", async () => {
  const { code, out } = await diffpose(["eval", "posetrack", "--gt", join(GT, NAME), "--pred", join(PRED, NAME)]);
  assert.equal(code, 0);
  assert.match(out, /MOTA/);
});

Deno.test("eval posetrack names the file and the field that it refuses", async () => {
  await inTemp(async (folder) => {
    const path = join(folder, NAME);
    const text = readFileSync(join(PRED, NAME), "utf8");
    const words = ["eval", "posetrack", "--gt", join(GT, NAME), "--pred", path];

    writeFileSync(path, text.slice(0, text.length / 2));
    const cut = await diffpose(words);
    assert.equal(cut.code, 1);
    assert.ok(cut.err.includes(`${path}: must be whole, and ends inside of its JSON`), cut.err);

    const value = JSON.parse(text);
    value.annotations[1].keypoints.length = 45;
    writeFileSync(path, JSON.stringify(value));
    const short = await diffpose(words);
    assert.equal(short.code, 1);
    assert.ok(short.err.includes(`${path}, annotations[1].keypoints: must be 51 numbers`), short.err);
  });
});
