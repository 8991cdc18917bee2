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
  /**
   * `[17, rows, columns]`: probability of each joint, faded with the distance from where this person's joint is expected.
   * Made when it is first asked for, as many want the points alone.
   */
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
  const { rows, columns, keypointHeatmap, keypointOffset } = heads;
  const cells = rows * columns;
  const start = strongestCenter(heads, options.near ?? [columns / 2, rows / 2], options.within);
  const keypoints = new Float32Array(JOINTS * 3);
  for (let joint = 0; joint < JOINTS; joint++) {
    const best = strongestCell(heads, joint, expectedIn(heads, start, joint));
    keypoints[3 * joint] = best % columns + keypointOffset[(2 * joint + 1) * cells + best]!;
    keypoints[3 * joint + 1] = Math.floor(best / columns) + keypointOffset[2 * joint * cells + best]!;
    keypoints[3 * joint + 2] = sigmoid(keypointHeatmap[joint * cells + best]!);
  }
  let heatmaps: Float32Array | undefined;
  return {
    center: sigmoid(heads.center[start]!),
    keypoints,
    get heatmaps() {
      return heatmaps ??= fadedHeatmaps(heads, start);
    },
  };
}

/** Where a joint is expected of the person whose centre lies in a cell: column and row. */
function expectedIn({ rows, columns, keypointRegression }: Heads, start: number, joint: number): [number, number] {
  const cells = rows * columns;
  return [
    start % columns + keypointRegression[(2 * joint + 1) * cells + start]!,
    Math.floor(start / columns) + keypointRegression[2 * joint * cells + start]!,
  ];
}

/** What a joint in a cell counts at a distance from where it is expected. */
function weightAt(down: number, right: number): number {
  return HALF_DISTANCE / (Math.hypot(down, right) + HALF_DISTANCE);
}

/** A logit may be this much below the bound and still be looked at: more than what rounding can do to it up to {@link SURE}. */
const ROUNDING = 1e-6;
/** Logits above are always looked at: their probabilities are so near to 1 that double precision tells them apart no more. */
const SURE = 16;

/**
 * Cell of a joint with the greatest probability times weight. No weight is above 1: a cell whose probability alone is
 * below what another cell reaches is out, and that is nearly every one.
 */
function strongestCell({ rows, columns, keypointHeatmap }: Heads, joint: number, expected: [number, number]): number {
  const cells = rows * columns;
  const logits = keypointHeatmap.subarray(joint * cells, (joint + 1) * cells);
  const [x, y] = expected;
  const valueOf = (row: number, column: number): number =>
    sigmoid(logits[row * columns + column]!) * weightAt(row - y, column - x);
  const clampTo = (at: number, count: number): number => Math.min(Math.max(Math.round(at), 0), count - 1);
  const near = valueOf(clampTo(y, rows), clampTo(x, columns));
  let bound = boundOf(near);
  let best = 0;
  let bestValue = -1;
  for (let row = 0, cell = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, cell++) {
      if (logits[cell]! < bound) continue;
      const value = valueOf(row, column);
      if (value > bestValue) {
        bestValue = value;
        best = cell;
        bound = Math.max(bound, boundOf(value));
      }
    }
  }
  return best;
}

/** The logit of a probability or a little less, {@link SURE} at most. */
function boundOf(probability: number): number {
  return Math.min(Math.log(probability / (1 - probability)) - ROUNDING, SURE);
}

/** Probability of each joint in each cell, times its weight there: `[17, rows, columns]`. */
function fadedHeatmaps(heads: Heads, start: number): Float32Array {
  const { rows, columns, keypointHeatmap } = heads;
  const heatmaps = new Float32Array(keypointHeatmap.length);
  for (let joint = 0, at = 0; joint < JOINTS; joint++) {
    const [x, y] = expectedIn(heads, start, joint);
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++, at++) {
        heatmaps[at] = sigmoid(keypointHeatmap[at]!) * weightAt(row - y, column - x);
      }
    }
  }
  return heatmaps;
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
