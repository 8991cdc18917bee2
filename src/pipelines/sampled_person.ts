/**
 * A person as a system that samples heatmaps sees them.
 *
 * @module
 */
import type { SetsReading, Square } from "../systems/heatmap_poses/mod.ts";
import { boxAround } from "../systems/movenet/mod.ts";
import type { DetectedPerson } from "./detected.ts";
import { heatmapKernels } from "./heatmap_kernels.ts";

/** What such a system answers. */
export interface SampledPose extends Pick<SetsReading, "keypoints" | "sigma" | "heatmaps"> {
  /** Cells of a heatmap. */
  readonly grid: { readonly height: number; readonly width: number };
  /** Where the heatmaps lie in the picture. */
  readonly square: Square;
}

/** What {@link sampledPerson} needs beside the answer. */
export interface SampledPersonOptions {
  /** Box of a person without two sure joints, px. */
  readonly box: DetectedPerson["box"];
  /** Score of the person, 0..1. */
  readonly score: number;
  /** Kernels a joint in the mixtures; 0 makes none. */
  readonly mixtures: number;
  /** Standard deviation of the Gaussians that the system was trained to draw, cells: it is taken off the kernels' own. */
  readonly blur: number;
}

/**
 * Cells of a heatmap below this share of its peak are the network's noise, not places of a joint. With 0.1 the 3D stage's
 * error bars were too wide on clips with 3D truth that were kept out of training (1.16 times the error instead of 1.1).
 */
const KERNEL_FLOOR = 0.3;

/**
 * Makes the person.
 *
 * @param pose What the system answered.
 * @param options Box, score, mixtures.
 */
export function sampledPerson(pose: SampledPose, options: SampledPersonOptions): DetectedPerson {
  const { keypoints, sigma, heatmaps, grid, square: [left, top, side] } = pose;
  const { box, score, mixtures, blur } = options;
  const person = { box: boxAround(keypoints) ?? box, score, keypoints, sigma };
  if (mixtures === 0) return person;
  const kernels = heatmapKernels(heatmaps, { joints: sigma.length, ...grid }, keypoints, {
    kernels: mixtures,
    origin: [left, top],
    cell: [side / grid.width, side / grid.height],
    floor: KERNEL_FLOOR,
    blur,
  });
  return { ...person, heatmaps: kernels };
}
