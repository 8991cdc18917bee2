/**
 * People in one frame with MoveNet: multipose on the whole frame every n-th frame, thunder on a crop of each person on
 * every frame. Thunder's heatmaps become the mixtures that DiffPose-3D starts from.
 *
 * @module
 */
import { heatmapMixture } from "../core/heatmap_mixture.ts";
import type { Frame } from "../media/frame.ts";
import type { Session } from "../runtime/session.ts";
import { estimatePose, findPeople, nextBox, type PoseEstimate } from "../systems/movenet/mod.ts";
import { boxIou, isSameSight, type Prediction, type Sighting } from "../track/mod.ts";
import type { DetectedPerson } from "./detected.ts";
import type { PeopleFinder } from "./observe.ts";

/** Options of {@link createMovenetFinder}. */
export interface MovenetFinderOptions {
  /**
   * The whole frame is searched on every n-th frame.
   * @default {5}
   */
  readonly detFrequency?: number;
  /**
   * Sightings on the whole frame below this score are dropped. Half-hidden people of real clips lie at 0.15 to 0.25,
   * others at 0.3 to 0.6.
   * @default {0.15}
   */
  readonly minSighting?: number;
  /**
   * Poses of a crop below this score (the mean of all joints) are dropped. People seen from behind or cut by the border lie
   * at 0.2 to 0.3, others at 0.4 to 0.6; the tracker takes those below 0.3 only for people it already follows.
   * @default {0.2}
   */
  readonly minPose?: number;
  /** At most this many people a frame, best first. @default {10} */
  readonly maxPeople?: number;
  /** Kernels a joint in the mixtures; 0 makes none. */
  readonly mixtures: number;
}

/** A whole-frame detection that overlaps a followed person this much is that person. */
const SAME_IOU = 0.4;
/** Two refined poses this much alike are one person. */
const SAME_OKS = 0.7;

/**
 * A finder with MoveNet.
 *
 * @param multipose Graph `person` of the multipose pack.
 * @param thunder Graph `person` of the thunder pack.
 * @param options Frequencies and thresholds.
 */
export function createMovenetFinder(multipose: Session, thunder: Session, options: MovenetFinderOptions): PeopleFinder {
  const { detFrequency = 5, minSighting = 0.15, minPose = 0.2, maxPeople = 10, mixtures } = options;
  return {
    async find(frame: Frame, ordinal: number, expected: readonly Prediction[]): Promise<readonly DetectedPerson[]> {
      const boxes = expected.map((person) => cropBox(person));
      if (ordinal % detFrequency === 0) {
        for (const found of await findPeople(multipose, frame, { minScore: minSighting })) {
          if (expected.some((person) => boxIou(person.box, found.box) > SAME_IOU)) continue;
          boxes.push(cropBox(found));
        }
      }
      const people: DetectedPerson[] = [];
      for (const box of boxes.slice(0, 2 * maxPeople)) {
        const pose = await estimatePose(thunder, frame, box);
        if (pose.score >= minPose) people.push(withSpread(pose, mixtures));
      }
      people.sort((a, b) => b.score - a.score);
      const kept: DetectedPerson[] = [];
      for (const person of people) {
        if (kept.length < maxPeople && !kept.some((better) => isSameSight(better, person, SAME_OKS))) kept.push(person);
      }
      return kept;
    },
  };
}

/** Where to crop: around the confident points, which follow the person better than the box of a whole-frame search. */
function cropBox({ box, keypoints }: { box: Sighting["box"]; keypoints: ArrayLike<number> }): Sighting["box"] {
  return nextBox(Float32Array.from(keypoints)) ?? box;
}

/** Reads the spread of each joint off its heatmap: a mixture about the point, and its standard deviation along one axis. */
function withSpread(pose: PoseEstimate, mixtures: number): DetectedPerson {
  const { box, score, keypoints, heatmaps, grid } = pose;
  const joints = keypoints.length / 3;
  const found = heatmapMixture(heatmaps, { joints, ...grid }, { kernels: Math.max(1, mixtures) });
  const kernels = Float32Array.from(found);
  const sigma = new Float32Array(joints);
  const [left, top] = pose.toImage(0, 0);
  const [right, bottom] = pose.toImage(grid.width, grid.height);
  const stepX = (right - left) / grid.width;
  const stepY = (bottom - top) / grid.height;
  const size = kernels.length / joints;
  for (let joint = 0; joint < joints; joint++) {
    let variance = 0;
    for (let k = joint * size; k < (joint + 1) * size; k += 5) {
      if (kernels[k] === 0) continue;
      kernels[k + 1] = left + kernels[k + 1]! * stepX - keypoints[joint * 3]!;
      kernels[k + 2] = top + kernels[k + 2]! * stepY - keypoints[joint * 3 + 1]!;
      kernels[k + 3]! *= stepX;
      kernels[k + 4]! *= stepY;
      const [weight, dx, dy, sx, sy] = kernels.subarray(k, k + 5) as unknown as [
        number,
        number,
        number,
        number,
        number,
      ];
      variance += weight * (dx * dx + dy * dy + sx * sx + sy * sy) / 2;
    }
    sigma[joint] = Math.sqrt(variance);
  }
  return { box, score, keypoints, sigma, ...(mixtures > 0 ? { heatmaps: kernels } : {}) };
}
