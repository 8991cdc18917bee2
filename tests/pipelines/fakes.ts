/** Doubles that pipelines run on: a lifter whose poses are a formula, people who walk by a formula. */
import type { ObservedFrame, ObservedPerson } from "../../src/pipelines/observed.ts";
import type { LiftEstimate, PoseLifter } from "../../src/systems/diffpose_3d/mod.ts";

/** Frames of a window of {@link formulaLifter}. */
export const WINDOW = 9;

/** What {@link formulaLifter} was asked, in order. */
export interface LifterCall {
  readonly person: number;
  readonly frames: readonly number[];
  readonly points: Float32Array;
}

/** Pose coordinate that the lifter gives to a frame, whatever the window: blending must leave it as it is. */
export function poseValue(frame: number, hypothesis: number, joint: number): number {
  return Math.sin(frame / 7 + joint) + 0.01 * hypothesis;
}

/** A lifter with `N` hypotheses a frame and no model. `seam` adds the window's own offset, which blending must spread. */
export function formulaLifter(
  options: { hypotheses?: number; seam?: number } = {},
): PoseLifter & { calls: LifterCall[] } {
  const { hypotheses: count = 3, seam = 0 } = options;
  const calls: LifterCall[] = [];
  return {
    calls,
    frames: WINDOW,
    spread: { depthSigma: new Float32Array(51).fill(0.1), sigmaScale: new Float32Array(17).fill(1) },
    lift: ({ person, frames, points }): Promise<LiftEstimate> => {
      calls.push({ person, frames: [...frames], points: points.slice() });
      const side = calls.length % 2 === 0 ? seam : -seam;
      const hypotheses = new Float32Array(frames.length * count * 51);
      hypotheses.forEach((_, i) => {
        const frame = frames[Math.floor(i / (count * 51))]!;
        hypotheses[i] = poseValue(frame, Math.floor(i / 51) % count, Math.floor(i / 3) % 17) + side;
      });
      return Promise.resolve({ hypotheses, count, context: new Float32Array(frames.length * 51) });
    },
  };
}

/** A person who stands at a place that depends on the frame. */
export function personAt(id: number, frame: number, interpolated = false): ObservedPerson {
  const keypoints = new Float32Array(51);
  for (let joint = 0; joint < 17; joint++) keypoints.set([100 * id + frame + joint, 50 + 3 * joint, 0.9], joint * 3);
  return {
    id,
    box: [100 * id + frame, 50, 40, 60],
    score: 0.9,
    keypoints,
    sigma: new Float32Array(17).fill(2),
    interpolated,
  };
}

/** Frames 0..count - 1 at 25 a second; `present` tells who is in which. */
export async function* observedFrames(
  count: number,
  present: (frame: number) => readonly number[] = () => [1],
): AsyncGenerator<ObservedFrame> {
  for (let index = 0; index < count; index++) {
    await Promise.resolve();
    yield { index, time: index / 25, people: present(index).map((id) => personAt(id, index)) };
  }
}
