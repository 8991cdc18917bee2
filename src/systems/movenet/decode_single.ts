/**
 * Heads to the one person nearest the middle of the picture, as the post-processing of MoveNet Thunder does it.
 *
 * @module
 */
import { type Heads, JOINTS, sigmoid } from "./heads.ts";

/** A person on the grid of the heads. */
export interface SinglePose {
  /** Probability that a person's centre lies in the chosen cell. */
  readonly center: number;
  /** `[17, 3]`: x and y in cells, probability of the joint in its cell. */
  readonly keypoints: Float32Array;
  /** `[17, rows, columns]`: probability of each joint, faded with the distance from where this person's joint is expected. */
  readonly heatmaps: Float32Array;
}

/** Distance in cells at which a weight falls to a half, for centres and for joints; a constant of the model. */
const HALF_DISTANCE = 1.8;

/** Options of {@link decodeSingle}. */
export interface DecodeSingleOptions {
  /** Where the person is expected: column and row, cells. Default: the middle of the grid. */
  readonly near?: readonly [column: number, row: number];
  /** Centres farther from there, in cells, are somebody else's: they count only where there is none nearer. Default: none is. */
  readonly within?: number;
}

/**
 * Decodes one person: the centre that is strong and near the middle of the grid; from there the regressed place of each
 * joint; around it the strongest cell of the joint's heatmap, faded by distance; there the offset inside of the cell.
 *
 * @param heads Heads of one picture.
 * @param options Where the person is expected, if not in the middle.
 * @returns The person. Always one: when nobody is there, the scores are low.
 */
export function decodeSingle(heads: Heads, options: DecodeSingleOptions = {}): SinglePose {
  const { rows, columns, keypointHeatmap, keypointRegression, keypointOffset } = heads;
  const cells = rows * columns;
  const start = strongestCenter(heads, options.near ?? [columns / 2, rows / 2], options.within);
  const startRow = Math.floor(start / columns);
  const startColumn = start % columns;
  const keypoints = new Float32Array(JOINTS * 3);
  const heatmaps = new Float32Array(JOINTS * cells);
  for (let joint = 0; joint < JOINTS; joint++) {
    const y = startRow + keypointRegression[2 * joint * cells + start]!;
    const x = startColumn + keypointRegression[(2 * joint + 1) * cells + start]!;
    let best = 0;
    let bestValue = -1;
    for (let row = 0, cell = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++, cell++) {
        const weight = HALF_DISTANCE / (Math.hypot(row - y, column - x) + HALF_DISTANCE);
        const value = sigmoid(keypointHeatmap[joint * cells + cell]!) * weight;
        heatmaps[joint * cells + cell] = value;
        if (value > bestValue) {
          bestValue = value;
          best = cell;
        }
      }
    }
    keypoints[3 * joint] = best % columns + keypointOffset[(2 * joint + 1) * cells + best]!;
    keypoints[3 * joint + 1] = Math.floor(best / columns) + keypointOffset[2 * joint * cells + best]!;
    keypoints[3 * joint + 2] = sigmoid(keypointHeatmap[joint * cells + best]!);
  }
  return { center: sigmoid(heads.center[start]!), keypoints, heatmaps };
}

/** What a centre that is somebody else's counts. */
const ELSEWHERE = 1e-3;

/** Cell of the centre with the greatest score, faded by the distance to a place. */
function strongestCenter(
  { rows, columns, center }: Heads,
  [x, y]: readonly [number, number],
  within: number = Infinity,
): number {
  let best = 0;
  let bestValue = -1;
  for (let row = 0, cell = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, cell++) {
      const distance = Math.hypot(row - y, column - x);
      const value = sigmoid(center[cell]!) / (distance + HALF_DISTANCE) * (distance > within ? ELSEWHERE : 1);
      if (value > bestValue) {
        bestValue = value;
        best = cell;
      }
    }
  }
  return best;
}
