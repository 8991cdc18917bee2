/**
 * What can be tuned about following people.
 *
 * @module
 */

/** Options of the tracker. Times are in seconds, so that they mean the same at every frame rate. */
export interface TrackOptions {
  /**
   * How long somebody may be unseen and still be the same person on return. Who was seen in the frame before is always
   * looked for, however slow the frames are.
   * @default 1
   */
  readonly gapSeconds?: number;
  /**
   * The same for somebody who was not confirmed yet: less is known of them.
   * @default 0.3
   */
  readonly tentativeSeconds?: number;
  /**
   * Detections at or above this score are matched first, and may be new people.
   * @default 0.3
   */
  readonly highScore?: number;
  /**
   * Detections from here to `highScore` only continue people who were seen in the frame before (the second association
   * of ByteTrack, arXiv 2110.06864); those below are passed over.
   * @default 0.1
   */
  readonly lowScore?: number;
  /**
   * Hits after which a new person is believed and gets an id.
   * @default 2
   */
  readonly confirmHits?: number;
  /**
   * A new person with at least this score is believed at once.
   * @default 0.6
   */
  readonly confirmScore?: number;
  /**
   * Least similarity (half OKS, half IoU) of a prediction and a detection of high score.
   * @default 0.2
   */
  readonly minSimilarity?: number;
  /**
   * The same for a detection of low score.
   * @default 0.4
   */
  readonly minLowSimilarity?: number;
  /**
   * OKS from which on two poses are the same person seen twice.
   * @default 0.85
   */
  readonly duplicateOks?: number;
  /**
   * How long two tracks must coincide before the younger one is dropped.
   * @default 0.15
   */
  readonly duplicateSeconds?: number;
  /**
   * And in how many frames in a row.
   * @default 3
   */
  readonly duplicateFrames?: number;
}

/** The options with all defaults filled in. */
export type ResolvedTrackOptions = Required<TrackOptions>;

/**
 * Fills in the defaults.
 *
 * @throws {RangeError} If a value is negative or not a number, or `lowScore` is above `highScore`.
 */
export function resolveTrackOptions(options: TrackOptions = {}): ResolvedTrackOptions {
  const resolved: ResolvedTrackOptions = {
    gapSeconds: 1,
    tentativeSeconds: 0.3,
    highScore: 0.3,
    lowScore: 0.1,
    confirmHits: 2,
    confirmScore: 0.6,
    minSimilarity: 0.2,
    minLowSimilarity: 0.4,
    duplicateOks: 0.85,
    duplicateSeconds: 0.15,
    duplicateFrames: 3,
    ...options,
  };
  for (const [name, value] of Object.entries(resolved)) {
    if (!(value >= 0)) {
      throw new RangeError(`Cannot track people as ${name} must be at least 0: current value is ${value}`);
    }
  }
  if (resolved.lowScore > resolved.highScore) {
    throw new RangeError(
      `Cannot track people as lowScore must be at most highScore, ${resolved.highScore}: current value is ${resolved.lowScore}`,
    );
  }
  return resolved;
}
