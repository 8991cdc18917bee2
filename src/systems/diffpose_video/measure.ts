/**
 * What a person in a frame costs on this device.
 *
 * @module
 */
import type { Session } from "../../runtime/session.ts";
import { type EffortCosts, measureCosts, type MeasureCostsOptions } from "../heatmap_poses/mod.ts";
import type { DiffposeVideo } from "./open.ts";

/**
 * Times the graphs on a grey window. Takes a second or two.
 *
 * @param system An opened DiffPose-Video pack.
 * @param backbone Graph `person` of the pack `movenet-thunder`.
 * @param options How many backbone passes a person and frame takes.
 */
export function measureVideoCosts(
  system: Pick<DiffposeVideo, "settings" | "estimate">,
  backbone: Session,
  options: MeasureCostsOptions,
): Promise<EffortCosts> {
  const { frames } = system.settings;
  return measureCosts(
    (features, effort) => system.estimate({ person: 0, frame: 0, features: Array(frames).fill(features) }, effort),
    backbone,
    options,
  );
}
