/**
 * The initial distribution H_K of a window (paper, sections 3 and 4.1): where each joint may be before the first step.
 *
 * In the image (u, v) it is a mixture of Gaussians a joint: read from the detector's heatmaps where there are any, else
 * the detector's usual error, found at training, around the detected point. In space (x, y, z) it is the context
 * encoder's pose with the spread of the encoder's own errors.
 *
 * @module
 */
import { pickKernel } from "../../core/mixture.ts";
import { fillNormal } from "../../core/normal.ts";
import { createRng } from "../../core/rng.ts";
import { cocoToH36m } from "../../skeleton/mod.ts";
import { CHANNELS, JOINTS, KERNEL, type LiftSettings } from "./settings.ts";

/** Kernels of the derived joints need the source joints' spread: mean of n sources has variance sum / n^2. */
const DERIVED_FROM: ReadonlyMap<number, readonly number[]> = new Map(
  cocoToH36m.derived.map(({ to, from }) => [to, from]),
);
const COPIED_FROM: ReadonlyMap<number, number> = new Map(cocoToH36m.copied.map(({ to, from }) => [to, from]));

/** A standard deviation below this would whiten rounding noise; 0.004 is about 0.2 % of a person's height. */
const MIN_SIGMA = 0.004;

/** RNG streams, so that the choice of kernels and the noise never share numbers. */
const NOISE_STREAM = 0;
const KERNEL_STREAM = 1;

/** Mean and variance of a mixture, `[weight, mu_x, mu_y, s_x, s_y]` a kernel. Null without any weight. */
function moments(kernels: Float32Array): { x: number; y: number; vx: number; vy: number } | null {
  let weight = 0, x = 0, y = 0;
  for (let k = 0; k < kernels.length; k += KERNEL) {
    weight += kernels[k]!;
    x += kernels[k]! * kernels[k + 1]!;
    y += kernels[k]! * kernels[k + 2]!;
  }
  if (!(weight > 0)) return null;
  x /= weight;
  y /= weight;
  let vx = 0, vy = 0;
  for (let k = 0; k < kernels.length; k += KERNEL) {
    vx += kernels[k]! * (kernels[k + 3]! ** 2 + (kernels[k + 1]! - x) ** 2);
    vy += kernels[k]! * (kernels[k + 4]! ** 2 + (kernels[k + 2]! - y) ** 2);
  }
  return { x, y, vx: vx / weight, vy: vy / weight };
}

/**
 * Image mixtures of one frame in Human3.6M order and normalised units.
 *
 * @param points H36M points of the frame, `[17, 3]`, normalised x, y and score; the network's own input. A joint of score
 *   0 is missing: it has one wide kernel in the middle of the person.
 * @param settings The pack's settings; its residual mixture serves joints without kernels.
 * @param heatmaps COCO-17 kernels, `[17, M, 5]` in px relative to the detected point, or undefined without heatmaps.
 * @param scale Normalised units a pixel at this person.
 * @returns `[17, M, 5]`: weight, mean u, v, standard deviation u, v.
 */
export function imageMixtures(
  points: Float32Array,
  settings: LiftSettings,
  heatmaps: Float32Array | undefined,
  scale: number,
): Float32Array {
  const size = settings.mixtures * KERNEL;
  const out = new Float32Array(JOINTS * size);
  for (let joint = 0; joint < JOINTS; joint++) {
    const target = out.subarray(joint * size, (joint + 1) * size);
    if (points[joint * 3 + 2] === 0) {
      target.set([1, 0, 0, settings.missingSigma, settings.missingSigma]);
      continue;
    }
    if (heatmaps === undefined || !fromHeatmaps(joint, heatmaps, size, scale, target)) {
      target.set(settings.residualMixture.subarray(joint * size, (joint + 1) * size));
    }
    for (let k = 0; k < size; k += KERNEL) {
      target[k + 1] = target[k + 1]! + points[joint * 3]!;
      target[k + 2] = target[k + 2]! + points[joint * 3 + 1]!;
      target[k + 3] = Math.max(target[k + 3]!, MIN_SIGMA);
      target[k + 4] = Math.max(target[k + 4]!, MIN_SIGMA);
    }
  }
  return out;
}

