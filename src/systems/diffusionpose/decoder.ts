/**
 * One pass of the decoder: joints are drawn, masked and decoded (paper sections FDP and MFP). The samplers know it as a
 * function.
 *
 * @module
 */
import { drawMasks } from "../../core/joint_masks.ts";
import { type HeatmapGrid, readPeaks, renderGaussian } from "../../core/heatmap.ts";
import type { Session, Tensor } from "../../runtime/session.ts";
import type { StillSettings } from "./settings.ts";

/**
 * Heatmaps `[N, J, cells, cells]` from joints.
 *
 * @param joints `[N, J, 3]`: x, y (cells), and above 0 where a joint is there: masks leave out the others.
 * @param step Index into the schedule, t - 1.
 * @param fed What goes in beside the masks: all joints drawn, those drawn that are there, or heatmaps `[N, J, cells, cells]`
 * clipped to 0..1 (not in place).
 */
export type Decode = (joints: Float32Array, step: number, fed: "all" | "there" | Float32Array) => Promise<Float32Array>;

/** The maps of a pack. */
export function gridOf({ skeleton, cells }: Pick<StillSettings, "skeleton" | "cells">): HeatmapGrid {
  return { joints: skeleton.joints.length, height: cells, width: cells };
}

/**
 * Joints at the strongest places of heatmaps.
 *
 * @param heatmaps `[N, J, cells, cells]`.
 * @param settings Sizes, and the least peak of a joint.
 * @returns `[N, J, 3]`: x, y (cells), the peak; 0 where that is too low for a joint to be there.
 */
export function jointsIn(
  heatmaps: Float32Array,
  settings: Pick<StillSettings, "skeleton" | "cells" | "leastPeak">,
): Float32Array {
  const grid = gridOf(settings);
  const maps = heatmaps.length / (grid.height * grid.width);
  const joints = readPeaks(heatmaps, { ...grid, joints: maps });
  for (let i = 2; i < joints.length; i += 3) if (!(joints[i]! >= settings.leastPeak)) joints[i] = 0;
  return joints;
}

/**
 * The decoder of a batch of states.
 *
 * @param settings The pack's settings.
 * @param denoise Graph `denoise`.
 * @param maps What the encoder answered, with a first axis of 1 or `count`.
 * @param count States, N.
 */
export function createDecoder(
  settings: StillSettings,
  denoise: Session,
  maps: Readonly<Record<string, Tensor>>,
  count: number,
): Decode {
  const { skeleton, targetSigma, keypointReach, limbReach, softMasks } = settings;
  const grid = gridOf(settings);
  const { joints: size, height, width } = grid;
  const cells = height * width;
  // Each pass writes over these.
  const noisy = new Float32Array(count * size * cells);
  const masks = new Float32Array(count * 2 * cells);
  const step = new Float32Array(count);
  const drawnJoints = new Float32Array(size * 3);
  const draw = (joints: Float32Array, all: boolean, out: Float32Array): void => {
    drawnJoints.set(joints);
    if (all) { for (let i = 2; i < drawnJoints.length; i += 3) drawnJoints[i] = 1; }
    renderGaussian(drawnJoints, grid, { sigma: targetSigma, out });
  };
  return async (joints, index, fed) => {
    if (typeof fed !== "string") {
      for (let i = 0; i < noisy.length; i++) noisy[i] = Math.min(Math.max(fed[i]!, 0), 1);
    }
    for (let n = 0; n < count; n++) {
      const given = joints.subarray(n * size * 3, (n + 1) * size * 3);
      if (typeof fed === "string") draw(given, fed === "all", noisy.subarray(n * size * cells, (n + 1) * size * cells));
      const guide = masks.subarray(n * 2 * cells, (n + 1) * 2 * cells);
      drawMasks(given, skeleton.edges, grid, { keypointReach, limbReach, soft: softMasks, out: guide });
    }
    const { clean } = await denoise.run({
      ...maps,
      noisy: { data: noisy, dims: [count, size, height, width] },
      masks: { data: masks, dims: [count, 2, height, width] },
      step: { data: step.fill(index), dims: [count] },
    });
    return clean!.data;
  };
}
