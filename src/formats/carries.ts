/**
 * What a format carries that carries everything, for the formats to say how they differ.
 *
 * @module
 */

import type { Carries } from "./format.ts";

/** Everything, with all digits. */
export const EVERYTHING: Carries = {
  ids: true,
  boxes: true,
  personScores: true,
  pointScores: true,
  points2d: true,
  points3d: true,
  sigma: true,
  derived: true,
  emptyFrames: true,
  fps: true,
  size: true,
  decimals: { px: null, metres: null },
};
