/**
 * A system for stills on a clip: each person of each frame is looked at again, without the frames around.
 *
 * @module
 */
import type { Frame } from "../media/frame.ts";
import type { Session } from "../runtime/session.ts";
import type { FeatureCache } from "../systems/diffpose_video/mod.ts";
import { featuresOf, squareAround } from "../systems/heatmap_poses/mod.ts";
import { nextBox } from "../systems/movenet/mod.ts";
import type { DetectedPerson } from "./detected.ts";
import type { StillSight, StillStage } from "./still_people.ts";
import type { WindowPerson, WindowStage } from "./window_queue.ts";

/**
 * Makes the second look of a clip from that of stills.
 *
 * @param stage Looks at people of a picture.
 * @param backbone Graph `person` of the pack `movenet-thunder`.
 * @param cache Features that the finder has already; those of a frame go when its people have their answer.
 */
export function createStillWindows(stage: StillStage, backbone: Session, cache: FeatureCache): WindowStage {
  return {
    radius: 0,
    async estimate(
      key: Frame,
      _frames: readonly Frame[],
      people: readonly WindowPerson[],
    ): Promise<readonly DetectedPerson[]> {
      const found: DetectedPerson[] = [];
      for (let first = 0; first < people.length; first += stage.batch) {
        const sights: StillSight[] = [];
        for (const [i, { box, keypoints, crop }] of people.slice(first, first + stage.batch).entries()) {
          const square = crop ?? squareAround(nextBox(Float32Array.from(keypoints)) ?? box, stage.padding);
          const features = cache.get(key.index, square) ?? await featuresOf(backbone, key, square, { joints: true });
          // Whom a tracker follows is there: the score is that of the pose.
          sights.push({ person: first + i, place: { box, score: 1 }, features });
        }
        found.push(...await stage.estimate(key, sights));
      }
      cache.forget(key.index + 1);
      return found;
    },
  };
}
