// deno-lint-ignore-file no-console -- it prints its results
/**
 * DiffusionPose: milliseconds a person for a number of steps, one by one and in batches, for each dtype; MoveNet's pass and
 * decoding and PyTorch beside it, in turn in one run. The pass of the backbone is counted apart, but for the last lines: all
 * that a person of a photo takes once they are found (crop, backbone, decoding, DiffusionPose), on this thread and in workers.
 *
 *     deno run -A bench/diffusionpose.ts [--pack DIR] [--dtype fp32,fp16,q8] [--steps 1,2,3,5] [--people 8] [--batch 1,8]
 *         [--hypotheses 1] [--threads N] [--workers 2] [--crowd 32] [--rounds 3] [--python training/.venv/bin/python]
 *
 * The fastest round counts; processor time says more on a machine with other work.
 */
import { join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { readFile } from "node:fs/promises";
import { openStillWorkers } from "../src/cli/open_still_workers.ts";
import { decodeImage } from "../src/media/mod.ts";
import { createStillFinder } from "../src/pipelines/still_people.ts";
import { createStillStage } from "../src/pipelines/still_stage.ts";
import { type Dtype, openSession } from "../src/runtime/mod.ts";
import { loadPackFrom } from "../src/runtime/pack_fs.ts";
import type { Session } from "../src/runtime/session.ts";
import {
  type DiffusionPose,
  estimateStills,
  openDiffusionPose,
  type StillModel,
  type StillPerson,
} from "../src/systems/diffusionpose/mod.ts";
import { featuresOf, type Square } from "../src/systems/heatmap_poses/mod.ts";
import { decodeSingle, readHeads } from "../src/systems/movenet/mod.ts";

const ROOT = join(import.meta.dirname!, "..");
const { values } = parseArgs({
  options: {
    pack: { type: "string", default: "diffusionpose" },
    dtype: { type: "string", default: "fp32,fp16,q8" },
    steps: { type: "string", default: "1,2,3,5" },
    people: { type: "string", default: "8" },
    batch: { type: "string", default: "1,8" },
    hypotheses: { type: "string", default: "1" },
    threads: { type: "string" },
    workers: { type: "string", default: "2" },
    crowd: { type: "string", default: "32" },
    rounds: { type: "string", default: "3" },
    python: { type: "string", default: join(ROOT, "training/.venv/bin/python") },
  },
});
const rounds = Number(values.rounds);
const count = Number(values.people);
const hypotheses = Number(values.hypotheses);
const device = {
  device: "wasm",
  ...(values.threads === undefined ? {} : { threads: Number(values.threads) }),
} as const;

/** Clock and processor milliseconds of some work, the least of the rounds after a first one that is not counted. */
async function measure(work: () => unknown): Promise<{ clock: number; processor: number }> {
  let [clock, processor] = [Infinity, Infinity];
  for (let round = 0; round <= rounds; round++) {
    const [started, before] = [performance.now(), process.cpuUsage()];
    await work();
    const { user, system } = process.cpuUsage(before);
    if (round === 0) continue;
    clock = Math.min(clock, performance.now() - started);
    processor = Math.min(processor, (user + system) / 1000);
  }
  return { clock, processor };
}

const ms = (value: number): string => value.toFixed(value < 10 ? 2 : 0).padStart(6);
const row = (name: string, times: { clock: number; processor: number }, people: number, rest = ""): void =>
  console.log(`${name.padEnd(56)} ${ms(times.clock / people)} ${ms(times.processor / people)}  ${rest}`);

const picture = await decodeImage(await readFile(join(ROOT, "fixtures/images/pose.jpg")), "pose.jpg");
const squares = Array.from(
  { length: count },
  (_, i): Square => [10 * i, 5 * i, Math.min(picture.width, picture.height)],
);
const BACKBONE = "movenet-thunder";
const thunder = await openSession(await loadPackFrom(BACKBONE), "person", device);
console.log(
  `${count} people; thunder on ${thunder.threads} threads; load ${
    Deno.loadavg()[0]!.toFixed(1)
  } on ${navigator.hardwareConcurrency} cores`,
);
console.log(`${"milliseconds a person".padEnd(56)}  clock   processor`);
row("MoveNet thunder's pass", await measure(() => featuresOf(thunder, picture, squares[0]!)), 1);
const people: StillPerson[] = [];
for (const [person, square] of squares.entries()) {
  people.push({ person, features: await featuresOf(thunder, picture, square, { joints: true }) });
}
const heads = readHeads(
  await thunder.run({ image: { data: new Float32Array(3 * 256 * 256).fill(128), dims: [1, 3, 256, 256] } }),
);
row("MoveNet's decoding", await measure(() => decodeSingle(heads)), 1);

/** Time that a session spends. */
function timed(session: Session, spent: { ms: number }): Session {
  return {
    ...session,
    run: async (feeds) => {
      const started = performance.now();
      const answer = await session.run(feeds);
      spent.ms += performance.now() - started;
      return answer;
    },
  };
}

/** People of a photo whose boxes are known, from pixels to poses: here one by one and in batches, then in workers. */
async function measureWhole(system: DiffusionPose, dtype: Dtype, steps: number): Promise<void> {
  const crowd = Number(values.crowd);
  const side = Math.min(picture.width, picture.height) / 2;
  const places = Array.from({ length: crowd }, (_, i) => ({ box: [5 * i, 3 * i, side, side] as const, score: 1 }));
  const frame = { ...picture, index: 0, time: 0 };
  const find = (backbone: Session, estimate: DiffusionPose["estimate"], batch: number, ahead: number) => {
    const sampling = { steps, hypotheses, sampler: hypotheses > 1 ? "coordinates" : "feedback", seed: 0 } as const;
    const stage = createStillStage({ ...system, estimate }, { ...sampling, mixtures: 0, batch, ahead });
    const finder = createStillFinder(backbone, backbone, { stage, places: () => places }); // Nobody is searched.
    return measure(() => finder.find(frame, 0, []));
  };
  for (const batch of [1, 8]) {
    const name = `${dtype}, ${steps} steps, all of a person, batch ${batch}, ${system.denoise.threads} threads`;
    row(name, await find(thunder, system.estimate, batch, 1), crowd);
  }
  const count = Number(values.workers);
  const packs = { backbone: BACKBONE, model: values.pack };
  await using workers = await openStillWorkers({ ...packs, dtype: system.denoise.dtype, count });
  const name = `${dtype}, ${steps} steps, all of a person, batch 8, ${count} workers`;
  row(name, await find({ ...thunder, run: workers.look }, workers.estimate, 8, count + 1), crowd);
}

const pack = await loadPackFrom(values.pack);
for (const dtype of values.dtype.split(",") as Dtype[]) {
  await using system = await openDiffusionPose(pack, { ...device, dtype });
  for (const steps of values.steps.split(",").map(Number)) {
    for (const batch of values.batch.split(",").map(Number)) {
      const [encode, denoise] = [{ ms: 0 }, { ms: 0 }];
      let rest = 0;
      const model: StillModel = {
        settings: system.settings,
        encode: timed(system.encode, encode),
        denoise: timed(system.denoise, denoise),
      };
      const times = await measure(async () => {
        encode.ms = denoise.ms = 0;
        const started = performance.now();
        await estimateStills(model, people, { steps, batch, hypotheses });
        rest = performance.now() - started - encode.ms - denoise.ms;
      });
      const parts = [encode.ms, denoise.ms, rest].map((each) => ms(each / count));
      const graphs = `encode ${parts[0]}, denoise ${parts[1]}, drawing, masks, copies ${parts[2]}`;
      row(`${dtype}, ${steps} steps, batch ${batch}, ${system.denoise.threads} threads`, times, count, graphs);
    }
    await measureWhole(system, dtype, steps);
  }
}
await thunder[Symbol.asyncDispose]();

const args = ["-m", "diffpose_training.diffusionpose.bench", "--steps", values.steps, "--batch", values.batch];
try {
  const { code, stdout } = await new Deno.Command(values.python, {
    args: [...args, "--people", values.people, "--repeats", values.rounds],
    cwd: join(ROOT, "training"),
    stderr: "null",
  }).output();
  if (code !== 0) throw new Error(`exit code ${code}`);
  for (const { steps, batch, threads, clock, processor } of JSON.parse(new TextDecoder().decode(stdout))) {
    row(`PyTorch fp32, ${steps} steps, batch ${batch}, ${threads} threads`, { clock, processor }, count);
  }
} catch (error) {
  console.log(`PyTorch is left out: ${(error as Error).message}`);
}
