/**
 * Which detection continues which track, in one frame.
 *
 * @module
 */

import { assignMaxGain } from "../core/assignment.ts";
import { compareDetections, type Detection } from "./detection.ts";
import { predictionSlack, predictSighting } from "./motion.ts";
import type { ResolvedTrackOptions } from "./options.ts";
import { isSameSight, type Sighting, sightingSimilarity } from "./similarity.ts";
import type { TrackState } from "./tracker_state.ts";

/**
 * Weight of a track that was missed in the frame before. Its prediction is vague, so it fits many detections; while two
 * people cross, the one who stays visible must not lose the detection to the one who is hidden.
 */
const MISSED_WEIGHT = 0.8;

/** What became of the detections of a frame. */
export interface Matching {
  /** Position of the detection by key of the track. */
  readonly matched: ReadonlyMap<number, number>;
  /** Positions of the detections that are new people, best first. */
  readonly born: readonly number[];
}

/**
 * What a track may look like at `time`: carried on, and, if seen in the frame before, also unmoved: people stop, and a
 * shaken camera makes a velocity that nobody has.
 */
function expectedSightings(track: TrackState, time: number): readonly Sighting[] {
  const moved = predictSighting(track.last, track.velocity, time);
  return track.missed > 0 ? [moved] : [moved, track.last];
}

/** Matches `positions` (in that order) with `tracks`; below `least` nothing is matched. */
function matchStage(
  tracks: readonly TrackState[],
  positions: readonly number[],
  detections: readonly Detection[],
  time: number,
  least: number,
): Map<number, number> {
  const gain = new Float64Array(tracks.length * positions.length);
  tracks.forEach((track, row) => {
    const expected = expectedSightings(track, time);
    const slack = predictionSlack(time - track.last.time, track.hits);
    const weight = track.missed > 0 ? MISSED_WEIGHT : 1;
    positions.forEach((position, column) => {
      const similarity = Math.max(...expected.map((one) => sightingSimilarity(one, detections[position]!, slack)));
      if (similarity >= least) gain[row * positions.length + column] = similarity * weight;
    });
  });
  const matched = new Map<number, number>();
  assignMaxGain(gain, tracks.length, positions.length).forEach((column, row) => {
    if (column >= 0) matched.set(tracks[row]!.key, positions[column]!);
  });
  return matched;
}

/**
 * Matches the detections of a frame with the tracks: confirmed people first, then those seen once, then, with the
 * detections of low score, confirmed people who were seen in the frame before (ByteTrack, arXiv 2110.06864). What is
 * left of the high scores is new, unless it shows somebody who is matched already.
 *
 * @param tracks Everybody who may still be continued.
 * @param detections The detections, in any order: the order has no influence.
 * @param time Time of the frame, seconds.
 * @param options The tracker's options.
 */
export function matchDetections(
  tracks: readonly TrackState[],
  detections: readonly Detection[],
  time: number,
  options: ResolvedTrackOptions,
): Matching {
  const order = detections.map((_, i) => i).sort((a, b) => compareDetections(detections[a]!, detections[b]!));
  const matched = new Map<number, number>();
  const used: number[] = [];
  const isFree = (position: number): boolean =>
    !used.includes(position) &&
    !used.some((other) => isSameSight(detections[position]!, detections[other]!, options.duplicateOks));
  const stage = (candidates: readonly TrackState[], positions: readonly number[], least: number): void => {
    for (const [key, position] of matchStage(candidates, positions, detections, time, least)) {
      matched.set(key, position);
      used.push(position);
    }
  };

  const high = order.filter((i) => detections[i]!.score >= options.highScore);
  stage(tracks.filter((track) => track.id !== null), high, options.minSimilarity);
  stage(tracks.filter((track) => track.id === null), high.filter(isFree), options.minSimilarity);

  const low = order.filter((i) => {
    const { score } = detections[i]!;
    return score >= options.lowScore && score < options.highScore;
  });
  const justSeen = tracks.filter((track) => track.id !== null && track.missed === 0 && !matched.has(track.key));
  stage(justSeen, low.filter(isFree), options.minLowSimilarity);

  const born: number[] = [];
  for (const position of high) {
    if (!isFree(position)) continue;
    born.push(position);
    used.push(position);
  }
  return { matched, born };
}
