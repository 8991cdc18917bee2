/**
 * Features of frames that later windows look at again. A value that the caller owns: one for each clip.
 *
 * @module
 */
import type { FrameFeatures, Square } from "../heatmap_poses/mod.ts";

/** Features by frame and crop. */
export interface FeatureCache {
  /** The features of a frame through a crop, if they are kept. */
  get(frame: number, square: Square): FrameFeatures | undefined;
  /** Keeps features of a frame. */
  set(frame: number, features: FrameFeatures): void;
  /** Forgets the frames below an index. */
  forget(below: number): void;
  /** How many crops are kept. */
  readonly size: number;
}

/** Makes an empty cache. */
export function createFeatureCache(): FeatureCache {
  const frames = new Map<number, Map<string, FrameFeatures>>();
  return {
    get: (frame, square) => frames.get(frame)?.get(square.join()),
    set(frame, features) {
      let kept = frames.get(frame);
      if (kept === undefined) frames.set(frame, kept = new Map());
      kept.set(features.square.join(), features);
    },
    forget(below) {
      for (const frame of frames.keys()) if (frame < below) frames.delete(frame);
    },
    get size() {
      let count = 0;
      for (const kept of frames.values()) count += kept.size;
      return count;
    },
  };
}
