/**
 * Numbers of the COCO-17 to Human3.6M-17 conversion. Training and the library must use the same ones, as the lifter
 * sees only converted points: `neck` and `head` stand in `training/diffpose_training/diffpose_3d/coco_to_h36m.json`,
 * where they were fitted to bodies with both kinds of points, and a test compares the two files.
 *
 * @module
 */

/** See {@link cocoToH36mConstants}. */
export interface CocoToH36mConstants {
  /** Where `neck` lies on the way from `thorax` (0) to the middle of the ears (1). */
  readonly neck: number;
  /** Weights of nose, left eye, right eye, left ear, right ear in `head`; each is multiplied by the point's score. */
  readonly head: readonly number[];
  /** Factor on the score of each derived joint. */
  readonly derivedScore: number;
  /** Added to each weight of a mean, so that tiny scores do not upset the division. */
  readonly epsilon: number;
}

/** The constants in use. */
export const cocoToH36mConstants: CocoToH36mConstants = Object.freeze({
  neck: 0.91,
  head: Object.freeze([1, 1, 1, 3, 3]),
  derivedScore: 0.9,
  epsilon: 1e-6,
});
