import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { H36M_CAMERAS } from "../../src/formats/truth/h36m_cameras.ts";
import { PLAIN_HEADER } from "../formats/streams.ts";
import { diffpose, inTemp, ROOT } from "./harness.ts";

const FOLDER = join(ROOT, "fixtures/formats/truth3d");
const GOLDEN = JSON.parse(readFileSync(join(FOLDER, "golden.json"), "utf8"));
const fixture = (name: string): string => join(FOLDER, name);
const TRUTH = fixture("data_3d_h36m.npz");
const ONE_CLIP = fixture("S9_Walking 1.55011271.npz");
/**
 * mm. The golden figures take cameras from the second listing, rounded to 1e-9 and 1e-4 mm; ours are in single precision: points
 * 6 m away differ by some micrometres, and their root by as much.
 */
const TWO_LISTINGS = 0.005;
/** mm and percent, float64 on both sides, float32 in the file. */
const SAME_NUMBERS = 1e-6;

function near(found: number, expected: number, tolerance: number, what: string): void {
  assert.ok(Math.abs(found - expected) <= tolerance, `${what}: ${found} is not ${expected}`);
}

async function evaluated(words: readonly string[]) {
  const { code, out, err } = await diffpose(["eval", ...words, "--json"]);
  assert.equal(code, 0, err);
  return JSON.parse(out);
}

async function refused(words: readonly string[]): Promise<string> {
  const { code, err } = await diffpose(["eval", ...words]);
  assert.equal(code, 1, err);
  return err;
}

Deno.test("eval mpjpe agrees with NumPy and SciPy on the layout of Human3.6M, all cameras", async () => {
  const { figures, settings } = await evaluated(["mpjpe", "--gt", TRUTH, "--pred", fixture("h36m_predictions.npz")]);
  for (const name of ["mpjpe", "pMpjpe", "nMpjpe", "mpjve"]) {
    near(figures[name], GOLDEN.h36m.means[name], TWO_LISTINGS, name);
    for (const [action, golden] of Object.entries<Record<string, number>>(GOLDEN.h36m.actions)) {
      near(figures.actions[action][name], golden[name]!, TWO_LISTINGS, `${action} ${name}`);
    }
  }
  assert.equal(figures.frames, GOLDEN.h36m.frames);
  near(figures.mpjveMmPerSecond, 50 * GOLDEN.h36m.means.mpjve, 50 * TWO_LISTINGS, "mm/s");
  const { calibration } = figures;
  // One point of 1920 may change sides at a level, where its error is a micrometre from the bound.
  near(calibration.eceAxis, GOLDEN.h36m.calibration.eceAxis, 1 / 1920, "ece of axes");
  near(calibration.eceRadial, GOLDEN.h36m.calibration.eceRadial, 1 / 1920, "ece of distances");
  near(calibration.spearman, GOLDEN.h36m.calibration.spearman, 1e-4, "spearman");
  near(calibration.meanSigma, GOLDEN.h36m.calibration.meanSigma, SAME_NUMBERS, "sigma");
  assert.deepEqual([settings.root, settings.fps, settings.cameras], [["pelvis"], 50, "Human3.6M"]);
});

Deno.test("eval mpjpe gives the best of hypotheses and their mean", async () => {
  const { figures } = await evaluated(["mpjpe", "--gt", TRUTH, "--pred", fixture("h36m_hypotheses.npz")]);
  const { hypotheses: golden } = GOLDEN.h36m;
  near(figures.mpjpe, golden.mpjpe, TWO_LISTINGS, "mean pose");
  near(figures.hypotheses.meanOfErrors, golden.meanOfErrors, TWO_LISTINGS, "mean of errors");
  for (const name of ["bestOf", "pBestOf"]) {
    figures.hypotheses[name].forEach((value: number, n: number) =>
      near(value, golden[name][n], TWO_LISTINGS, `${name} ${n}`)
    );
  }
});

Deno.test("eval mpjpe prints tables, and says which clips have no prediction", async () => {
  const { code, out, err } = await diffpose(["eval", "mpjpe", "--gt", TRUTH, "--pred", ONE_CLIP]);
  assert.equal(code, 0, err);
  assert.match(out, /^mpjpe, as VideoPose3D defines them/);
  assert.match(out, new RegExp(`all frames +${GOLDEN.h36m.single.toFixed(2)} `));
  assert.match(out, /right_wrist +\d/);
  assert.match(err, /note: 19 clips of the ground truth have no prediction/);
});

