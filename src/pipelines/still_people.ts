/**
 * People of stills: everybody in a picture is searched, looked at through a crop of their own, and has one pose. Nobody is
 * followed: pictures have nothing to do with each other.
 *
 * @module
 */
import type { Frame } from "../media/frame.ts";
import type { Session } from "../runtime/session.ts";
import { type FrameFeatures, readFeatures, squareAround } from "../systems/heatmap_poses/mod.ts";
import { boxAround, estimatePose } from "../systems/movenet/mod.ts";
import { type Box, isSameSight, suppressDuplicates } from "../track/mod.ts";
import type { DetectedPerson } from "./detected.ts";
import { withSpread } from "./find_people.ts";
import type { PeopleFinder } from "./observe.ts";
import { SAME_PERSON, type SearchOptions, searchPeople } from "./still_search.ts";

/** Where somebody is said to be. */
export interface StillPlace {
  /** x, y, width, height, px. */
  readonly box: Box;
  /** How sure that is, 0..1. */
  readonly score: number;
}

/** Somebody who is to be looked at again. */
export interface StillSight {
  /** Number of the place in its picture, for random numbers. */
  readonly person: number;
  /** Where they were looked for. */
  readonly place: StillPlace;
  /** Features of the crop. */
  readonly features: FrameFeatures;
}

/** Somebody who was looked at once. */
interface FirstLook extends StillSight {
  readonly pose: DetectedPerson;
}

/** Looks at people of a still again. */
export interface StillStage {
  /** Factor on the longer side of a box that makes the side of the crop. */
  readonly padding: number;
  /** At most so many people at a time: their features are held together. */
  readonly batch: number;
  /**
   * @param frame The picture.
   * @param people Whom to look at; not empty.
   * @returns One answer for each of `people`, in the same order.
   */
  estimate(frame: Frame, people: readonly StillSight[]): Promise<readonly DetectedPerson[]>;
}

/** Options of {@link createStillFinder}. */
export interface StillFinderOptions extends SearchOptions {
  /** Looks at everybody again; without it the first look stands. */
  readonly stage?: StillStage;
  /**
   * Where the people of a picture are, in place of a search. Each has a pose then, however faint, and nobody is taken for a
   * duplicate.
   */
  readonly places?: (frame: Frame) => readonly StillPlace[];
  /**
   * Poses of a first look below this score (the mean of all joints) are dropped.
   * @default {0.2}
   */
  readonly minPose?: number;
  /** Kernels a joint in the mixtures of the first look; 0 makes none. @default {0} */
  readonly mixtures?: number;
}

/** Factor on a box's longer side where no stage says its own. */
const PADDING = 1.25;

/**
 * Makes a finder for stills.
 *
 * @param multipose Graph `person` of the pack `movenet-multipose`.
 * @param thunder Graph `person` of the pack `movenet-thunder`.
 * @param options Search, second look, thresholds.
 * @returns A finder that follows nobody. It holds the features of one batch, however many people there are.
 */
export function createStillFinder(
  multipose: Session,
  thunder: Session,
  options: StillFinderOptions = {},
): PeopleFinder {
  const { stage, places, minPose = 0.2, mixtures = 0, ...search } = options;
  const look = async (frame: Frame, person: number, place: StillPlace): Promise<FirstLook> => {
    const { box } = place;
    const square = squareAround(box, stage?.padding ?? PADDING);
    const [x, y, side] = square;
    const seen = await estimatePose(thunder, frame, [x, y, side, side], { padding: 1 });
    const pose = withSpread({ pose: { ...seen, box: boxAround(seen.keypoints) ?? box } }, mixtures);
    return { person, place, pose, features: { ...readFeatures(seen.outputs, square), joints: seen.joints } };
  };
  return {
    async find(frame: Frame): Promise<readonly DetectedPerson[]> {
      const given = places?.(frame);
      const sights = given ?? await searchPeople(multipose, frame, search);
      const first: DetectedPerson[] = [];
      const found: DetectedPerson[] = [];
      let waiting: FirstLook[] = [];
      const settle = async (): Promise<void> => {
        if (waiting.length === 0) return;
        found.push(...stage === undefined ? waiting.map(({ pose }) => pose) : await stage.estimate(frame, waiting));
        waiting = [];
      };
      for (const [person, place] of sights.entries()) {
        search.signal?.throwIfAborted();
        const sight = await look(frame, person, place);
        if (given === undefined) {
          const { pose } = sight;
          // Cheaper than to find out after the second look.
          if (pose.score < minPose || first.some((other) => isSameSight(other, pose, SAME_PERSON))) continue;
          first.push(pose);
        }
        waiting.push(sight);
        if (waiting.length >= (stage?.batch ?? 1)) await settle();
      }
      await settle();
      return given === undefined ? suppressDuplicates(found, SAME_PERSON) : found;
    },
  };
}
