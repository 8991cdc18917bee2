// deno-lint-ignore-file no-console -- it prints its results
/**
 * The whole chain on real footage against triangulated joints: one person filmed by four calibrated cameras
 * (perfanalytics/pose2sim, demo). The reference was itself triangulated from 2D detections, about 1 % of the picture off.
 *
 *     deno run -A bench/multiview_accuracy.ts [FOLDER] [--hypotheses N] [--system diffpose-video] [--end S]
 *         [--preload FILE]
 *
 * FOLDER holds single_cam01..04.mp4, calibration.json and triangulated_3d.json; default ../shared/data/clips/multiview.
 * --preload: see bench/video_degraded.ts.
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { alignSimilarity, applySimilarity } from "../src/core/procrustes.ts";
import type { FrameRecord, PersonRecord } from "../src/formats/record.ts";
import { h36m17, jointIndex } from "../src/skeleton/mod.ts";

const ROOT = join(import.meta.dirname!, "..");
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    hypotheses: { type: "string", default: "5" },
    system: { type: "string", default: "movenet" },
    end: { type: "string", default: "100" },
    preload: { type: "string" },
  },
});
const folder = positionals[0] ?? join(ROOT, "../shared/data/clips/multiview");

/** Joints that both have, ours and theirs. */
const PAIRS = ["Hip", "Knee", "Ankle", "Shoulder", "Elbow", "Wrist"].flatMap((name) =>
  ["right", "left"].map((side) => ({
    ours: jointIndex(h36m17, `${side}_${name.toLowerCase()}`),
    theirs: `${side[0]!.toUpperCase()}${name}`,
  }))
);

interface Camera {
  readonly name: string;
  readonly K: readonly number[][];
  readonly R: readonly number[][];
  readonly C: readonly number[];
}

const { cameras }: { cameras: Camera[] } = JSON.parse(await Deno.readTextFile(join(folder, "calibration.json")));
const truth: { joints: string[]; xyz: number[][][] } = JSON.parse(
  await Deno.readTextFile(join(folder, "triangulated_3d.json")),
);

/** Reference joints of a frame in the axes of a camera, relative to the middle of the hips, `[12, 3]`. */
function reference(frame: number, { R, C }: Camera): Float32Array {
  const out = PAIRS.flatMap(({ theirs }) => {
    const point = truth.xyz[frame]![truth.joints.indexOf(theirs)]!;
    return R.map((row) => row.reduce((sum, value, i) => sum + value * (point[i]! - C[i]!), 0));
  });
  return centred(Float32Array.from(out));
}

/** Relative to the middle of the first two points, the hips. */
function centred(points: Float32Array): Float32Array {
  return points.map((value, i) => value - (points[i % 3]! + points[3 + i % 3]!) / 2);
}

function distances(a: Float32Array, b: Float32Array): number[] {
  return PAIRS.map((_, j) => Math.hypot(...[0, 1, 2].map((c) => a[j * 3 + c]! - b[j * 3 + c]!)));
}

const mean = (numbers: readonly number[]): number => numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
const mm = (metres: number): string => (1000 * metres).toFixed(0).padStart(4);

console.log("camera  frames  MPJPE  P-MPJPE  sigma (mm); joints within 2 sigma along an axis");
const all: number[][] = [];
for (const camera of cameras) {
  const out = await Deno.makeTempDir();
  const clip = `single_${camera.name}.mp4`;
  const focal = String(camera.K[0]![0]! / 2); // The clips have half the calibrated size.
  const words = ["run", join(folder, clip), "-o", out, "--format", "none", "--quiet", "--focal", focal];
  const args = [
    "run",
    "-A",
    "--no-check",
    ...(values.preload === undefined ? [] : [`--preload=${values.preload}`]),
    join(ROOT, "cli.ts"),
    ...words,
    "--hypotheses",
    values.hypotheses,
    "--system",
    values.system,
    "--end",
    values.end,
    "--device",
    values.preload === undefined ? "wasm" : "auto",
  ];
  const { code } = await new Deno.Command(Deno.execPath(), { args, stderr: "inherit" }).output();
  if (code !== 0) Deno.exit(1);
  const text = await Deno.readTextFile(join(out, `single_${camera.name}`, "poses.ndjson"));
  const frames = text.trim().split("\n").map((line) => JSON.parse(line)).filter(({ type }) =>
    type === "frame"
  ) as FrameRecord[];
  await Deno.remove(out, { recursive: true });
  // A bystander is in view of two cameras: the person on the beam is the one who is seen largest, over the clip.
  const size = new Map<number, number>();
  for (const { people } of frames) {
    for (const { id, box } of people) size.set(id, (size.get(id) ?? 0) + box[2] * box[3]);
  }
  const [main] = [...size].sort((a, b) => b[1] - a[1])[0] ?? [0];
  const errors: number[] = [];
  const aligned: number[] = [];
  const sigmas: number[] = [];
  let within = 0;
  for (const { index, people } of frames) {
    const person: PersonRecord | undefined = people.find(({ id }) => id === main);
    if (person?.keypoints3d === undefined || truth.xyz[index] === undefined) continue;
    const points = person.keypoints3d;
    const ours = centred(Float32Array.from(PAIRS.flatMap(({ ours }) => points[ours]!.slice(0, 3))));
    const theirs = reference(index, camera);
    errors.push(...distances(ours, theirs));
    aligned.push(...distances(applySimilarity(alignSimilarity(ours, theirs), ours), theirs));
    sigmas.push(...PAIRS.map(({ ours }) => points[ours]![3]));
    within += PAIRS.reduce((sum, pair, j) => {
      const inside = [0, 1, 2].filter((c) =>
        Math.abs(ours[j * 3 + c]! - theirs[j * 3 + c]!) < 2 * points[pair.ours]![3]
      );
      return sum + inside.length / 3;
    }, 0);
  }
  all.push([mean(errors), mean(aligned)]);
  console.log(
    `${camera.name}  ${String(errors.length / 12).padStart(6)}  ${mm(mean(errors))}     ${mm(mean(aligned))}   ${
      mm(mean(sigmas))
    }  ` +
      `${(100 * within / errors.length).toFixed(0)} %`,
  );
}
console.log(`mean            ${mm(mean(all.map((row) => row[0]!)))}     ${mm(mean(all.map((row) => row[1]!)))}`);