Deno.test("eval mpjpe finds the clip by the file's name or by flags", async () => {
  await inTemp(async (folder) => {
    const plain = join(folder, "poses.npz");
    copyFileSync(ONE_CLIP, plain);
    const named = ["--subject", "S9", "--action", "Walking 1", "--camera", "55011271"];
    const { figures } = await evaluated(["mpjpe", "--gt", TRUTH, "--pred", plain, ...named]);
    near(figures.mpjpe, GOLDEN.h36m.single, TWO_LISTINGS, "mpjpe");
    assert.match(
      await refused(["mpjpe", "--gt", TRUTH, "--pred", plain]),
      /poses\.npz: must say which clip of the data set/,
    );
    const other = ["--subject", "S9", "--action", "Walking 1", "--camera", "1"];
    assert.match(
      await refused(["mpjpe", "--gt", TRUTH, "--pred", plain, ...other]),
      /S9, Walking 1, 1: must be a clip of/,
    );
  });
});

Deno.test("eval mpjpe takes a folder of clips, each named after its own", async () => {
  await inTemp(async (folder) => {
    const clips = join(folder, "clips");
    mkdirSync(clips);
    copyFileSync(ONE_CLIP, join(clips, "S9_Walking_1.55011271.npz"));
    const { figures, settings } = await evaluated(["mpjpe", "--gt", TRUTH, "--pred", clips]);
    near(figures.actions.Walking.mpjpe, GOLDEN.h36m.single, TWO_LISTINGS, "mpjpe");
    assert.match(settings.predLayout, /^folder of /);
    copyFileSync(ONE_CLIP, join(clips, "else.npz"));
    assert.match(await refused(["mpjpe", "--gt", TRUTH, "--pred", clips]), /else\.npz: must be named after a clip/);
  });
});

Deno.test("eval mpjpe takes cameras from a file", async () => {
  await inTemp(async (folder) => {
    const path = join(folder, "cameras.json");
    writeFileSync(path, JSON.stringify(H36M_CAMERAS));
    const words = ["mpjpe", "--gt", TRUTH, "--pred", ONE_CLIP];
    const [own, given] = [await evaluated(words), await evaluated([...words, "--cameras", path])];
    near(given.figures.mpjpe, own.figures.mpjpe, SAME_NUMBERS, "mpjpe");
    assert.equal(given.settings.cameras, path);
    writeFileSync(path, "{");
    assert.match(await refused([...words, "--cameras", path]), /cameras\.json/);
  });
});

/** Two people in three frames; the first is `mm` off along x on all joints but the pelvis, the second twice as much. */
function ndjson(path: string, mm: number): string {
  const joints = (shift: number) =>
    Array.from({ length: 17 }, (_, j) => [j > 0 ? 0.1 * j + shift : 0, 0.2, 0.01 * j * j, 0.03]);
  const person = (id: number, shift: number) => ({
    id,
    box: [0, 0, 10, 10],
    score: 1,
    keypoints: Array.from({ length: 17 }, () => [1, 1, 1, 1]),
    keypoints3d: joints(shift),
    interpolated: false,
  });
  const header = {
    ...PLAIN_HEADER,
    fps: 25,
    skeleton3d: "h36m17",
  };
  const people = [person(1, mm / 1000), person(2, mm / 500)];
  const frames = [0, 1, 2].map((index) => ({ type: "frame", index, time: index / 25, people }));
  const lines = [header, ...frames, { type: "end", frames: 3, seconds: 0.12 }];
  writeFileSync(path, lines.map((line) => JSON.stringify(line) + "\n").join(""));
  return path;
}

Deno.test("eval mpjpe compares two clips of any format, people by identity", async () => {
  await inTemp(async (folder) => {
    const [gt, pred] = [ndjson(join(folder, "gt.ndjson"), 0), ndjson(join(folder, "poses.ndjson"), 17)];
    const { figures } = await evaluated(["mpjpe", "--gt", gt, "--pred", pred]);
    near(figures.mpjpe, 24, SAME_NUMBERS, "two people, 16 of 17 joints 17 and 34 mm off");
    assert.equal(figures.calibration.meanSigma, 30);
    const second = await evaluated(["mpjpe", "--gt", gt, "--pred", pred, "--gt-person", "2", "--person", "2"]);
    near(second.figures.mpjpe, 32, SAME_NUMBERS, "the second person");
  });
});

