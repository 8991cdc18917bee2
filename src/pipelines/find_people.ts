/**
 * People in one frame with MoveNet: multipose on the whole frame every n-th frame, thunder on a crop of each person on
 * every frame. Thunder's heatmaps become the mixtures that DiffPose-3D starts from.
 *
 * @module
 */
import type { Frame } from "../media/frame.ts";
import type { Session } from "../runtime/session.ts";
import { type FeatureCache, trackSquare } from "../systems/diffpose_video/mod.ts";
import { middleJoints, readFeatures, type Square } from "../systems/heatmap_poses/mod.ts";
import { boxAround, estimatePose, findPeople, type PoseEstimate } from "../systems/movenet/mod.ts";
import { boxIou, suppressDuplicates } from "../track/mod.ts";
import type { DetectedPerson } from "./detected.ts";
import { type ExpectedPlace, expectedPlace } from "./expected_place.ts";
import { heatmapKernels, kernelSigma } from "./heatmap_kernels.ts";
import { type ExpectedPerson, guessedSigma } from "./identities.ts";
import type { PeopleFinder } from "./observe.ts";
import { SAME_OKS } from "./own_pose.ts";

/** Options of {@link createMovenetFinder}. */
export interface MovenetFinderOptions {
  /** The whole frame is searched on every n-th frame. Default: so that it is searched five times a second. */
  readonly detFrequency?: number;
  /**
   * Frames a second of the clip.
   * @default {25}
   */
  readonly fps?: number;
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
  /** Kernels a joint in the mixtures; 0 makes none. With `features` there are none either: the windows make them. */
  readonly mixtures: number;
  /**
   * With it, people are looked at through crops that stay while they keep inside, and the features of every crop are kept
   * there for the windows that follow. Without it each frame has a crop of its own.
   */
  readonly features?: FeatureCache;
}

/** A whole-frame detection that overlaps a followed person this much is that person. */
const SAME_IOU = 0.4;

/** Searches of the whole frame a second: whoever comes in is seen within so much time in fast clips as in slow ones. */
const SEARCHES = 5;

/** Frames from one search of the whole frame to the next, at least 1. */
function searchEvery(fps: number): number {
  return Math.max(1, Math.round(fps / SEARCHES));
}

/**
 * A finder with MoveNet.
 *
 * @param multipose Graph `person` of the multipose pack.
 * @param thunder Graph `person` of the thunder pack.
 * @param options Frequencies and thresholds.
 */
export function createMovenetFinder(multipose: Session, thunder: Session, options: MovenetFinderOptions): PeopleFinder {
  const { fps = 25, minSighting = 0.15, minPose = 0.2, maxPeople = 10, mixtures, features } = options;
  const { detFrequency = searchEvery(fps) } = options;
  const look = async (frame: Frame, { box, near, within, crop }: Place): Promise<DetectedPerson> => {
    if (features === undefined) return withSpread(await estimatePose(thunder, frame, box), mixtures);
    const square = trackSquare(crop, box);
    const [x, y, side] = square;
    const pose = await estimatePose(thunder, frame, [x, y, side, side], { padding: 1, near, within });
    features.set(frame.index, { ...readFeatures(pose.outputs, square), joints: middleJoints(pose.outputs) });
    const { keypoints, score } = pose;
    const seen = { box: boxAround(keypoints) ?? box, score, keypoints, crop: square };
    // The windows that follow say how sure a joint is: to read it off these heatmaps, too, would take longer than decoding.
    return { ...seen, sigma: guessedSigma(seen.box, keypoints) };
  };
  return {
    async find(
      frame: Frame,
      ordinal: number,
      expected: readonly ExpectedPerson[],
    ): Promise<readonly DetectedPerson[]> {
      const places = expected.map(placeOf);
      if (ordinal % detFrequency === 0) {
        for (const found of await findPeople(multipose, frame, { minScore: minSighting })) {
          if (expected.some((person) => boxIou(person.box, found.box) > SAME_IOU)) continue;
          places.push(expectedPlace(found.keypoints, found.box));
        }
      }
      const people: DetectedPerson[] = [];
      for (const place of places.slice(0, 2 * maxPeople)) {
        const seen = await look(frame, place);
        if (seen.score >= minPose) people.push(seen);
      }
      return suppressDuplicates(people, SAME_OKS, maxPeople);
    },
  };
}

/** Where to look, for whom, and the crop of the frame before. */
interface Place extends ExpectedPlace {
  readonly crop?: Square;
}

function placeOf({ box, keypoints, crop }: Pick<ExpectedPerson, "box" | "keypoints" | "crop">): Place {
  return { ...expectedPlace(keypoints, box), ...(crop === undefined ? {} : { crop }) };
}

/** Reads the spread of each joint off its heatmap: a mixture about the point, and its standard deviation along one axis. */
export function withSpread(pose: PoseEstimate, mixtures: number): DetectedPerson {
  const { box, score, keypoints, heatmaps, grid } = pose;
  const joints = keypoints.length / 3;
  const [left, top] = pose.toImage(0, 0);
  const [right, bottom] = pose.toImage(grid.width, grid.height);
  const kernels = heatmapKernels(heatmaps, { joints, ...grid }, keypoints, {
    kernels: Math.max(1, mixtures),
    origin: [left, top],
    cell: [(right - left) / grid.width, (bottom - top) / grid.height],
  });
  return {
    box,
    score,
    keypoints,
    sigma: kernelSigma(kernels, joints),
    ...(mixtures > 0 ? { heatmaps: kernels } : {}),
  };
}
