/**
 * What DiffusionPose can do with more time.
 *
 * @module
 */
import type { Session } from "../../runtime/session.ts";
import { type Effort, type EffortCosts, measureCosts, type MeasureCostsOptions } from "../heatmap_poses/mod.ts";
import type { DiffusionPose } from "./open.ts";

/** Choices from the least to the best: a step more, then hypotheses, whose disagreement shows where a pose is in doubt. */
export const STILL_EFFORTS: readonly Effort[] = [
  [1, 1],
  [2, 1],
  [2, 3],
  [2, 5],
  [2, 8],
  [3, 8],
  [5, 8],
].map(([steps, sets]) => ({ steps: steps!, sets: sets! }));

/**
 * Times the graphs on a grey crop. Takes a second or two. The sets of the costs are hypotheses.
 *
 * @param system An opened DiffusionPose pack.
 * @param backbone Graph `person` of the pack `movenet-thunder`.
 * @param options How many backbone passes a person takes.
 */
export function measureStillCosts(
  system: Pick<DiffusionPose, "estimate">,
  backbone: Session,
  options: MeasureCostsOptions,
): Promise<EffortCosts> {
  return measureCosts(
    (features, { steps, sets }) => system.estimate([{ person: 0, features }], { steps, hypotheses: sets }),
    backbone,
    options,
  );
}