Deno.test("eval mpjpe of a converted clip is what it was before", async () => {
  await inTemp(async (folder) => {
    const [gt, pred] = [ndjson(join(folder, "gt.ndjson"), 0), ndjson(join(folder, "poses.ndjson"), 17)];
    for (const format of ["csv", "trc"]) {
      const out = join(folder, format);
      const { code, err } = await diffpose(["convert", pred, "--to", format, "--out-dir", out]);
      assert.equal(code, 0, err);
      const files = readdirSync(out).filter((name) => name.endsWith(format) && !name.includes("sigma"));
      // One file holds both people, or each has its own.
      const person = files.length > 1 ? ["--gt-person", "1"] : [];
      const first = files.find((name) => files.length === 1 || name.includes("1"))!;
      const { figures } = await evaluated(["mpjpe", "--gt", gt, "--pred", join(out, first), ...person]);
      near(figures.mpjpe, files.length > 1 ? 16 : 24, SAME_NUMBERS, format);
    }
  });
});

Deno.test("eval 3dhp agrees with NumPy, on valid frames and on all frames", async () => {
  const golden = GOLDEN["3dhp"];
  for (const name of ["3dhp_predictions.npz", "3dhp_predictions_all_frames.npz"]) {
    const { figures } = await evaluated(["3dhp", "--gt", fixture("data_test_3dhp.npz"), "--pred", fixture(name)]);
    for (const figure of ["pck", "auc", "mpjpe"]) {
      near(figures[figure], golden.all[figure], SAME_NUMBERS, `${name} ${figure}`);
      for (const sequence of ["TS1", "TS5"]) {
        near(
          figures.sequences[sequence][figure],
          golden.sequences[sequence][figure],
          SAME_NUMBERS,
          `${sequence} ${figure}`,
        );
      }
    }
    near(figures.groups.hip.pck, golden.hip, SAME_NUMBERS, "hip");
    assert.equal(figures.frames, golden.all.frames);
  }
});

Deno.test("eval 3dhp takes metres where they are said", async () => {
  const words = ["3dhp", "--gt", fixture("data_test_3dhp.npz"), "--pred", fixture("3dhp_predictions.npz")];
  const { figures, settings } = await evaluated([...words, "--unit", "m"]);
  assert.equal(settings.npzUnit, "m");
  assert.equal(figures.pck, 0);
  const { code } = await diffpose(["eval", ...words, "--unit", "inch"]);
  assert.equal(code, 2);
});

Deno.test("a pickle that wants to run code is refused and nothing runs", async () => {
  for (
    const words of [["--gt", fixture("evil.npz"), "--pred", ONE_CLIP], ["--gt", TRUTH, "--pred", fixture("evil.npz")]]
  ) {
    assert.match(await refused(["mpjpe", ...words]), /evil\.npz, positions_3d.*must hold data only.*posix\.system/);
  }
});

Deno.test("truncated and empty files are refused", async () => {
  await inTemp(async (folder) => {
    const whole = readFileSync(TRUTH);
    const cut = join(folder, "cut.npz");
    for (const length of [0, 3, 100, whole.length - 30]) {
      writeFileSync(cut, whole.subarray(0, length));
      assert.match(await refused(["mpjpe", "--gt", cut, "--pred", ONE_CLIP]), /cut\.npz/, `${length} bytes`);
    }
    writeFileSync(cut, "{}");
    assert.match(await refused(["3dhp", "--gt", cut, "--pred", ONE_CLIP]), /cut\.npz/);
  });
});

Deno.test("flags that make no sense are usage errors", async () => {
  const base = ["eval", "mpjpe", "--gt", TRUTH, "--pred", ONE_CLIP];
  for (const words of [["--align", "hips"], ["--fps", "0"], ["--person", "x"], ["--subject", ""], ["--unit", "mm"]]) {
    assert.equal((await diffpose([...base, ...words])).code, 2, words.join(" "));
  }
});
