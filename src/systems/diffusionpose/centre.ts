/**
 * The person in the middle: the backbone's heatmaps show everybody in a crop, and the convolution head would take the
 * strongest. Not of the paper.
 *
 * @module
 */
import { checkShape } from "../../core/errors.ts";
import { cellCentre } from "../../core/units.ts";

/** Probabilities stay this far from 0 and 1. */
const LEAST = 1e-6;
/** So logits stay this near to 0. */
const MOST = Math.log((1 - LEAST) / LEAST);
const CHANNELS = 3;

/** Options of {@link centreHeatmaps}. */
export interface CentreOptions {
  /** Cells from a joint from which probabilities are weakened, R. */
  readonly reach: number;
  /** Where to write, of the same length as the logits. Default: a new array. */
  readonly out?: Float32Array;
}

/**
 * Weakens probabilities far from where joints are known to be: times (R / d)^2 at a distance d above R.
 *
 * @param logits `[J, cells, cells]`; not changed.
 * @param joints `[J, 3]`: x, y in cells, a score that is not looked at.
 * @param options How far a joint reaches, an optional `out`.
 * @returns Logits of the weakened probabilities, which are kept at 1e-6 to 1 - 1e-6.
 * @throws {ShapeError} If `joints` is not of J joints, or `out` is of another size.
 */
export function centreHeatmaps(logits: Float32Array, joints: Float32Array, options: CentreOptions): Float32Array {
  const { reach, out = new Float32Array(logits.length) } = options;
  const count = joints.length / CHANNELS;
  const cells = Math.round(Math.sqrt(logits.length / count));
  checkShape("centre heatmaps", [count, cells, cells], logits.length);
  checkShape("centre heatmaps", [count, cells, cells], out.length);
  const limit = reach * reach;
  for (let joint = 0, at = 0; joint < count; joint++) {
    const [x, y] = [joints[CHANNELS * joint]!, joints[CHANNELS * joint + 1]!];
    for (let row = 0; row < cells; row++) {
      const down = (cellCentre(row) - y) ** 2;
      for (let column = 0; column < cells; column++, at++) {
        const square = (cellCentre(column) - x) ** 2 + down;
        let logit = logits[at]!;
        if (square > limit) {
          const probability = limit / square / (1 + Math.exp(-logit));
          logit = Math.log(probability / (1 - probability));
        }
        out[at] = Math.min(Math.max(logit, -MOST), MOST);
      }
    }
  }
  return out;
}
