/**
 * What the manifest of a DiffPose-Video pack says about input and sampler, checked.
 *
 * @module
 */
import type { Schedule } from "../../core/schedule.ts";
import {
  fieldsOf,
  jointFactors,
  oneOf,
  positive,
  positiveOrNull,
  refuseField,
  scheduleOf,
  wholeNumber,
} from "../pack_fields.ts";

/** Joints of the model: COCO-17. */
export const JOINTS = 17;

/** Settings of one pack. */
export interface VideoSettings {
  /** Frames of a window, F, odd; the key frame is in the middle. */
  readonly frames: number;
  /** Frames a second of the clips that it was trained on: frames of a window are so far apart in time. */
  readonly fps: number;
  /** Side of a crop, px. */
  readonly side: number;
  /** Pixels of the crop for one cell of a heatmap. */
  readonly stride: number;
  /** Factor on the longer side of the key frame's box (paper: 25 % more). */
  readonly padding: number;
  /** Cells from a joint as the backbone decodes it from which the backbone's heatmaps are weakened; null: nowhere. */
  readonly centre: number | null;
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

/**
 * Reads the part of a manifest that only this system knows.
 *
 * @param manifest The whole manifest, parsed.
 * @param name The pack's name, for messages.
 * @returns Checked settings.
 * @throws {InputError} With the path of the first wrong field.
 */
export function readVideoSettings(manifest: unknown, name: string): VideoSettings {
  const part = (value: unknown, entry: string) => fieldsOf(value, `${name}: ${entry}`, "diffpose_video");
  const root = fieldsOf(manifest, name, "diffpose_video");
  const input = part(root["input"], "input");
  const heatmap = part(root["heatmap"] ?? {}, "heatmap");
  const diffusion = part(root["diffusion"], "diffusion");
  oneOf(diffusion, "prediction", `${name}: diffusion`, ["x0"], "x0");
  const frames = wholeNumber(input, "frames", `${name}: input`);
  if (frames % 2 === 0) refuseField(`${name}: input.frames`, "must be odd", frames);
  return {
    frames,
    fps: positive(input, "fps", `${name}: input`, 25),
    side: wholeNumber(input, "side", `${name}: input`, 256),
    stride: wholeNumber(heatmap, "stride", `${name}: heatmap`, 4),
    padding: positive(input, "padding", `${name}: input`, 1.25),
    centre: positiveOrNull(input, "centre", `${name}: input`),
    schedule: scheduleOf(diffusion, `${name}: diffusion`),
    scale: positive(diffusion, "scale", `${name}: diffusion`, 1),
    targetSigma: positive(heatmap, "sigma", `${name}: heatmap`, 2),
    defaultSteps: wholeNumber(diffusion, "defaultSteps", `${name}: diffusion`, 2),
    defaultSets: wholeNumber(diffusion, "defaultSets", `${name}: diffusion`, 3),
    sigmaScale: jointFactors(root["sigmaScale"], JOINTS, `${name}: sigmaScale`),
  };
}
