/**
 * `diffpose eval mpjpe`.
 *
 * @module
 */
import type { Source } from "../../formats/source.ts";
import { evaluate3d } from "../../pipelines/evaluate_3d.ts";
import type { Evaluation } from "../../pipelines/evaluation.ts";
import { openPredictedPoses, openTruePoses } from "../../pipelines/open_poses.ts";
import { type ParsedArgs, stringFlag } from "../command.ts";
import type { EvaluationCommand } from "./evaluation_command.ts";
import { camerasFlag, POSE_FLAGS, poseOptions } from "./pose_flags.ts";

async function run(gt: Source, pred: Source, args: ParsedArgs): Promise<Evaluation> {
  const options = poseOptions(args);
  const cameras = await camerasFlag(args);
  const { fps } = options;
  const from = stringFlag(args, "from");
  const subjects = stringFlag(args, "subjects")?.split(",").map((name) => name.trim()).filter((name) => name !== "");
  const shared = { ...(fps === undefined ? {} : { fps }), ...(cameras === undefined ? {} : { cameras }) };
  const truth = await openTruePoses(gt, { ...shared, ...(subjects === undefined ? {} : { subjects }) });
  const found = await openPredictedPoses(pred, { ...shared, ...(from === undefined ? {} : { from }) });
  const evaluation = evaluate3d(truth, found, options);
  return { ...evaluation, settings: { ...evaluation.settings, cameras: stringFlag(args, "cameras") ?? "Human3.6M" } };
}

/** Errors of 3D poses. */
export const EVALUATION: EvaluationCommand = {
  name: "mpjpe",
  summary: "MPJPE, P-MPJPE, N-MPJPE, MPJVE of 3D poses by action and joint, calibration of sigma, best of N",
  flags: {
    ...POSE_FLAGS,
    action: {
      type: "string",
      placeholder: "NAME",
      describe: "action of a prediction whose file does not say (Walking 1)",
    },
    camera: {
      type: "string",
      placeholder: "ID",
      describe: "camera of a prediction whose file does not say (54138969)",
    },
    cameras: {
      type: "string",
      placeholder: "FILE",
      describe: "JSON with the cameras of a truth in world axes, Human3.6M if not given",
    },
    subjects: { type: "string", placeholder: "A,B", describe: "subjects of the truth that count, S9,S11 if not given" },
    "gt-person": { type: "string", placeholder: "ID", describe: "the person of the truth, where there are several" },
    from: { type: "string", placeholder: "FORMAT", describe: "format of the predictions, found out if not given" },
    fps: { type: "string", placeholder: "N", describe: "frames a second, where the files do not say" },
  },
  run,
};
