/** The trained pack against PyTorch, WebGPU against WASM, people alone against people in company. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { readPeaks } from "../../../src/core/heatmap.ts";
import { type Dtype, probeDevices } from "../../../src/runtime/mod.ts";
import { loadPackFrom } from "../../../src/runtime/pack_fs.ts";
import type { Tensor } from "../../../src/runtime/session.ts";
import { createDecoder } from "../../../src/systems/diffusionpose/decoder.ts";
import { type DiffusionPose, openDiffusionPose, type StillPerson } from "../../../src/systems/diffusionpose/mod.ts";
import { sampleCoordinates, sampleFeedback } from "../../../src/systems/diffusionpose/samplers.ts";
import { assertSameBytes, assertSome, type Filled, filled, type Some } from "../heatmap_poses/_golden.ts";

const ROOT = join(import.meta.dirname!, "..", "..", "..");
const PACK = join(ROOT, "models/diffusionpose/");
const FIXTURE = join(ROOT, "fixtures/golden/diffusionpose/model.json");
const READY = existsSync(FIXTURE) && existsSync(join(PACK, "manifest.json"));
/** Float32 sums in another order: relative to the largest value of an output. */
const ENCODE_TOLERANCE = 1e-4;
/** The same for heatmaps, which lie about 0 to 1. */
const HEATMAP_TOLERANCE = 1e-4;
/** A parabola through logarithms of small differences, in cells; peaks are written with 4 digits. */
const PEAK_TOLERANCE = 1e-3;
/** The project's bound between devices. */
const DEVICE_TOLERANCE = 1e-3;

interface Sampled {
  readonly steps: number;
  readonly heatmaps: Some;
  readonly peaks: number[][];
}

interface Golden {
  readonly inputs: Record<string, Filled>;
  readonly encode: Record<string, Some>;
  readonly denoise: { noisy: Filled; masks: Filled; step: number[]; clean: Some };
  readonly feedback: Sampled;
  readonly answered: Sampled;
  readonly coordinates: Sampled & { noise: Filled };
}

async function golden(): Promise<Golden> {
  return JSON.parse(await readFile(FIXTURE, "utf8"));
}

async function open(device: "wasm" | "webgpu", dtype: Dtype = "fp32"): Promise<DiffusionPose> {
  return await openDiffusionPose(await loadPackFrom(PACK), { device, dtype, threads: 1 });
}

function feeds(inputs: Record<string, Filled>): Record<string, Tensor> {
  return Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, filled(input)]));
}

/** The fixture's states: noisy heatmaps and masks that are 1 where the formula is below 0.3. */
function states({ noisy, masks, step }: Golden["denoise"]): Record<string, Tensor> {
  const { data, dims } = filled(masks);
  return {
    noisy: filled(noisy),
    masks: { data: data.map((value) => value < 0.3 ? 1 : 0), dims },
    step: { data: Float32Array.from(step), dims: [step.length] },
  };
}

const name = (text: string): string => READY ? text : `${text} (skipped: no pack or no fixture)`;

Deno.test({ name: name("diffusionpose: graphs and both samplers are PyTorch's"), ignore: !READY }, async () => {
  const { inputs, encode, denoise, feedback, answered, coordinates } = await golden();
  await using system = await open("wasm");
  const { settings } = system;
  const maps = await system.encode.run(feeds(inputs));
  for (const [output, some] of Object.entries(encode)) {
    const largest = maps[output]!.data.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
    assertSome(maps[output]!.data, some, ENCODE_TOLERANCE * largest, output);
  }
  const { clean } = await system.denoise.run({ ...maps, ...states(denoise) });
  assertSome(clean!.data, denoise.clean, HEATMAP_TOLERANCE, "clean");

  const decode = createDecoder(settings, system.denoise, maps, 1);
  const coarse = maps["coarse"]!.data;
  const { data: noise } = filled(coordinates.noise);
  for (
    const [{ heatmaps, peaks }, found] of [
      [feedback, await sampleFeedback(decode, coarse, settings, { steps: feedback.steps, fed: "drawn" })],
      [answered, await sampleFeedback(decode, coarse, settings, { steps: answered.steps, fed: "answered" })],
      [coordinates, await sampleCoordinates(decode, coarse, settings, { steps: coordinates.steps, noise })],
    ] as const
  ) {
    const clipped = found.map((value) => Math.min(Math.max(value, 0), 1));
    assertSome(clipped, heatmaps, HEATMAP_TOLERANCE, "heatmaps");
    const read = readPeaks(clipped, { joints: 17, height: settings.cells, width: settings.cells });
    peaks.flat().forEach((value, i) =>
      assert.ok(Math.abs(read[i]! - value) <= PEAK_TOLERANCE, `peak ${i}: ${read[i]} and ${value}`)
    );
  }
});

/** Features by the fixture's formula, moved on for each person. */
function person(inputs: Record<string, Filled>, key: number): StillPerson {
  const read = (input: string): Float32Array => {
    const { shape, ...rest } = inputs[input]!;
    return filled({ ...rest, shape, shift: rest.shift + 31 * key }).data;
  };
  return {
    person: key,
    features: {
      square: [0, 0, 256],
      heatmaps: read("heatmaps"),
      features4: read("features_4"),
      features8: read("features_8"),
      features16: read("features_16"),
      features32: read("features_32"),
      joints: Float32Array.from({ length: 17 * 3 }, (_, i) => 8 + ((7 * i + 31 * key) % 240) / 5),
    },
  };
}

for (const dtype of ["fp32", "fp16", "q8"] as const) {
  Deno.test(
    { name: name(`diffusionpose answers alike for a person alone and in company, ${dtype}`), ignore: !READY },
    async () => {
      const { inputs } = await golden();
      await using system = await open("wasm", dtype);
      const people = [0, 1, 2].map((key) => person(inputs, key));
      const together = await system.estimate(people);
      for (const [i, each] of people.entries()) {
        const [alone] = await system.estimate([each]);
        assertSameBytes(alone!.heatmaps, together[i]!.heatmaps, `heatmaps of person ${i}`);
        assertSameBytes(alone!.sigma, together[i]!.sigma, `sigma of person ${i}`);
      }
    },
  );
}

const found = await probeDevices();

Deno.test({
  name: name("diffusionpose agrees on WebGPU and WASM"),
  ignore: !READY || found.webgpu === null,
  fn: async () => {
    const { inputs, denoise } = await golden();
    await using wasm = await open("wasm");
    await using gpu = await open("webgpu");
    const answers: Float32Array[] = [];
    for (const system of [wasm, gpu]) {
      const maps = await system.encode.run(feeds(inputs));
      answers.push((await system.denoise.run({ ...maps, ...states(denoise) }))["clean"]!.data);
    }
    const far = answers[0]!.reduce((most, value, i) => Math.max(most, Math.abs(value - answers[1]![i]!)), 0);
    assert.ok(far < DEVICE_TOLERANCE, `heatmaps differ by ${far}`);
  },
});
