/**
 * Numbers of the COCO-17 to Human3.6M-17 conversion. Training and the library must use the same ones, as the lifter
 * sees only converted points: `training/diffpose_training/diffpose_3d/coco_to_h36m.json` holds the same object, and a
 * test compares the two.
 *
 * @module
 */

/** See {@link cocoToH36mConstants}. */
export interface CocoToH36mConstants {
  /** Where `neck` lies on the way from `thorax` (0) to the middle of the ears (1). */
  readonly neck: number;
  /** Weights of the points whose weighted mean is `head`, each multiplied by its score. */
  readonly head: {
    /** Weight of the nose. */
    readonly nose: number;
    /** Weight of the left eye. */
    readonly left_eye: number;
    /** Weight of the right eye. */
    readonly right_eye: number;
    /** Weight of the left ear. */
    readonly left_ear: number;
    /** Weight of the right ear. */
    readonly right_ear: number;
  };
  /** Factor on the score of each derived joint. */
  readonly derived_score: number;
  /** Added to each weight, so that the mean exists when all scores are zero. */
  readonly epsilon: number;
}

/** The constants in use. */
export const cocoToH36mConstants: CocoToH36mConstants = Object.freeze({
  neck: 0.62,
  head: Object.freeze({ nose: 1, left_eye: 1, right_eye: 1, left_ear: 3, right_ear: 3 }),
  derived_score: 0.9,
  epsilon: 1e-6,
});
