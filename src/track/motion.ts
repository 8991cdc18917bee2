/**
 * Where somebody will be: the last pose, carried on at the velocity of the body.
 *
 * One velocity for the whole body, not one a joint: limbs swing, and a swing carried on over a gap tears the pose apart.
 *
 * @module
 */

import { JOINTS, type Observation } from "./detection.ts";
import { MIN_COMMON_JOINTS, type Sighting, VISIBLE_SCORE } from "./similarity.ts";

/** Velocity of a body, px/s. */
export type Velocity = readonly [x: number, y: number];

/** Time over which the velocity is averaged, seconds: shorter follows the detector's jitter, longer misses a turn. */
const VELOCITY_SECONDS = 0.2;

/** Growth of the prediction's uncertainty, body sizes (root of the box area) a second unseen. */
const SLACK_PER_SECOND = 0.4;

/** The same after the first sight, when the velocity is unknown: a brisk walk is 1.2 body sizes a second. */
const FIRST_SLACK_PER_SECOND = 1.2;

/** The pose and box expected at `time`. */
export function predictSighting(last: Observation, velocity: Velocity, time: number): Sighting {
  const seconds = time - last.time;
  const dx = velocity[0] * seconds;
  const dy = velocity[1] * seconds;
  const [x, y, width, height] = last.box;
  return {
    box: [x + dx, y + dy, width, height],
    keypoints: last.keypoints.map((value, i) => i % 3 === 0 ? value + dx : i % 3 === 1 ? value + dy : value),
  };
}

/** Standard deviation of a prediction over `seconds` after `hits` sights, as a fraction of the body size. */
export function predictionSlack(seconds: number, hits: number): number {
  return Math.max(SLACK_PER_SECOND, FIRST_SLACK_PER_SECOND / hits) * seconds;
}

function median(values: number[]): number {
  values.sort((a, b) => a - b);
  const middle = values.length >> 1;
  return values.length % 2 === 1 ? values[middle]! : (values[middle - 1]! + values[middle]!) / 2;
}

/** Median shift of the common joints, px: a waving arm does not move the body. Box centres where joints are few. */
function bodyShift(from: Observation, to: Observation): readonly [number, number] {
  const dx: number[] = [];
  const dy: number[] = [];
  for (let i = 0; i < JOINTS * 3; i += 3) {
    if (Math.min(from.keypoints[i + 2]!, to.keypoints[i + 2]!) < VISIBLE_SCORE) continue;
    dx.push(to.keypoints[i]! - from.keypoints[i]!);
    dy.push(to.keypoints[i + 1]! - from.keypoints[i + 1]!);
  }
  if (dx.length >= MIN_COMMON_JOINTS) return [median(dx), median(dy)];
  return [
    to.box[0] - from.box[0] + (to.box[2] - from.box[2]) / 2,
    to.box[1] - from.box[1] + (to.box[3] - from.box[3]) / 2,
  ];
}

/**
 * The velocity after one more observation: an exponential mean with a time constant in seconds, and while there
 * are few observations a plain mean that counts the velocity 0 of the first sight: two sights alone overstate it.
 *
 * @param velocity The velocity before.
 * @param from The observation before.
 * @param to The new one, later.
 * @param hits How many observations there are with the new one, from 2.
 */
export function updateVelocity(velocity: Velocity, from: Observation, to: Observation, hits: number): Velocity {
  const seconds = to.time - from.time;
  if (seconds <= 0) return velocity;
  const weight = Math.max(1 - Math.exp(-seconds / VELOCITY_SECONDS), 1 / hits);
  const [dx, dy] = bodyShift(from, to);
  return [
    velocity[0] + weight * (dx / seconds - velocity[0]),
    velocity[1] + weight * (dy / seconds - velocity[1]),
  ];
}
