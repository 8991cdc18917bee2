/**
 * What the manifest of a DiffusionPose pack says about input, drawing and samplers, checked.
 *
 * @module
 */
import type { Schedule } from "../../core/schedule.ts";
import { type LayoutName, layouts, type Skeleton } from "../../skeleton/mod.ts";
import { SIDE } from "../heatmap_poses/mod.ts";
import {
  type Fields,
  fieldsOf,
  jointFactors,
  oneOf,
  positive,
  positiveOrNull,
  refuseField,
  scheduleOf,
  wholeNumber,
} from "../pack_fields.ts";
import type { StillFeed, StillSampler } from "./types.ts";

/** Settings of one pack. */
export interface StillSettings {
  /** The joints, J, and the limbs between them. */
  readonly skeleton: Skeleton;
  /** Rows and columns of a heatmap. */
  readonly cells: number;
  /** Factor on the longer side of a box that makes the side of the crop. */
  readonly padding: number;
  /** Cells from a joint as the backbone decodes it from which the backbone's heatmaps are weakened; null: nowhere. */
  readonly centre: number | null;
  /** Standard deviation of drawn Gaussians, cells. */
  readonly targetSigma: number;
  /** How far the keypoint mask reaches from a joint (delta_kps), cells. */
  readonly keypointReach: number;
  /** How far the skeleton mask reaches from a limb (delta_ske), cells. */
  readonly limbReach: number;
  /** Masks that fall off as Gaussians instead of being 0 or 1. */
  readonly softMasks: boolean;
  /** A joint whose peak is lower is left out of the masks. */
  readonly leastPeak: number;
  /** The noise schedule; step k of the graphs is t = k + 1 of the paper. */
  readonly schedule: Schedule;
  /** Signal scale zeta. */
  readonly scale: number;
  /** t at which samplers begin that start from the coarse heatmaps. */
  readonly startTime: number;
  /** The sampler when the caller does not say. */
  readonly defaultSampler: StillSampler;
  /** What feedback feeds when the caller does not say. */
  readonly defaultFed: StillFeed;
  /** Steps when the caller does not say. */
  readonly defaultSteps: number;
  /** Hypotheses when the caller does not say. */
  readonly defaultHypotheses: number;
  /** For each sampler the factors that make the spread a standard deviation of the error, `[J]`, found on the val split. */
  readonly sigmaScale: Readonly<Record<StillSampler, Float32Array>>;
}

const SYSTEM = "diffusionpose";

function skeletonOf(root: Fields, structure: Fields, name: string): Skeleton {
  const layout = oneOf(root, "skeleton", name, Object.keys(layouts) as LayoutName[], "coco17");
  const skeleton = layouts[layout];
  const stated = structure["limbs"];
  const order = (limbs: readonly unknown[]): string => limbs.map((limb) => String(limb)).sort().join(" ");
  if (stated !== undefined && !(Array.isArray(stated) && order(stated) === order(skeleton.edges))) {
    refuseField(`${name}: structure.limbs`, `must be the lines of ${layout}`, stated);
  }
  return skeleton;
}

function checkInput(input: Fields, heatmap: Fields, name: string): number {
  const backbone = fieldsOf(input["backbone"] ?? {}, `${name}: input.backbone`, SYSTEM);
  if ((backbone["pack"] ?? "movenet-thunder") !== "movenet-thunder" || backbone["mean"] !== undefined) {
    refuseField(`${name}: input.backbone`, "must be the pack movenet-thunder", backbone);
  }
  const side = [input["side"] ?? SIDE].flat();
  if (side.some((length) => length !== SIDE)) refuseField(`${name}: input.side`, `must be ${SIDE}`, input["side"]);
  const [height, width] = ["height", "width"].map((key) => wholeNumber(heatmap, key, `${name}: heatmap`, 64));
  if (height !== width || SIDE % height! !== 0) {
    refuseField(`${name}: heatmap`, `must be square, with a divisor of ${SIDE} cells a side`, [height, width]);
  }
  return height!;
}

/**
 * Reads the part of a manifest that only this system knows.
 *
 * @param manifest The whole manifest, parsed.
 * @param name The pack's name, for messages.
 * @returns Checked settings.
 * @throws {InputError} With the path of the first wrong field.
 */
export function readStillSettings(manifest: unknown, name: string): StillSettings {
  const part = (value: unknown, entry: string): Fields => fieldsOf(value, `${name}: ${entry}`, SYSTEM);
  const root = fieldsOf(manifest, name, SYSTEM);
  const heatmap = part(root["heatmap"], "heatmap");
  const structure = part(root["structure"], "structure");
  const diffusion = part(root["diffusion"], "diffusion");
  const input = part(root["input"], "input");
  const factors = part(root["sigmaScale"] ?? {}, "sigmaScale");
  const skeleton = skeletonOf(root, structure, name);
  const schedule = scheduleOf(diffusion, `${name}: diffusion`);
  oneOf(diffusion, "prediction", `${name}: diffusion`, ["x0"], "x0");
  const startTime = wholeNumber(diffusion, "start", `${name}: diffusion`, 300);
  if (startTime > schedule.alphaBar.length) {
    refuseField(`${name}: diffusion.start`, `must be at most ${schedule.alphaBar.length}`, startTime);
  }
  const joints = skeleton.joints.length;
  return {
    skeleton,
    cells: checkInput(input, heatmap, name),
    padding: positive(input, "padding", `${name}: input`, 1.25),
    centre: positiveOrNull(input, "centre", `${name}: input`),
    targetSigma: positive(heatmap, "sigma", `${name}: heatmap`, 2),
    keypointReach: positive(structure, "keypointReach", `${name}: structure`),
    limbReach: positive(structure, "limbReach", `${name}: structure`),
    softMasks: structure["soft"] === true,
    leastPeak: positive(structure, "least", `${name}: structure`, 0.05),
    schedule,
    scale: positive(diffusion, "scale", `${name}: diffusion`),
    startTime,
    defaultSampler: oneOf(diffusion, "defaultSampler", `${name}: diffusion`, ["feedback", "coordinates"], "feedback"),
    defaultFed: oneOf(diffusion, "fed", `${name}: diffusion`, ["drawn", "answered"], "drawn"),
    defaultSteps: wholeNumber(diffusion, "defaultSteps", `${name}: diffusion`, 2),
    defaultHypotheses: wholeNumber(diffusion, "defaultHypotheses", `${name}: diffusion`, 1),
    sigmaScale: {
      feedback: jointFactors(factors["feedback"], joints, `${name}: sigmaScale.feedback`),
      coordinates: jointFactors(factors["coordinates"], joints, `${name}: sigmaScale.coordinates`),
    },
  };
}
