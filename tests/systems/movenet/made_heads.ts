/** Heads made by hand: a person is a centre, regressed joints, a box, and one hot cell a joint. @module */
import type { Tensor } from "../../../src/runtime/session.ts";

/** A person on the grid, in cells. */
export interface MadePerson {
  /** Row and column of the centre's cell. */
  readonly center: readonly [row: number, column: number];
  /** Row and column of the cell of each joint; all 17 in a row when one is given. */
  readonly joint: (joint: number) => readonly [row: number, column: number];
  /** Height and width of the box around the centre. */
  readonly size: readonly [height: number, width: number];
  /** Logit of the centre. */
  readonly logit: number;
  /** Logit of each joint in its cell. */
  readonly jointLogit: number;
}

/** Offset inside of every cell, y then x: not a half, so that swapping the two shows. */
export const OFFSET = [0.25, 0.75] as const;

/** Outputs of a multipose graph on a grid; elsewhere the logits are -12. */
export function makeOutputs(rows: number, columns: number, people: readonly MadePerson[]): Record<string, Tensor> {
  const cells = rows * columns;
  const head = (channels: number, fill: number): Float32Array => new Float32Array(channels * cells).fill(fill);
  const center = head(1, -12);
  const heatmap = head(17, -12);
  const regression = head(34, 0);
  const offset = head(34, 0);
  const boxOffset = head(2, 0.5);
  const boxScale = head(2, 0);
  for (let channel = 0; channel < 34; channel++) {
    offset.fill(OFFSET[channel % 2]!, channel * cells, (channel + 1) * cells);
  }
  for (const { center: [row, column], joint, size, logit, jointLogit } of people) {
    const at = row * columns + column;
    center[at] = logit;
    boxScale[at] = size[0];
    boxScale[cells + at] = size[1];
    for (let k = 0; k < 17; k++) {
      const [y, x] = joint(k);
      regression[2 * k * cells + at] = y - row;
      regression[(2 * k + 1) * cells + at] = x - column;
      heatmap[k * cells + y * columns + x] = jointLogit;
    }
  }
  const tensor = (data: Float32Array): Tensor => ({ data, dims: [1, data.length / cells, rows, columns] });
  return {
    center: tensor(center),
    keypoint_heatmap: tensor(heatmap),
    keypoint_regression: tensor(regression),
    keypoint_offset: tensor(offset),
    box_offset: tensor(boxOffset),
    box_scale: tensor(boxScale),
  };
}

/** A person of 17 cells by 9 whose joints lie on a slant around the centre, so that each is in another cell. */
export function slantedPerson(row: number, column: number, logit = 4): MadePerson {
  return {
    center: [row, column],
    joint: (joint) => [row + joint - 8, column + Math.round((joint - 8) / 2)],
    size: [20, 12],
    logit,
    jointLogit: 4,
  };
}
