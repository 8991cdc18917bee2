/**
 * DiffusionPose (arXiv 2306.17074) as a pure function of people: features of crops in, poses out.
 *
 * Heavy once, light often: the encoder runs once a person, the decoder once a step. People are taken together, or the
 * hypotheses of one person; random numbers depend on seed, person, picture and hypothesis only, so nobody's answer depends
 * on the company.
 *
 * @module
 */
import { fillNormal } from "../../core/normal.ts";
import { createRng } from "../../core/rng.ts";
import type { Tensor } from "../../runtime/session.ts";
import { createDecoder } from "./decoder.ts";
import { encodeFeeds } from "./feeds.ts";
import { readStill } from "./read_still.ts";
import { sampleCoordinates, sampleFeedback } from "./samplers.ts";
import { resolveOptions, type StillPlan } from "./options.ts";
import type { StillEstimate, StillModel, StillOptions, StillPerson } from "./types.ts";

/** Random numbers of this system are no other system's. */
const NOISE_STREAM = 4;

/**
 * Generates the heatmaps of people. Pure: the same person, options and model give the same bytes on WASM, whoever else is in
 * the call.
 *
 * @param model An opened pack.
 * @param people Features of one crop each; any number.
 * @param options Steps, hypotheses, sampler, seed, size of a batch, signal.
 * @returns One estimate a person, in their order.
 * @throws {RangeError} If an option is out of range, or several hypotheses are asked of `feedback`.
 * @throws {InputError} If the pack centres heatmaps, and features lack `joints`.
 */
export async function estimateStills(
  model: StillModel,
  people: readonly StillPerson[],
  options: StillOptions = {},
): Promise<StillEstimate[]> {
  const plan = resolveOptions(model.settings, options);
  const estimates: StillEstimate[] = [];
  for (let first = 0; first < people.length; first += plan.batch) {
    plan.signal?.throwIfAborted();
    const some = people.slice(first, first + plan.batch);
    const maps = await model.encode.run(encodeFeeds(some, model.settings));
    const sampled = plan.hypotheses === 1
      ? await sampleTogether(model, some, maps, plan)
      : await sampleApart(model, some, maps, plan);
    some.forEach(({ features }, i) => {
      estimates.push(readStill(sampled[i]!, mapsOf(maps, i)["coarse"]!.data, features.square, model.settings, plan));
    });
  }
  return estimates;
}

/** One hypothesis each: all people in one run of the decoder. Heatmaps of each. */
async function sampleTogether(
  model: StillModel,
  people: readonly StillPerson[],
  maps: Readonly<Record<string, Tensor>>,
  plan: StillPlan,
): Promise<Float32Array[]> {
  const noise = drawNoise(model, people.map((person) => ({ person, hypothesis: 0 })), plan);
  const heatmaps = await sample(model, maps, maps["coarse"]!.data, noise, people.length, plan);
  const size = heatmaps.length / people.length;
  return people.map((_, i) => heatmaps.slice(i * size, (i + 1) * size));
}

/** Several hypotheses: those of one person in one run of the decoder, which all look at the same maps. */
async function sampleApart(
  model: StillModel,
  people: readonly StillPerson[],
  maps: Readonly<Record<string, Tensor>>,
  plan: StillPlan,
): Promise<Float32Array[]> {
  const { hypotheses, batch } = plan;
  const all: Float32Array[] = [];
  for (const [i, person] of people.entries()) {
    const own = mapsOf(maps, i);
    const coarse = own["coarse"]!.data;
    const heatmaps = new Float32Array(hypotheses * coarse.length);
    for (let first = 0; first < hypotheses; first += batch) {
      const count = Math.min(batch, hypotheses - first);
      const keys = Array.from({ length: count }, (_, m) => ({ person, hypothesis: first + m }));
      const repeated = new Float32Array(count * coarse.length);
      for (let m = 0; m < count; m++) repeated.set(coarse, m * coarse.length);
      const noise = drawNoise(model, keys, plan);
      heatmaps.set(await sample(model, own, repeated, noise, count, plan), first * coarse.length);
    }
    all.push(heatmaps);
  }
  return all;
}

/** Runs a sampler on one batch of states; `[N, J, cells, cells]`. */
function sample(
  { settings, denoise }: StillModel,
  maps: Readonly<Record<string, Tensor>>,
  coarse: Float32Array,
  noise: Float32Array,
  count: number,
  { steps, sampler, fed, start, signal }: StillPlan,
): Promise<Float32Array> {
  if (steps === 0) return Promise.resolve(coarse);
  const decode = createDecoder(settings, denoise, maps, count);
  if (sampler === "feedback") return sampleFeedback(decode, coarse, settings, { steps, fed, signal });
  const startTime = start === "noise" ? undefined : settings.startTime;
  return sampleCoordinates(decode, coarse, settings, { steps, noise, startTime, signal });
}

/** Starts of hypotheses, `[N, J, 2]`. */
function drawNoise(
  { settings }: StillModel,
  keys: readonly { readonly person: StillPerson; readonly hypothesis: number }[],
  { sampler, seed }: StillPlan,
): Float32Array {
  const size = settings.skeleton.joints.length * 2;
  const noise = new Float32Array(keys.length * size);
  if (sampler === "feedback") return noise;
  keys.forEach(({ person: { person, frame = 0 }, hypothesis }, n) => {
    const rng = createRng({ seed, person, frame, hypothesis, stream: NOISE_STREAM });
    fillNormal(noise.subarray(n * size, (n + 1) * size), rng);
  });
  return noise;
}

/** The maps of one person, with a first axis of 1. */
function mapsOf(maps: Readonly<Record<string, Tensor>>, person: number): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(maps).map(([name, { data, dims: [count, ...rest] }]) => {
      const size = data.length / count!;
      return [name, { data: data.subarray(person * size, (person + 1) * size), dims: [1, ...rest] }];
    }),
  );
}
