/**
 * People who are half hidden behind others. The search of a still sees them, but a closer look at their place shows whoever is
 * in front: the second look would be a copy of that one. What the search saw of them is kept then.
 *
 * @module
 */
import { coco17 } from "../skeleton/mod.ts";
import { type Detection, isSameSight } from "../track/mod.ts";
import type { DetectedPerson } from "./detected.ts";

/**
 * Sightings below this score are not worth it. With these three numbers 17 people more are found of 414 in rendered pictures,
 * where 274 were found without; of the 25 poses that this takes one is far from everybody.
 */
const LEAST_SCORE = 0.2;
/** Whoever is more alike to somebody who was found is not shown twice: halves of one body are, too. */
const APART = 0.3;
/** Seen once, and from afar: half the score of the sighting ranks them best among the others. */
const WORTH = 0.5;

/** The pose of a sighting. Its joints scatter by 0.9 of COCO's own tolerance on rendered people who are hidden so. */
function poseOf({ box, score, keypoints }: Detection): DetectedPerson {
  const scale = Math.sqrt(box[2] * box[3]);
  return {
    box,
    score: WORTH * score,
    keypoints: Float32Array.from(keypoints),
    sigma: Float32Array.from(coco17.sigmas!, (sigma) => 2 * sigma * scale),
  };
}

/**
 * Adds hidden people to those who were found.
 *
 * @param found Poses of a second look; not changed.
 * @param seen Sightings whose second look was a copy of another's.
 * @returns All of `found`, and whoever of `seen` shows nobody of them; the surest first.
 */
export function withHidden(found: readonly DetectedPerson[], seen: readonly Detection[]): DetectedPerson[] {
  const all = [...found];
  for (const sight of [...seen].sort((a, b) => b.score - a.score)) {
    if (sight.score < LEAST_SCORE || all.some((other) => isSameSight(other, sight, APART))) continue;
    all.push(poseOf(sight));
  }
  return all.sort((a, b) => b.score - a.score);
}