/** Writes the kernels of one joint, relative to its point, in normalised units. False when the sources have none. */
function fromHeatmaps(joint: number, heatmaps: Float32Array, size: number, scale: number, out: Float32Array): boolean {
  const kernelsOf = (coco: number): Float32Array => heatmaps.subarray(coco * size, (coco + 1) * size);
  const copied = COPIED_FROM.get(joint);
  if (copied !== undefined) {
    const kernels = kernelsOf(copied);
    if (moments(kernels) === null) return false;
    for (let k = 0; k < size; k += KERNEL) {
      out[k] = kernels[k]!;
      for (let c = 1; c < KERNEL; c++) out[k + c] = kernels[k + c]! * scale;
    }
    return true;
  }
  const sources = (DERIVED_FROM.get(joint) ?? []).map((coco) => moments(kernelsOf(coco))).filter((found) =>
    found !== null
  );
  if (sources.length === 0) return false;
  const mean = (pick: (source: { x: number; y: number; vx: number; vy: number }) => number): number =>
    sources.reduce((sum, source) => sum + pick(source), 0) / sources.length;
  out.fill(0);
  out[0] = 1;
  out[1] = mean((source) => source.x) * scale;
  out[2] = mean((source) => source.y) * scale;
  out[3] = Math.sqrt(mean((source) => source.vx) / sources.length) * scale;
  out[4] = Math.sqrt(mean((source) => source.vy) / sources.length) * scale;
  return true;
}

/**
 * Whose random numbers: a hypothesis keeps its kernel choices and its noise in every frame of a person, so it is one
 * movement; with noise of their own in every frame the poses would shake.
 */
export interface NoisePlace {
  /** Seed of the run. */
  readonly seed: number;
  /** Identity of the person. */
  readonly person: number;
}

/**
 * Draws the starting states of one frame: one kernel a joint and hypothesis, and whitened noise.
 *
 * @param mixtures `[17, M, 5]` of {@link imageMixtures}.
 * @param pose The context encoder's pose, `[17, 3]` metres.
 * @param settings The pack's settings.
 * @param place Seed and person.
 * @param hypotheses How many, N.
 * @param state Where the whitened noise goes, `[N, 17, 5]`.
 * @param anchor Where mean and standard deviation go, `[N, 17, 10]`.
 */
export function drawStart(
  mixtures: Float32Array,
  pose: Float32Array,
  settings: LiftSettings,
  place: NoisePlace,
  hypotheses: number,
  state: Float32Array,
  anchor: Float32Array,
): void {
  const size = settings.mixtures * KERNEL;
  for (let n = 0; n < hypotheses; n++) {
    const at = n * JOINTS;
    fillNormal(
      state.subarray(at * CHANNELS, (at + JOINTS) * CHANNELS),
      createRng({ ...place, hypothesis: n, stream: NOISE_STREAM }),
    );
    const rng = createRng({ ...place, hypothesis: n, stream: KERNEL_STREAM });
    for (let joint = 0; joint < JOINTS; joint++) {
      const kernels = mixtures.subarray(joint * size, (joint + 1) * size);
      const chosen = chooseKernel(kernels, rng.nextUniform());
      const target = (at + joint) * 2 * CHANNELS;
      for (let c = 0; c < 2; c++) {
        anchor[target + c] = kernels[chosen + 1 + c]!;
        anchor[target + CHANNELS + c] = kernels[chosen + 3 + c]!;
      }
      for (let c = 0; c < 3; c++) {
        anchor[target + 2 + c] = pose[joint * 3 + c]!;
        anchor[target + CHANNELS + 2 + c] = settings.depthSigma[joint * 3 + c]!;
      }
    }
  }
}

/** Offset of the kernel that holds the share `uniform` of the summed weights. */
function chooseKernel(kernels: Float32Array, uniform: number): number {
  const weights = Float64Array.from({ length: kernels.length / KERNEL }, (_, m) => kernels[m * KERNEL]!);
  return KERNEL * pickKernel(weights, uniform);
}
