/**
 * What DiffPose-Video can do with more time.
 *
 * @module
 */
import type { Effort } from "../heatmap_poses/mod.ts";

/** Choices from the least to the best: first both grow a little, then sets, which help the hard joints, then steps. */
export const EFFORTS: readonly Effort[] = [
  [1, 1],
  [1, 2],
  [2, 2],
  [2, 3],
  [2, 5],
  [4, 5],
  [4, 10],
  [4, 20],
  [8, 20],
].map(([steps, sets]) => ({ steps: steps!, sets: sets! }));
