/** Synthetic people for the tests of this room: stick figures that walk along the picture plane. */

import type { Box, Detection } from "../../src/track/detection.ts";

/** A person who walks at constant speed. */
export interface Walker {
  /** Middle of the body at time 0, px. */
  readonly x: number;
  /** Ground, px. */
  readonly y: number;
  /** Velocity, px/s. */
  readonly speed: number;
  /** Height, px. */
  readonly height: number;
  /** Phase of the gait at time 0, radians. */
  readonly phase: number;
  /** Confidence. */
  readonly score?: number;
}

/** Numbers in [-1, 1), the same for the same seed. */
export function noiseOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    // mulberry32 (public domain, Tommy Ettinger).
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 31 - 1;
  };
}

/** Box around 17 points. */
export function boxOf(keypoints: Float32Array): Box {
  const xs = Array.from({ length: 17 }, (_, j) => keypoints[3 * j]!);
  const ys = Array.from({ length: 17 }, (_, j) => keypoints[3 * j + 1]!);
  const [x, y] = [Math.min(...xs), Math.min(...ys)];
  return [x, y, Math.max(...xs) - x, Math.max(...ys) - y];
}

/** The walker as a perfect detector sees it at `time`; `noise` moves each point by up to `jitter` of the height. */
export function sight(walker: Walker, time: number, jitter = 0, noise: () => number = () => 0): Detection {
  const { height, phase, speed, score = 0.9 } = walker;
  const middle = walker.x + speed * time;
  // Two steps a second at any speed.
  const swing = Math.sin(phase + 2 * Math.PI * time);
  const way = Math.sign(speed) || 1;
  const legs = 0.16 * swing;
  const arms = -0.12 * swing;
  // Sideways and up from the ground, in heights; the figure looks where it goes.
  // deno-fmt-ignore
  const points: [number, number][] = [
    [0.05 * way, 0.92], [0.04 * way, 0.94], [0.03 * way, 0.94], [0.0, 0.93], [-0.02 * way, 0.93],
    [0.01, 0.82], [-0.01, 0.82], [0.01 + arms / 2, 0.65], [-0.01 - arms / 2, 0.65], [arms, 0.5], [-arms, 0.5],
    [0.01, 0.52], [-0.01, 0.52], [legs / 2, 0.28], [-legs / 2, 0.28], [legs, 0.04], [-legs, 0.04],
  ];
  const keypoints = new Float32Array(51);
  points.forEach(([across, up], j) => {
    keypoints[3 * j] = middle + height * (across + jitter * noise());
    keypoints[3 * j + 1] = walker.y - height * (up + jitter * noise());
    keypoints[3 * j + 2] = 0.9;
  });
  return { box: boxOf(keypoints), score, keypoints };
}
