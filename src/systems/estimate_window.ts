/**
 * One door for every system: open a pack, hand in a window, get an estimate.
 *
 * @module
 */
import { InputError } from "../core/errors.ts";
import type { OpenSessionOptions, Pack } from "../runtime/mod.ts";
import {
  JOINTS,
  type Lifter,
  type LiftEstimate,
  type LiftOptions,
  type LiftWindow,
  openLifter,
  spreadOf,
} from "./diffpose_3d/mod.ts";
import {
  type DiffposeVideo,
  openDiffposeVideo,
  type VideoEstimate,
  type VideoOptions,
  type VideoWindow,
} from "./diffpose_video/mod.ts";
import {
  type DiffusionPose,
  openDiffusionPose,
  type StillEstimate,
  type StillOptions,
  type StillPerson,
} from "./diffusionpose/mod.ts";
import { type Movenet, openMovenet } from "./movenet/mod.ts";

/** An opened pack of any system. */
export type System = Lifter | DiffposeVideo | DiffusionPose | Movenet;

/** The window of DiffusionPose: people of a still picture, or of several. */
export interface StillWindow {
  /** Everybody who is looked at in one call. */
  readonly people: readonly StillPerson[];
}

/** A window's poses: all hypotheses, their mean, and an error bar on every joint. */
export interface WindowEstimate extends LiftEstimate {
  /** Mean of the hypotheses, `[F, 17, 3]` metres, camera axes, relative to the pelvis. */
  readonly poses: Float32Array;
  /** Standard deviation along one axis, `[F, 17]` metres. */
  readonly sigma: Float32Array;
}

/**
 * Opens a pack with the system that it belongs to.
 *
 * @param pack From `loadPack`.
 * @param options Device, dtype, threads.
 * @returns A system; dispose it with `await using`.
 * @throws {InputError} If no system of this version reads the pack, or a graph cannot be opened.
 *
 * @example
 * ```ts ignore
 * await using system = await openSystem(pack, { device: "auto" });
 * ```
 */
export async function openSystem(pack: Pack, options: OpenSessionOptions = {}): Promise<System> {
  switch (pack.manifest.system) {
    case "diffpose_3d":
      return await openLifter(pack, options);
    case "diffpose_video":
      return await openDiffposeVideo(pack, options);
    case "diffusionpose":
      return await openDiffusionPose(pack, options);
    case "movenet":
      return await openMovenet(pack, options);
    default:
      throw new InputError(
        `model ${pack.manifest.name}`,
        "must belong to a system of this version (diffpose_3d, diffpose_video, diffusionpose, movenet)",
        pack.manifest.system,
      );
  }
}

/**
 * Samples poses of a window. Pure: the same window, options and pack give the same bytes on WASM; no state is kept.
 *
 * @param system An opened DiffPose-3D pack.
 * @param window 2D points of one person over the pack's number of frames.
 * @param options Steps, hypotheses, seed, signal.
 * @returns All hypotheses `[F, N, 17, 3]`, their mean and spread.
 */
export async function samplePoses(
  system: Lifter,
  window: LiftWindow,
  options: LiftOptions = {},
): Promise<WindowEstimate> {
  const estimate = await system.lift(window, options);
  const size = estimate.count * JOINTS * 3;
  const frames = estimate.hypotheses.length / size;
  const poses = new Float32Array(frames * JOINTS * 3);
  const sigma = new Float32Array(frames * JOINTS);
  for (let f = 0; f < frames; f++) {
    const spread = spreadOf(estimate.hypotheses.subarray(f * size, (f + 1) * size), estimate.count, system.spread);
    poses.set(spread.pose, f * JOINTS * 3);
    sigma.set(spread.sigma, f * JOINTS);
  }
  return { ...estimate, poses, sigma };
}

/**
 * The window function of DiffPose-3D: 2D points of one person in, 3D poses out. Pure: the same window, options and pack
 * give the same bytes on WASM.
 *
 * @param system An opened DiffPose-3D pack.
 * @param window 2D points over the pack's number of frames.
 * @param options Steps, hypotheses, seed, signal.
 * @throws {InputError} If the system is another one.
 */
export function estimateWindow(system: System, window: LiftWindow, options?: LiftOptions): Promise<WindowEstimate>;
/**
 * The window function of DiffPose-Video: features of one person's frames in, heatmaps and keypoints of the middle frame
 * out. Pure: the same window, options and pack give the same bytes on WASM.
 *
 * @param system An opened DiffPose-Video pack.
 * @param window Features over the pack's number of frames.
 * @param options Steps, sets, seed, signal.
 * @throws {InputError} If the system is another one.
 */
export function estimateWindow(system: System, window: VideoWindow, options?: VideoOptions): Promise<VideoEstimate>;
/**
 * The function of DiffusionPose: features of people's crops in, one pose each out. Pure: the same person, options and pack
 * give the same bytes on WASM, whoever else is in the call.
 *
 * @param system An opened DiffusionPose pack.
 * @param window The people.
 * @param options Steps, hypotheses, sampler, seed, signal.
 * @throws {InputError} If the system is another one.
 */
export function estimateWindow(system: System, window: StillWindow, options?: StillOptions): Promise<StillEstimate[]>;
export async function estimateWindow(
  system: System,
  window: LiftWindow | VideoWindow | StillWindow,
  options: LiftOptions | VideoOptions | StillOptions = {},
): Promise<WindowEstimate | VideoEstimate | StillEstimate[]> {
  // The overloads say which options go with which window.
  switch (system.system) {
    case "diffpose_3d":
      if ("points" in window) return await samplePoses(system, window, options);
      throw new InputError("system diffpose_3d", "a window must hold points", Object.keys(window).join(", "));
    case "diffpose_video":
      if ("features" in window) return await system.estimate(window, options as VideoOptions);
      throw new InputError("system diffpose_video", "a window must hold features", Object.keys(window).join(", "));
    case "diffusionpose":
      if ("people" in window) return await system.estimate(window.people, options as StillOptions);
      throw new InputError("system diffusionpose", "a window must hold people", Object.keys(window).join(", "));
    case "movenet":
      throw new InputError("system movenet", "looks at single pictures: call findPeople or estimatePose", "a window");
    default:
      return system satisfies never;
  }
}
