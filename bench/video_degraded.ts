// deno-lint-ignore-file no-console -- it prints its results
/**
 * The product on pictures that were spoilt on purpose: `pose` with MoveNet and with DiffPose-Video finds, follows and
 * estimates everybody by itself, no boxes given; OKS AP over all clips of a folder as `eval coco` counts it.
 *
 *     deno run -A bench/video_degraded.ts FOLDER… [--every N] [--ways movenet,track,frame] [-o DIR] [--preload FILE]
 *         [-- flags of pose…]
 *
 * FOLDER holds clips, each a folder with `annotations.json` in COCO's form and its pictures, as
 * `python -m diffpose_training.diffpose_video.spoil_clips` writes them. Every N-th clip is taken. `frame` and `track` are
 * DiffPose-Video's two ways to crop. With -o the poses stay, and a second call goes on where the first one was stopped.
 * --preload names a module that offers a native onnxruntime as `globalThis[Symbol.for("onnxruntime")]`: the same poses to
 * hundredths of a pixel, several times sooner. Without it everything runs on WASM.
 */
import { existsSync, readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { parseArgs } from "node:util";
import type { FrameRecord } from "../src/formats/record.ts";
import { rootPlace } from "../src/formats/fields.ts";
import { type CocoTruth, readCocoTruth } from "../src/formats/truth/coco_truth.ts";
import type { KeypointResult } from "../src/formats/truth/keypoint_results.ts";
import { evaluateCoco } from "../src/pipelines/evaluate_coco.ts";
import { cocoRules } from "../src/pipelines/keypoint_rules.ts";

const ROOT = join(import.meta.dirname!, "..");
const split = Deno.args.indexOf("--");
const { values, positionals } = parseArgs({
  args: split < 0 ? Deno.args : Deno.args.slice(0, split),
  allowPositionals: true,
  options: {
    every: { type: "string", default: "1" },
    ways: { type: "string", default: "movenet,track,frame" },
    output: { type: "string", short: "o" },
    preload: { type: "string" },
  },
});
const flags = split < 0 ? [] : Deno.args.slice(split + 1);

/** Flags of `pose` for each way. */
const WAYS: Readonly<Record<string, readonly string[]>> = {
  movenet: ["--system", "movenet"],
  track: ["--system", "diffpose-video", "--crop", "track"],
  frame: ["--system", "diffpose-video", "--crop", "frame"],
};

async function pose(clips: readonly string[], way: string, out: string): Promise<void> {
  const words = ["pose", ...clips, ...WAYS[way]!, "-o", out, "--format", "none", "--resume", "--quiet", ...flags];
  const { preload } = values;
  const host = preload === undefined ? [] : [`--preload=${preload}`];
  const device = preload === undefined ? "wasm" : "auto";
  const args = ["run", "-A", "--no-check", ...host, join(ROOT, "cli.ts"), ...words, "--device", device];
  const { code } = await new Deno.Command(Deno.execPath(), { args, stdout: "null", stderr: "inherit" }).output();
  if (code !== 0) throw new Error(`Cannot score as the command must succeed: exit code ${code}`);
}

/** Pictures of a clip are numbered from here, so that all clips of a folder make one ground truth. */
const STRIDE = 100_000;

async function truthOf(clip: string, n: number): Promise<CocoTruth> {
  const file = join(clip, "annotations.json");
  const { images, categories, annotations } = readCocoTruth(
    JSON.parse(await readFile(file, "utf8")),
    rootPlace(file),
    cocoRules.skeleton.joints,
  );
  return {
    images: images.map((image) => ({ ...image, id: n * STRIDE + image.id })),
    categories,
    annotations: annotations.map((one) => ({ ...one, id: n * STRIDE + one.id, image: n * STRIDE + one.image })),
  };
}

async function resultsOf(poses: string, { images, categories }: CocoTruth): Promise<KeypointResult[]> {
  const ids = new Map(images.map(({ name, id }) => [basename(name!), id]));
  const frames = (await readFile(poses, "utf8")).trim().split("\n").map((line) => JSON.parse(line)).filter(({ type }) =>
    type === "frame"
  ) as FrameRecord[];
  return frames.flatMap(({ name, people }) =>
    people.map(({ keypoints, score, box }): KeypointResult => ({
      image: ids.get(basename(name!))!,
      category: categories[0]!,
      keypoints: keypoints.flatMap(([x, y, score]) => [x, y, score]),
      score,
      box: [...box],
    }))
  );
}

const kept = values.output ?? await Deno.makeTempDir();
const ways = values.ways.split(",");
console.log("folder      system    OKS AP   AP50   AP75     AR   people found (annotated)");
for (const folder of positionals) {
  const clips = readdirSync(folder).sort().map((name) => join(folder, name)).filter((clip) =>
    existsSync(join(clip, "annotations.json"))
  ).filter((_, n) => n % Number(values.every) === 0);
  const truths = await Promise.all(clips.map(truthOf));
  const truth: CocoTruth = {
    images: truths.flatMap(({ images }) => images),
    categories: truths[0]!.categories,
    annotations: truths.flatMap(({ annotations }) => annotations),
  };
  for (const way of ways) {
    const out = join(kept, basename(folder), way);
    await pose(clips, way, out);
    const results = await Promise.all(
      clips.map((clip, n) => resultsOf(join(out, basename(clip), "poses.ndjson"), truths[n]!)),
    );
    const { figures } = evaluateCoco(truth, results.flat(), cocoRules, rootPlace(folder));
    const percent = (name: string): string => (100 * (figures[name] as number)).toFixed(1).padStart(6);
    console.log(
      `${basename(folder).padEnd(11)} ${way.padEnd(9)} ${["AP", "AP50", "AP75", "AR"].map(percent).join(" ")}   ` +
        `${results.flat().length} (${figures.people})`,
    );
  }
}
if (values.output === undefined) await Deno.remove(kept, { recursive: true });
