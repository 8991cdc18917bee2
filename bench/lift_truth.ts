// deno-lint-ignore-file no-console -- it prints its results
/**
 * 3D poses of `run` with either 2D system on rendered clips, whose 3D joints are known: error, and whether sigma tells it.
 *
 *     deno run -A bench/lift_truth.ts FOLDER [--most N] [--systems movenet,diffpose-video] [--preload FILE]
 *
 * FOLDER holds clips of the tool `synth`, for example `python3 -m synth --out FOLDER --clips 10 --frames 45 --size 448x336
 * --seed 77 --split val`. People of at least 70 px, in frames that show ten of their joints, are compared with the person found
 * whose box overlaps most. --preload: see bench/video_degraded.ts.
 */
import { existsSync, readdirSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { alignSimilarity, applySimilarity } from "../src/core/procrustes.ts";
import type { FrameRecord, PersonRecord } from "../src/formats/record.ts";
import { boxIou } from "../src/track/mod.ts";

const ROOT = join(import.meta.dirname!, "..");
const { values, positionals: [folder] } = parseArgs({
  allowPositionals: true,
  options: {
    most: { type: "string", default: "1000" },
    systems: { type: "string", default: "movenet,diffpose-video" },
    preload: { type: "string" },
  },
});

interface Truth {
  readonly images: readonly { readonly id: number; readonly camera: { readonly fx: number } }[];
  readonly annotations: readonly {
    readonly image_id: number;
    readonly num_keypoints: number;
    readonly height_px: number;
    readonly bbox_full: PersonRecord["box"];
    readonly joints3d_h36m: readonly (readonly number[])[];
  }[];
}

async function run(clip: string, focal: number, system: string): Promise<FrameRecord[]> {
  const out = await Deno.makeTempDir();
  const { preload } = values;
  const host = preload === undefined ? [] : [`--preload=${preload}`];
  const words = ["run", clip, "-o", out, "--format", "none", "--quiet", "--focal", String(focal), "--system", system];
  const args = ["run", "-A", "--no-check", ...host, join(ROOT, "cli.ts"), ...words];
  const device = preload === undefined ? "wasm" : "auto";
  const { code } = await new Deno.Command(Deno.execPath(), { args: [...args, "--device", device], stderr: "inherit" })
    .output();
  if (code !== 0) throw new Error(`Cannot compare as the command must succeed: exit code ${code}`);
  const [name] = readdirSync(out);
  const lines = (await readFile(join(out, name!, "poses.ndjson"), "utf8")).trim().split("\n");
  await rm(out, { recursive: true });
  return lines.map((line) => JSON.parse(line)).filter(({ type }) => type === "frame") as FrameRecord[];
}

/** Sums over joints but the pelvis, millimetres. */
interface Sums {
  people: number;
  joints: number;
  error: number;
  aligned: number;
  sigma: number;
  /** Of errors along an axis: squares over sigma squared, and how many are within two sigma. */
  squares: number;
  within: number;
}

function add(sums: Sums, person: PersonRecord, joints: readonly (readonly number[])[]): void {
  const ours = Float32Array.from(person.keypoints3d!.flatMap(([x, y, z]) => [x, y, z]));
  const theirs = Float32Array.from(joints.flatMap((point) => point.map((value, c) => value - joints[0]![c]!)));
  const aligned = applySimilarity(alignSimilarity(ours, theirs), ours);
  sums.people++;
  for (let joint = 1; joint < 17; joint++) {
    const sigma = person.keypoints3d![joint]![3];
    const apart = [0, 1, 2].map((c) => ours[3 * joint + c]! - theirs[3 * joint + c]!);
    sums.joints++;
    sums.error += 1000 * Math.hypot(...apart);
    sums.aligned += 1000 * Math.hypot(...[0, 1, 2].map((c) => aligned[3 * joint + c]! - theirs[3 * joint + c]!));
    sums.sigma += 1000 * sigma;
    for (const value of apart) {
      sums.squares += (value / sigma) ** 2;
      if (Math.abs(value) < 2 * sigma) sums.within++;
    }
  }
}

const clips = readdirSync(folder!).sort().map((name) => join(folder!, name)).filter((clip) =>
  existsSync(join(clip, "annotations.json"))
).slice(0, Number(values.most));
console.log("system          people   MPJPE  P-MPJPE   sigma (mm)   rms of error / sigma   within 2 sigma");
for (const system of values.systems.split(",")) {
  const sums: Sums = { people: 0, joints: 0, error: 0, aligned: 0, sigma: 0, squares: 0, within: 0 };
  for (const clip of clips) {
    const truth = JSON.parse(await readFile(join(clip, "annotations.json"), "utf8")) as Truth;
    for (const { index, people } of await run(clip, truth.images[0]!.camera.fx, system)) {
      for (const { image_id, num_keypoints, height_px, bbox_full, joints3d_h36m } of truth.annotations) {
        if (image_id !== truth.images[index]!.id || num_keypoints < 10 || height_px < 70) continue;
        const [best] = people.map((person) => ({ person, iou: boxIou(person.box, bbox_full) })).sort((a, b) =>
          b.iou - a.iou
        );
        if (best !== undefined && best.iou > 0.4 && best.person.keypoints3d !== undefined) {
          add(sums, best.person, joints3d_h36m);
        }
      }
    }
  }
  const { people, joints, error, aligned, sigma, squares, within } = sums;
  const mean = (sum: number): string => (sum / joints).toFixed(1).padStart(7);
  console.log(
    `${system.padEnd(15)} ${String(people).padStart(6)} ${mean(error)}  ${mean(aligned)}      ${mean(sigma)}` +
      `   ${Math.sqrt(squares / joints / 3).toFixed(2).padStart(20)}   ${
        (100 * within / joints / 3).toFixed(1).padStart(12)
      } %`,
  );
}
