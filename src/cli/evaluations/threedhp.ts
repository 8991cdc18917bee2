/**
 * `diffpose eval 3dhp`.
 *
 * @module
 */
import { InputError } from "../../core/errors.ts";
import type { PoseSet } from "../../formats/truth/pose_set.ts";
import type { Source } from "../../formats/source.ts";
import { readThreedhpPredictions, readThreedhpTruth, THREEDHP_DATA } from "../../formats/truth/threedhp_truth.ts";
import { evaluateThreedhp } from "../../pipelines/evaluate_threedhp.ts";
import type { Evaluation } from "../../pipelines/evaluation.ts";
import { npzOf, openPredictedPoses } from "../../pipelines/open_poses.ts";
import { type ParsedArgs, stringFlag } from "../command.ts";
import type { EvaluationCommand } from "./evaluation_command.ts";
import { POSE_FLAGS, poseOptions } from "./pose_flags.ts";

const METRES: Readonly<Record<string, number>> = { mm: 0.001, m: 1 };

async function openPredictions(pred: Source, unit: string): Promise<PoseSet> {
  const npz = await npzOf(pred);
  const own = npz?.names.includes(THREEDHP_DATA) || npz?.names.some((name) => /^TS\d+$/.test(name));
  return npz && own ? await readThreedhpPredictions(npz, METRES[unit]!) : await openPredictedPoses(pred);
}

async function run(gt: Source, pred: Source, args: ParsedArgs): Promise<Evaluation> {
  const options = poseOptions(args);
  const unit = stringFlag(args, "unit") ?? "mm";
  const npz = await npzOf(gt);
  if (npz === null) {
    throw new InputError(gt.name, "must be the npz of the 3DHP test set (data_test_3dhp.npz)", "another file");
  }
  const evaluation = evaluateThreedhp(
    await readThreedhpTruth(npz),
    gt.name,
    await openPredictions(pred, unit),
    options,
  );
  return { ...evaluation, settings: { ...evaluation.settings, npzUnit: unit } };
}

/** PCK and AUC of MPI-INF-3DHP. */
export const EVALUATION: EvaluationCommand = {
  name: "3dhp",
  summary: "3D PCK at 150 mm, AUC, MPJPE and P-MPJPE on the test set of MPI-INF-3DHP",
  flags: {
    ...POSE_FLAGS,
    unit: {
      type: "string",
      choices: ["mm", "m"],
      describe: "unit of predictions in npz arrays named TS1, TS2, ..., mm if not given",
    },
  },
  run,
};
