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
import { type Box, type Detection, isSameSight, suppressDuplicates } from "../track/mod.ts";
import type { DetectedPerson } from "./detected.ts";
import { withSpread } from "./find_people.ts";
import { withHidden } from "./hidden_people.ts";
import { mapAhead } from "./map_ahead.ts";
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
   * So many batches may be under way, and so many people be looked at first, at a time: where there are workers.
   * @default {1}
   */
  readonly ahead?: number;
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
   * On rendered stills a higher one, or one of the final score, costs right poses before it takes away more than a few wrong ones.
   * @default {0.2}
   */
  readonly minPose?: number;
  /** Kernels a joint in the mixtures of the first look; 0 makes none. @default {0} */
  readonly mixtures?: number;
}

/** Factor on a box's longer side where no stage says its own. */
const PADDING = 1.25;

/**
 * The first look as the answer. Its score times that of the place ranks people better than its score alone: by 1.5 to 2
 * points of AP on rendered stills.
 */
function ranked({ place, pose }: FirstLook): DetectedPerson {
  return { ...pose, score: place.score * pose.score };
}

/**
 * Makes a finder for stills.
 *
 * @param multipose Graph `person` of the pack `movenet-multipose`.
 * @param thunder Graph `person` of the pack `movenet-thunder`.
 * @param options Search, second look, thresholds.
 * @returns A finder that follows nobody. It holds the features of the batches under way, however many people there are. What
 * it finds does not depend on how many that are.
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
    const pose = { ...withSpread(seen, mixtures), box: boxAround(seen.keypoints) ?? box };
    return { person, place, pose, features: { ...readFeatures(seen.outputs, square), joints: seen.joints } };
  };
  const ahead = stage?.ahead ?? 1;
  /** Those who are to be looked at again, in batches. */
  async function* seen(
    frame: Frame,
    sights: readonly StillPlace[],
    accept: (look: FirstLook) => boolean,
  ): AsyncGenerator<readonly FirstLook[], void, void> {
    let batch: FirstLook[] = [];
    const looks = mapAhead(sights.entries(), ahead, async ([person, place]) => {
      search.signal?.throwIfAborted();
      return await look(frame, person, place);
    });
    for await (const sight of looks) {
      if (!accept(sight)) continue;
      batch.push(sight);
      if (batch.length < (stage?.batch ?? 1)) continue;
      yield batch;
      batch = [];
    }
    if (batch.length > 0) yield batch;
  }
  return {
    async find(frame: Frame): Promise<readonly DetectedPerson[]> {
      const given = places?.(frame);
      const searched = given === undefined ? await searchPeople(multipose, frame, search) : [];
      const first: DetectedPerson[] = [];
      const hidden: Detection[] = [];
      // Cheaper than to find out after the second look.
      const accept = ({ person, pose }: FirstLook): boolean => {
        if (given !== undefined) return true;
        const copy = first.some((other) => isSameSight(other, pose, SAME_PERSON));
        if (copy) hidden.push(searched[person]!);
        if (copy || pose.score < minPose) return false;
        first.push(pose);
        return true;
      };
      const batches = seen(frame, given ?? searched, accept);
      const again = (batch: readonly FirstLook[]): Promise<readonly DetectedPerson[]> =>
        stage === undefined ? Promise.resolve(batch.map(ranked)) : stage.estimate(frame, batch);
      const found: DetectedPerson[] = [];
      for await (const people of mapAhead(batches, ahead, again)) found.push(...people);
      return given === undefined ? withHidden(suppressDuplicates(found, SAME_PERSON), hidden) : found;
    },
  };
}
