/**
 * The person whom a crop is about: the backbone's heatmaps show everybody in a crop, and the strongest may be somebody
 * else's. Not of the papers.
 *
 * @module
 */
import { checkShape, InputError } from "../../core/errors.ts";
import { cellCentre } from "../../core/units.ts";
import type { FrameFeatures } from "./crop_features.ts";

/** Probabilities stay this far from 0 and 1. */
const LEAST = 1e-6;
/** So logits stay this near to 0. */
const MOST = Math.log((1 - LEAST) / LEAST);
const CHANNELS = 3;

/**
 * Weakens probabilities far from where joints are known to be: times (R / d)^2 at a distance d above R.
 *
 * @param logits `[J, cells, cells]`; not changed.
 * @param joints `[J, 3]`: x, y in cells, a score that is not looked at.
 * @param reach Cells from a joint from which probabilities are weakened, R.
 * @returns Logits of the weakened probabilities, which are kept at 1e-6 to 1 - 1e-6.
 * @throws {ShapeError} If `joints` is not of J joints.
 */
export function centreHeatmaps(logits: Float32Array, joints: Float32Array, reach: number): Float32Array {
  const out = new Float32Array(logits.length);
  const count = joints.length / CHANNELS;
  const cells = Math.round(Math.sqrt(logits.length / count));
  checkShape("centre heatmaps", [count, cells, cells], logits.length);
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

/** Features that were centred before: a frame serves several windows. */
const known = new WeakMap<FrameFeatures, FrameFeatures>();

/**
 * Features whose heatmaps are weakened far from their own joints, as {@link centreHeatmaps} does. Asked again for the same
 * features, it gives the same answer without new work.
 *
 * @param features Features of a crop, with `joints`; not changed.
 * @param reach R, cells; null leaves heatmaps as they are.
 * @returns The features, with heatmaps of their own and `reach`.
 * @throws {InputError} If there are no `joints`, or heatmaps are weakened already with another reach.
 */
export function centreFeatures(features: FrameFeatures, reach: number | null): FrameFeatures {
  if ((features.reach ?? null) === reach) return features;
  const path = `features of the square ${features.square.join(", ")}`;
  if (features.reach !== undefined) {
    throw new InputError(path, `must have a reach of ${reach ?? "none"} as the pack says`, String(features.reach));
  }
  if (features.joints === undefined) {
    const rule = "the features must hold the joints that the backbone decodes: featuresOf(…, { joints: true })";
    throw new InputError(path, rule, "no joints");
  }
  const before = known.get(features);
  if (before?.reach === reach) return before;
  const heatmaps = centreHeatmaps(features.heatmaps, features.joints, reach!);
  const centred: FrameFeatures = { ...features, heatmaps, reach: reach! };
  known.set(features, centred);
  return centred;
}
