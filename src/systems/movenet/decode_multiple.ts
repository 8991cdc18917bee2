/**
 * Heads to every person of the picture, as the post-processing of MoveNet MultiPose does it, save for one thing: where two
 * sightings choose the same cell for a joint, the model gives both the higher of their two scores. Here each keeps its own,
 * so that the copy of a person is fainter than the person.
 *
 * @module
 */
import { InputError } from "../../core/errors.ts";
import { type Heads, JOINTS, sigmoid } from "./heads.ts";

/** A person on the grid of the heads. */
export interface FoundPerson {
  /** x, y, width, height, in cells; clipped to the grid. */
  readonly box: readonly [number, number, number, number];
  /** Probability of the centre times the mean score of the joints that are seen; 0 when none is. */
  readonly score: number;
  /** `[17, 3]`: x and y in cells, and a score: the joint's probability, faded with the distance from its regressed place. */
  readonly keypoints: Float32Array;
}

/** Options of {@link decodeMultiple}. */
export interface DecodeMultipleOptions {
  /** At most so many people, the strongest centres first. @default {6} */
  readonly maxPeople?: number;
  /** Centres below this probability are left out. @default {0} */
  readonly minCenter?: number;
}

/** A centre is a cell that no cell this near exceeds (a 5 x 5 neighbourhood). */
const PEAK_RADIUS = 2;
/** How much of its neighbourhood's maximum a peak may lack, as in the model (rounding of the maximum there). */
const PEAK_SLACK = 1e-6;
/** A joint's weight is exp(-d^2 / (0.3 * shorter side of the grid)); stored as float16 in the model. */
const FADE = 0.300048828125;
/** A joint with a lower score does not count in the person's score; a constant of the model. */
const SEEN = 0.126953125;

/**
 * Decodes every person: peaks of the centre heatmap; for each its box, and for each joint the strongest cell inside of the
 * box, faded with the distance from the regressed place; there the offset inside of the cell.
 *
 * @param heads Heads of one picture, with boxes.
 * @param options How many, and how sure.
 * @returns People, the strongest centre first. No two share a centre, but one body may be found twice.
 * @throws {InputError} If the heads have no boxes.
 */
export function decodeMultiple(heads: Heads, options: DecodeMultipleOptions = {}): FoundPerson[] {
  const { maxPeople = 6, minCenter = 0 } = options;
  const { boxOffset, boxScale } = heads;
  if (boxOffset === undefined || boxScale === undefined) {
    throw new InputError(
      "heads",
      "several people can be decoded from a graph with box heads only",
      "no box_offset, box_scale",
    );
  }
  const people: FoundPerson[] = [];
  for (const { cell, score } of centerPeaks(heads, minCenter).slice(0, maxPeople)) {
    const box = boxAt(heads, boxOffset, boxScale, cell);
    const keypoints = jointsAt(heads, cell, box);
    people.push({ box, score: score * meanSeen(keypoints), keypoints });
  }
  return people;
}

function centerPeaks({ rows, columns, center }: Heads, minCenter: number): { cell: number; score: number }[] {
  const scores = center.map(sigmoid);
  const peaks: { cell: number; score: number }[] = [];
  for (let row = 0, cell = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, cell++) {
      const score = scores[cell]!;
      if (score >= minCenter && score + PEAK_SLACK > neighbourhoodMaximum(scores, rows, columns, row, column)) {
        peaks.push({ cell, score });
      }
    }
  }
  return peaks.sort((a, b) => b.score - a.score || a.cell - b.cell);
}

function neighbourhoodMaximum(
  scores: Float32Array,
  rows: number,
  columns: number,
  row: number,
  column: number,
): number {
  let maximum = 0;
  for (let y = Math.max(row - PEAK_RADIUS, 0); y <= Math.min(row + PEAK_RADIUS, rows - 1); y++) {
    for (let x = Math.max(column - PEAK_RADIUS, 0); x <= Math.min(column + PEAK_RADIUS, columns - 1); x++) {
      maximum = Math.max(maximum, scores[y * columns + x]!);
    }
  }
  return maximum;
}

function boxAt(heads: Heads, offset: Float32Array, scale: Float32Array, cell: number): FoundPerson["box"] {
  const { rows, columns } = heads;
  const cells = rows * columns;
  const side = (channel: number, start: number, end: number): [number, number] => {
    const middle = start + offset[channel * cells + cell]!;
    const half = Math.max(scale[channel * cells + cell]!, 0) / 2;
    return [clamp(middle - half, end), clamp(middle + half, end)];
  };
  const [top, bottom] = side(0, Math.floor(cell / columns), rows);
  const [left, right] = side(1, cell % columns, columns);
  return [left, top, right - left, bottom - top];
}

function jointsAt(heads: Heads, start: number, box: FoundPerson["box"]): Float32Array {
  const { rows, columns, keypointHeatmap, keypointRegression, keypointOffset } = heads;
  const cells = rows * columns;
  const [left, top, width, height] = box;
  const fade = FADE * Math.min(rows, columns);
  const keypoints = new Float32Array(JOINTS * 3);
  for (let joint = 0; joint < JOINTS; joint++) {
    const y = Math.floor(start / columns) + keypointRegression[2 * joint * cells + start]!;
    const x = start % columns + keypointRegression[(2 * joint + 1) * cells + start]!;
    let best = -1;
    let bestValue = 0;
    for (let row = Math.ceil(top); row < Math.min(top + height, rows); row++) {
      const rowWeight = Math.exp(-((row - y) ** 2) / fade);
      for (let column = Math.ceil(left); column < Math.min(left + width, columns); column++) {
        const cell = row * columns + column;
        const weight = rowWeight * Math.exp(-((column - x) ** 2) / fade);
        const value = sigmoid(keypointHeatmap[joint * cells + cell]!) * weight;
        if (value > bestValue) {
          bestValue = value;
          best = cell;
        }
      }
    }
    // Nothing in the box: the regressed place is the best guess, with score 0.
    keypoints[3 * joint] = best < 0 ? x : best % columns + keypointOffset[(2 * joint + 1) * cells + best]!;
    keypoints[3 * joint + 1] = best < 0 ? y : Math.floor(best / columns) + keypointOffset[2 * joint * cells + best]!;
    keypoints[3 * joint + 2] = bestValue;
  }
  return keypoints;
}

function meanSeen(keypoints: Float32Array): number {
  let sum = 0;
  let count = 0;
  for (let at = 2; at < keypoints.length; at += 3) {
    if (keypoints[at]! <= SEEN) continue;
    sum += keypoints[at]!;
    count++;
  }
  return sum / Math.max(count, 1);
}

function clamp(value: number, end: number): number {
  return Math.min(Math.max(value, 0), end);
}
