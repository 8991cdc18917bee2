/**
 * What the manifest of a DiffPose-Video pack says about input and sampler, checked.
 *
 * @module
 */
import { InputError } from "../../core/errors.ts";
import { cosineSchedule, explicitSchedule, type Schedule } from "../../core/schedule.ts";

/** Joints of the model: COCO-17. */
export const JOINTS = 17;

/** Settings of one pack. */
export interface VideoSettings {
  /** Frames of a window, F, odd; the key frame is in the middle. */
  readonly frames: number;
  /** Side of a crop, px. */
  readonly side: number;
  /** Pixels of the crop for one cell of a heatmap. */
  readonly stride: number;
  /** Factor on the longer side of the key frame's box (paper: 25 % more). */
  readonly padding: number;
  /** The noise schedule. */
  readonly schedule: Schedule;
  /** States are `scale * (2 heatmap - 1)`. */
  readonly scale: number;
  /** Standard deviation of the Gaussians that the model was trained to draw, cells. */
  readonly targetSigma: number;
  /** Steps when the caller does not say. */
  readonly defaultSteps: number;
  /** Pose sets when the caller does not say. */
  readonly defaultSets: number;
  /** Factor that makes the spread a standard deviation of the error, `[17]`, found on the val split; ones where unknown. */
  readonly sigmaScale: Float32Array;
}

type Fields = Readonly<Record<string, unknown>>;

function fieldsOf(value: unknown, path: string): Fields {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Fields;
  throw new InputError(
    path,
    "a pack of system diffpose_video needs an object here",
    JSON.stringify(value) ?? "nothing",
  );
}

function refuse(path: string, rule: string, value: unknown): never {
  throw new InputError(path, rule, JSON.stringify(value)?.slice(0, 80) ?? "nothing");
}

function wholeNumber(fields: Fields, name: string, path: string, otherwise?: number): number {
  const value = fields[name] ?? otherwise;
  if (typeof value === "number" && Number.isSafeInteger(value) && value > 0) return value;
  refuse(`${path}.${name}`, "must be a whole number above 0", value);
}

function positive(fields: Fields, name: string, path: string, otherwise: number): number {
  const value = fields[name] ?? otherwise;
  if (typeof value === "number" && value > 0 && value < Infinity) return value;
  refuse(`${path}.${name}`, "must be a number above 0", value);
}

function scheduleOf(diffusion: Fields, path: string): Schedule {
  const steps = wholeNumber(diffusion, "steps", path);
  const list = diffusion["alphaBar"];
  if (list === undefined) {
    const kind = diffusion["schedule"] ?? "cosine";
    if (kind !== "cosine") refuse(`${path}.schedule`, "must be cosine, or alphaBar be listed", kind);
    return cosineSchedule(steps, {
      offset: positive(diffusion, "offset", path, 0.008),
      maxBeta: positive(diffusion, "maxBeta", path, 0.999),
    });
  }
  const usable = Array.isArray(list) && list.length === steps &&
    list.every((value) => typeof value === "number" && value > 0 && value <= 1);
  if (!usable) refuse(`${path}.alphaBar`, `must list ${steps} numbers above 0, at most 1`, list);
  return explicitSchedule(list as number[]);
}

function scalesOf(value: unknown, path: string): Float32Array {
  if (value === undefined) return new Float32Array(JOINTS).fill(1);
  const usable = Array.isArray(value) && value.length === JOINTS &&
    value.every((item) => typeof item === "number" && item > 0 && item < Infinity);
  if (!usable) refuse(path, `must list ${JOINTS} numbers above 0`, value);
  return Float32Array.from(value as number[]);
}

/**
 * Reads the part of a manifest that only this system knows.
 *
 * @param manifest The whole manifest, parsed.
 * @param name The pack's name, for messages.
 * @returns Checked settings.
 * @throws {InputError} With the path of the first wrong field.
 */
export function readVideoSettings(manifest: unknown, name: string): VideoSettings {
  const root = fieldsOf(manifest, name);
  const input = fieldsOf(root["input"], `${name}: input`);
  const heatmap = fieldsOf(root["heatmap"] ?? {}, `${name}: heatmap`);
  const diffusion = fieldsOf(root["diffusion"], `${name}: diffusion`);
  const prediction = diffusion["prediction"] ?? "x0";
  if (prediction !== "x0") refuse(`${name}: diffusion.prediction`, "must be x0", prediction);
  const frames = wholeNumber(input, "frames", `${name}: input`);
  if (frames % 2 === 0) refuse(`${name}: input.frames`, "must be odd", frames);
  return {
    frames,
    side: wholeNumber(input, "side", `${name}: input`, 256),
    stride: wholeNumber(heatmap, "stride", `${name}: heatmap`, 4),
    padding: positive(input, "padding", `${name}: input`, 1.25),
    schedule: scheduleOf(diffusion, `${name}: diffusion`),
    scale: positive(diffusion, "scale", `${name}: diffusion`, 1),
    targetSigma: positive(heatmap, "sigma", `${name}: heatmap`, 2),
    defaultSteps: wholeNumber(diffusion, "defaultSteps", `${name}: diffusion`, 2),
    defaultSets: wholeNumber(diffusion, "defaultSets", `${name}: diffusion`, 3),
    sigmaScale: scalesOf(root["sigmaScale"], `${name}: sigmaScale`),
  };
}
