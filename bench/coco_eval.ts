// deno-lint-ignore-file no-console -- it prints its results
/**
 * `diffpose eval coco` and pycocotools on the same files, in turn, in one run: 5,000 images with 10,000 people. Both
 * times begin before the files are read and end with the ten figures; starting the interpreters is left out on both sides.
 *
 *     deno run -A bench/coco_eval.ts [--python python3] [--rounds 3] [--images 5000] [--people 10000]
 *
 * The Python needs pycocotools. Without it only our figures are printed. Fails if the figures of the two differ.
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { EVALUATION } from "../src/cli/evaluations/coco.ts";
import { fileSource } from "../src/cli/sources.ts";
import { createRng } from "../src/core/rng.ts";
import { coco17 } from "../src/skeleton/layouts.ts";

const NAMES = ["AP", "AP50", "AP75", "APM", "APL", "AR", "AR50", "AR75", "ARM", "ARL"];
/** Both sum the same doubles in another order. */
const TOLERANCE = 1e-6;

/** Reads, evaluates, prints `[seconds, figures]`: what every user of pycocotools writes. */
const PYTHON = `
import contextlib, io, json, sys, time
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval
start = time.perf_counter()
with contextlib.redirect_stdout(io.StringIO()):
    truth = COCO(sys.argv[1])
    evaluation = COCOeval(truth, truth.loadRes(sys.argv[2]), "keypoints")
    evaluation.evaluate()
    evaluation.accumulate()
    evaluation.summarize()
print(json.dumps([time.perf_counter() - start, evaluation.stats.tolist()]))
`;

const { values } = parseArgs({
  options: {
    python: { type: "string", default: "python3" },
    rounds: { type: "string", default: "3" },
    images: { type: "string", default: "5000" },
    people: { type: "string", default: "10000" },
  },
});

/** A person: a box, joints in it, and a prediction near them; one person in fifty is a crowd without joints. */
function write(folder: string, images: number, people: number): { gt: string; pred: string } {
  const rng = createRng({ seed: 0 });
  const uniform = (): number => rng.nextUniform();
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  const digits = (value: number): number => Number(value.toFixed(2));
  const annotations: unknown[] = [];
  const results: unknown[] = [];
  for (let id = 1; id <= people; id++) {
    const [height, aspect] = [20 + 400 * uniform() ** 2, 0.3 + 0.6 * uniform()];
    const [left, top, width] = [400 * uniform(), 200 * uniform(), height * aspect];
    const crowd = id % 50 === 0;
    const spread = 0.2 + uniform();
    const [keypoints, found]: [number[], number[]] = [[], []];
    for (const sigma of coco17.sigmas!) {
      const visibility = crowd ? 0 : Math.floor(uniform() * 3);
      const [x, y] = [left + width * uniform(), top + height * uniform()];
      const error = 2 * sigma * Math.sqrt(width * height * 0.5) * spread;
      if (visibility === 0) keypoints.push(0, 0, 0);
      else keypoints.push(Math.round(x), Math.round(y), visibility);
      found.push(digits(x + error * normal()), digits(y + error * normal()), digits(uniform()));
    }
    const image = 1 + id % images;
    const bbox = [left, top, width, height].map(digits);
    const labelled = keypoints.filter((value, i) => i % 3 === 2 && value > 0).length;
    const shared = { image_id: image, category_id: 1, bbox };
    const area = digits(width * height * 0.5);
    annotations.push({ ...shared, id, iscrowd: crowd ? 1 : 0, num_keypoints: labelled, area, keypoints });
    if (id % 10 !== 0) results.push({ ...shared, keypoints: found, score: digits(uniform()) });
    if (id % 7 === 0) {
      results.push({
        ...shared,
        keypoints: found.map((v) => digits(v + 5)),
        score: digits(uniform()),
      });
    }
  }
  const truth = {
    images: Array.from(
      { length: images },
      (_, i) => ({ id: i + 1, width: 640, height: 480, file_name: `${i + 1}.jpg` }),
    ),
    annotations,
    categories: [{ id: 1, name: "person", keypoints: coco17.joints }],
  };
  const [gt, pred] = [join(folder, "truth.json"), join(folder, "results.json")];
  Deno.writeTextFileSync(gt, JSON.stringify(truth));
  Deno.writeTextFileSync(pred, JSON.stringify(results));
  return { gt, pred };
}

interface Round {
  readonly seconds: number;
  readonly figures: readonly number[];
}

async function ours(gt: string, pred: string): Promise<Round> {
  const from = performance.now();
  const { figures } = await EVALUATION.run(await fileSource(gt), await fileSource(pred), {
    positionals: [],
    flags: {},
  });
  return { seconds: (performance.now() - from) / 1000, figures: NAMES.map((name) => Number(figures[name])) };
}

async function theirs(gt: string, pred: string): Promise<Round | null> {
  try {
    const { code, stdout } = await new Deno.Command(values.python, { args: ["-c", PYTHON, gt, pred] }).output();
    if (code !== 0) return null;
    const [seconds, figures] = JSON.parse(new TextDecoder().decode(stdout));
    return { seconds, figures };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

function median(rounds: readonly Round[]): number {
  const sorted = rounds.map(({ seconds }) => seconds).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}

const folder = await Deno.makeTempDir();
try {
  const { gt, pred } = write(folder, Number(values.images), Number(values.people));
  const sizes = [gt, pred].map((path) => (Deno.statSync(path).size / 1e6).toFixed(1));
  console.log(`${values.images} images, ${values.people} people; truth ${sizes[0]} MB, results ${sizes[1]} MB`);
  const [mine, other]: [Round[], Round[]] = [[], []];
  for (let round = 0; round < Number(values.rounds); round++) {
    mine.push(await ours(gt, pred));
    const answer = await theirs(gt, pred);
    if (answer !== null) other.push(answer);
  }
  const all = (rounds: readonly Round[]): string => rounds.map(({ seconds }) => seconds.toFixed(2)).join(" ");
  console.log(`diffpose     ${median(mine).toFixed(2)} s  (${all(mine)}; the first one is cold)`);
  if (other.length === 0) console.log(`pycocotools  not measured: ${values.python} has none`);
  else {
    console.log(`pycocotools  ${median(other).toFixed(2)} s  (${all(other)})`);
    console.log(`ratio        ${(median(other) / median(mine)).toFixed(1)} x (pycocotools / diffpose)`);
    const error = Math.max(...NAMES.map((_, i) => Math.abs(mine[0]!.figures[i]! - other[0]!.figures[i]!)));
    console.log(`figures      ${NAMES.map((name, i) => `${name} ${mine[0]!.figures[i]!.toFixed(3)}`).join(", ")}`);
    console.log(`largest difference of a figure: ${error.toExponential(1)}`);
    if (error > TOLERANCE) Deno.exit(1);
  }
} finally {
  await Deno.remove(folder, { recursive: true });
}
