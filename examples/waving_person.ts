/**
 * A person who stands and waves, as a detector would see it: for examples that need a longer clip.
 *
 * @module
 */

/** Width of the picture, px. */
export const WIDTH = 640;
/** Height of the picture, px. */
export const HEIGHT = 480;

/** COCO-17: x and y, px, of somebody who stands. */
const STANDING = [
  [320, 100], // nose
  [326, 94],
  [314, 94], // eyes
  [334, 98],
  [306, 98], // ears
  [350, 140],
  [290, 140], // shoulders
  [360, 190],
  [280, 190], // elbows
  [364, 235],
  [276, 235], // wrists
  [340, 240],
  [300, 240], // hips
  [342, 310],
  [298, 310], // knees
  [344, 380],
  [296, 380], // ankles
] as const;

/** The right hand goes up and down once in so many frames. */
const PERIOD = 30;

/**
 * COCO-17 points of one frame.
 *
 * @param frame Index of the frame, from 0.
 * @returns `[17, 3]`: x and y (px), score.
 */
export function wavingPerson(frame: number): Float32Array {
  const points = Float32Array.from(STANDING.flatMap(([x, y]) => [x, y, 0.9]));
  const raised = (1 - Math.cos((2 * Math.PI * frame) / PERIOD)) / 2;
  points[3 * 8 + 1]! -= 60 * raised; // right elbow, y
  points[3 * 10] = 276 - 20 * raised; // right wrist
  points[3 * 10 + 1]! -= 170 * raised;
  return points;
}
