/** The trained pack against PyTorch, and WebGPU against WASM. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { sampleDdim } from "../../../src/core/ddim.ts";
import { readPeaks, renderGaussian } from "../../../src/core/heatmap.ts";
import { cosineSchedule } from "../../../src/core/schedule.ts";
import { stepIndices } from "../../../src/core/step_list.ts";
import { probeDevices } from "../../../src/runtime/mod.ts";
import { loadPackFrom } from "../../../src/runtime/pack_fs.ts";
import type { Tensor } from "../../../src/runtime/session.ts";
import { type DiffposeVideo, openDiffposeVideo } from "../../../src/systems/diffpose_video/mod.ts";
import { assertSome, type Filled, filled, type Some } from "../heatmap_poses/_golden.ts";

const ROOT = join(import.meta.dirname!, "..", "..", "..");
const FIXTURE = join(ROOT, "fixtures/golden/diffpose_video/model.json");
const READY = existsSync(FIXTURE) && existsSync(join(ROOT, "models/diffpose-video/manifest.json"));
/** Float32 sums in another order, over values up to a few hundred in the encoder: relative to the largest value. */
const ENCODE_TOLERANCE = 1e-4;
/** The same for heatmaps, which lie about 0 to 1. */
const HEATMAP_TOLERANCE = 1e-4;
/** A parabola through logarithms of small differences, in cells. */
const PEAK_TOLERANCE = 1e-3;
/** The project's bound between devices. */
const DEVICE_TOLERANCE = 1e-3;
/** The schedule is written with 12 digits. */
const SCHEDULE_TOLERANCE = 1e-9;

interface Golden {
  readonly inputs: Record<string, Filled>;
  readonly encode: Record<string, Some>;
  readonly denoise: { noisy: Filled; step: number[]; clean: Some };
  readonly ddim: { noisy: Filled; steps: number; heatmaps: Some; peaks: number[][] };
  readonly schedule: { at: number[]; alphaBar: number[]; stepList: Record<string, number[]> };
  readonly gaussian: { points: number[][]; sigma: number; maps: Some };
}

async function golden(): Promise<Golden> {
  return JSON.parse(await readFile(FIXTURE, "utf8"));
}

async function open(device: "wasm" | "webgpu"): Promise<DiffposeVideo> {
  const pack = await loadPackFrom(join(ROOT, "models/diffpose-video/"));
  return await openDiffposeVideo(pack, { device, dtype: "fp32", threads: 1 });
}

function feeds(inputs: Record<string, Filled>): Record<string, Tensor> {
  return Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, filled(input)]));
}

const name = (text: string): string => READY ? text : `${text} (skipped: no pack or no fixture)`;

Deno.test(
  { name: name("diffpose-video: schedule, step lists and Gaussians are PyTorch's"), ignore: !READY },
  async () => {
    const { schedule, gaussian } = await golden();
    const { alphaBar } = cosineSchedule(1000);
    schedule.at.forEach((index, i) =>
      assert.ok(Math.abs(alphaBar[index]! - schedule.alphaBar[i]!) <= SCHEDULE_TOLERANCE, `alphaBar[${index}]`)
    );
    for (const [count, list] of Object.entries(schedule.stepList)) {
      assert.deepEqual(stepIndices(cosineSchedule(1000), Number(count)), list);
    }
    const points = Float32Array.from(gaussian.points.flatMap(([x, y]) => [x!, y!, 1]));
    const maps = renderGaussian(points, { joints: 2, height: 64, width: 64 }, { sigma: gaussian.sigma });
    assertSome(maps, gaussian.maps, HEATMAP_TOLERANCE, "gaussian");
  },
);

Deno.test({ name: name("diffpose-video: graphs, sampler and peaks are PyTorch's"), ignore: !READY }, async () => {
  const { inputs, encode, denoise, ddim } = await golden();
  await using system = await open("wasm");
  const maps = await system.encode.run(feeds(inputs));
  for (const [output, some] of Object.entries(encode)) {
    const largest = maps[output]!.data.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
    assertSome(maps[output]!.data, some, ENCODE_TOLERANCE * largest, output);
  }
  const step = { data: Float32Array.from(denoise.step), dims: [denoise.step.length] };
  const { clean } = await system.denoise.run({ ...maps, noisy: filled(denoise.noisy), step });
  assertSome(clean!.data, denoise.clean, HEATMAP_TOLERANCE, "clean");

  const clip = (value: number): number => Math.min(Math.max(value, 0), 1);
  const start = filled(ddim.noisy);
  const state = await sampleDdim(
    async (noisy, { index }) => {
      const at = { data: Float32Array.of(index), dims: [1] };
      const answer = await system.denoise.run({ ...maps, noisy: { data: noisy, dims: start.dims }, step: at });
      return answer["clean"]!.data.map((value) => 2 * clip(value) - 1);
    },
    start.data,
    system.settings.schedule,
    { steps: ddim.steps },
  );
  const heatmaps = state.map((value) => clip((value + 1) / 2));
  assertSome(heatmaps, ddim.heatmaps, HEATMAP_TOLERANCE, "heatmaps");
  const peaks = readPeaks(heatmaps, { joints: 17, height: 64, width: 64 });
  ddim.peaks.flat().forEach((value, i) =>
    assert.ok(Math.abs(peaks[i]! - value) <= PEAK_TOLERANCE, `peak ${i}: ${peaks[i]} and ${value}`)
  );
});

const found = await probeDevices();

Deno.test({
  name: name("diffpose-video agrees on WebGPU and WASM"),
  ignore: !READY || found.webgpu === null,
  fn: async () => {
    const { inputs, denoise } = await golden();
    await using wasm = await open("wasm");
    await using gpu = await open("webgpu");
    const step = { data: Float32Array.from(denoise.step), dims: [denoise.step.length] };
    const answers: Float32Array[] = [];
    for (const system of [wasm, gpu]) {
      const maps = await system.encode.run(feeds(inputs));
      answers.push((await system.denoise.run({ ...maps, noisy: filled(denoise.noisy), step }))["clean"]!.data);
    }
    const far = answers[0]!.reduce((most, value, i) => Math.max(most, Math.abs(value - answers[1]![i]!)), 0);
    assert.ok(far < DEVICE_TOLERANCE, `heatmaps differ by ${far}`);
  },
});
