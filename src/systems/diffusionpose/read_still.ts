/**
 * From heatmaps to a pose in pixels of the picture.
 *
 * @module
 */
import { readPeaks } from "../../core/heatmap.ts";
import { readSets, type Square } from "../heatmap_poses/mod.ts";
import { gridOf } from "./decoder.ts";
import type { StillPlan } from "./options.ts";
import type { StillSettings } from "./settings.ts";
import type { StillEstimate } from "./types.ts";

/** Joints below this score say nothing about how sure a pose is (paper file, section 4: rescoring). */
const SEEN = 0.2;

/**
 * Reads one person's heatmaps.
 *
 * @param heatmaps Of each hypothesis, `[M, J, cells, cells]`; clipped to 0..1 in place.
 * @param coarse Of the convolution head, `[J, cells, cells]`.
 * @param square Where they lie in the picture.
 */
export function readStill(
  heatmaps: Float32Array,
  coarse: Float32Array,
  square: Square,
  settings: StillSettings,
  { hypotheses, sampler }: Pick<StillPlan, "hypotheses" | "sampler">,
): StillEstimate {
  for (let i = 0; i < heatmaps.length; i++) heatmaps[i] = Math.min(Math.max(heatmaps[i]!, 0), 1);
  const { targetSigma, cells } = settings;
  const reading = readSets(heatmaps, hypotheses, square, { targetSigma, sigmaScale: settings.sigmaScale[sampler] });
  const coarseKeypoints = readPeaks(coarse, gridOf(settings));
  const [left, top, side] = square;
  for (let i = 0; i < coarseKeypoints.length; i += 3) {
    coarseKeypoints[i] = left + coarseKeypoints[i]! * side / cells;
    coarseKeypoints[i + 1] = top + coarseKeypoints[i + 1]! * side / cells;
    coarseKeypoints[i + 2] = Math.min(coarseKeypoints[i + 2]!, 1);
  }
  return {
    ...reading,
    score: poseScore(reading.keypoints),
    coarseKeypoints,
    grid: { height: cells, width: cells },
    square,
    hypotheses,
  };
}

/** Mean score of the joints that are seen, of keypoints `[J, 3]`; 0 when none is. */
export function poseScore(keypoints: Float32Array): number {
  let [sum, count] = [0, 0];
  for (let i = 2; i < keypoints.length; i += 3) {
    if (!(keypoints[i]! > SEEN)) continue;
    sum += keypoints[i]!;
    count++;
  }
  return count === 0 ? 0 : sum / count;
}
