// deno-lint-ignore-file no-console -- it prints its results
/**
 * The lifter's denoiser in onnxruntime-web and in PyTorch, in turn, on the same cores in one run, and the rate of whole
 * windows (context encoder, mixtures, five DDIM steps of five hypotheses).
 *
 *     deno run -A bench/lift_vs_pytorch.ts [--python training/.venv/bin/python] [--rounds 3]
 *
 * Without a Python that has PyTorch, only the WASM figures are printed.
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { fillNormal } from "../src/core/normal.ts";
import { createRng } from "../src/core/rng.ts";
import { sampleDdim } from "../src/core/ddim.ts";
import { explicitSchedule } from "../src/core/schedule.ts";
import { openSession } from "../src/runtime/mod.ts";
import { loadPackFrom } from "../src/runtime/pack_fs.ts";
import { openLifter, readLiftSettings } from "../src/systems/diffpose_3d/mod.ts";

const ROOT = join(import.meta.dirname!, "..");
const HYPOTHESES = 5;
const STEPS = 5;
const REPEATS = 10;

const { values } = parseArgs({
  options: {
    python: { type: "string", default: join(ROOT, "training/.venv/bin/python") },
    rounds: { type: "string", default: "3" },
  },
});

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}

const pack = await loadPackFrom("diffpose-3d");
const settings = readLiftSettings(pack.manifest.fields, pack.manifest.name);
const schedule = explicitSchedule(settings.alphaBar);
const batch = settings.frames * HYPOTHESES;
const width = Number(pack.manifest.graphs["denoise"]!.inputs.find(({ name }) => name === "features")!.shape[2]);

function normals(length: number, stream: number): Float32Array {
  return fillNormal(new Float32Array(length), createRng({ seed: 0, stream }));
}

async function timeWasm(dtype: "fp32" | "q8", threads: number): Promise<number[]> {
  await using denoise = await openSession(pack, "denoise", { device: "wasm", dtype, threads });
  const anchor = normals(batch * 170, 1).map((value, i) => i % 10 < 5 ? value : 0.05 + Math.abs(value));
  const fixed = {
    anchor: { data: anchor, dims: [batch, 17, 10] },
    features: { data: normals(batch * 17 * width, 2), dims: [batch, 17, width] },
  };
  const start = normals(batch * 85, 3);
  const times: number[] = [];
  for (let i = 0; i < REPEATS + 2; i++) {
    const from = performance.now();
    await sampleDdim(
      async (state, { index }) => {
        const step = { data: new Float32Array(batch).fill(index), dims: [batch] };
        return (await denoise.run({ state: { data: state, dims: [batch, 17, 5] }, step, ...fixed }))["clean"]!.data;
      },
      start,
      schedule,
      { steps: STEPS, prediction: settings.prediction },
    );
    times.push((performance.now() - from) / 1000);
  }
  return times.slice(2);
}

async function timePytorch(threads: number): Promise<number[] | null> {
  try {
    const { code, stdout } = await new Deno.Command(values.python, {
      args: [
        "-m",
        "diffpose_training.diffpose_3d.bench",
        "--threads",
        `${threads}`,
        "--batch",
        `${batch}`,
        "--steps",
        `${STEPS}`,
      ],
      cwd: join(ROOT, "training"),
      stderr: "null",
    }).output();
    return code === 0 ? JSON.parse(new TextDecoder().decode(stdout)).seconds : null;
  } catch {
    return null;
  }
}

async function timeWindows(dtype: "fp32" | "q8", threads: number): Promise<number[]> {
  await using lifter = await openLifter(pack, { device: "wasm", dtype, threads });
  const frames = Array.from({ length: lifter.frames }, (_, frame) => frame);
  const points = normals(frames.length * 51, 4).map((value, i) => i % 3 === 2 ? 0.9 : 320 + 80 * value);
  const times: number[] = [];
  for (let i = 0; i < REPEATS + 2; i++) {
    const from = performance.now();
    await lifter.lift({ person: 1, frames, points, width: 640, height: 480 }, { hypotheses: HYPOTHESES, steps: STEPS });
    times.push((performance.now() - from) / 1000);
  }
  return times.slice(2);
}

const rows = new Map<string, number[]>();
const note = (name: string, times: number[] | null): void => {
  if (times !== null) rows.set(name, [...(rows.get(name) ?? []), ...times]);
};
for (let round = 0; round < Number(values.rounds); round++) {
  for (const threads of [1, 2]) {
    note(`PyTorch fp32, ${threads} threads`, await timePytorch(threads));
    for (const dtype of ["fp32", "q8"] as const) {
      note(`WASM ${dtype}, ${threads} threads`, await timeWasm(dtype, threads));
    }
  }
}
const torch = Math.min(...[1, 2].map((threads) => median(rows.get(`PyTorch fp32, ${threads} threads`) ?? [NaN])));
console.log(
  `denoiser, batch ${batch} (${settings.frames} frames x ${HYPOTHESES} hypotheses), ${STEPS} DDIM steps, medians`,
);
for (const [name, times] of rows) {
  const time = median(times);
  const ratio = Number.isFinite(torch) ? `  ${(torch / time).toFixed(2)}x of PyTorch's better` : "";
  console.log(`  ${name.padEnd(24)} ${(1000 * time).toFixed(1).padStart(7)} ms${ratio}`);
}
console.log("whole windows: context encoder, initial distribution, DDIM, mean");
for (const threads of [1, 2]) {
  for (const dtype of ["fp32", "q8"] as const) {
    const time = median(await timeWindows(dtype, threads));
    console.log(
      `  WASM ${dtype}, ${threads} threads ${(1000 * time).toFixed(1).padStart(7)} ms a window, ` +
        `${(settings.frames / time).toFixed(0)} poses/s`,
    );
  }
}
